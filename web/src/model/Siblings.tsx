// SPDX-License-Identifier: Apache-2.0
//
// Siblings.tsx -- the other entities of the same part of the app, as a row of links over a list; and how the parts are made:
// entities with `nav` join their group, filtered by what the person may read.
import { Link } from 'wouter';
import { mayRead, useUser, type Me } from '../core/auth';
import { useText, type MessageId, type Text } from '../core/i18n';
import { useIndex, type IndexEntry, type ModelIndex } from './entity';

export interface Part {
  name: string;
  entities: IndexEntry[];
}

const ORDER = ['work', 'desk', 'board', 'request', 'complaint', 'problem', 'change', 'spares', 'maintenance', 'knowledge', 'customer', 'product', 'contract', 'insight', 'process', 'admin'];

export function partsOf(index: ModelIndex, me: Me): Part[] {
  const parts = new Map<string, IndexEntry[]>();
  for (const e of index.entities)
    if (e.group && mayRead(me, e.name)) parts.set(e.group, [...(parts.get(e.group) ?? []), e]);
  const rank = (g: string) => (ORDER.indexOf(g) + 1 || ORDER.length + 1);
  return [...parts]
    .map(([name, entities]) => ({ name, entities: entities.sort((a, b) => a.order - b.order) }))
    .sort((a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name));
}

/** A part's words: the model's, else ours, else its name. */
export function partLabel(part: string, index: ModelIndex, text: Text): string {
  if (index.groups[part]) return text.pick(index.groups[part], part);
  return ORDER.includes(part) ? text.t(`nav.${part}` as MessageId) : part;
}

export function Siblings({ entity }: { entity: string }) {
  const text = useText();
  const me = useUser();
  const index = useIndex().data;
  const part = index && partsOf(index, me).find((p) => p.entities.some((e) => e.name === entity));
  if (!part || part.entities.length < 2) return null;
  return (
    <nav className="siblings" aria-label={partLabel(part.name, index, text)}>
      {part.entities.map((e) => (
        <Link key={e.name} href={`/e/${e.name}`} aria-current={e.name === entity ? 'page' : undefined}>{text.pick(e.plural)}</Link>
      ))}
    </nav>
  );
}
