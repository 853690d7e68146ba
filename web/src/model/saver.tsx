// SPDX-License-Identifier: Apache-2.0
//
// saver.tsx -- saving what may have been changed by somebody else meanwhile (412).
//
// Changes that do not touch the same fields are merged in silence and told afterwards; where they do, the person chooses
// field by field (Conflict.tsx, loaded then).  Until something is saved the form keeps all that was typed.
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { get, Problem, seg } from '../core/api';
import type { Values } from '../core/draft';
import { useText } from '../core/i18n';
import { changedBy, merge, type Clash } from '../core/merge';
import { toast } from '../core/toast';
import type { Entity, Row } from './entity';
import { nameOf } from './List';

const Conflict = lazy(() => import('./Conflict'));

/** `before`: the record that `body` goes on top of. */
type Send = (version: number | undefined, body: Values, before: Row) => Promise<void>;
export interface Saver {
  /** Saves by `send`, through conflicts; false when the person is asked first. Throws every other refusal. */
  save(base: Row, mine: Values, send: Send): Promise<boolean>;
  /** the dialog, while it asks */
  dialog: ReactNode;
}
interface Asked {
  theirs: Row;
  clashes: Clash[];
  rest: Values;
  send: Send;
}

/** `onSaved` after the dialog saved; `onTheirs` with the values to go on with instead of one's own. */
export function useSaver(entity: Entity, onSaved: () => void, onTheirs: (values: Values) => void, onRefused: (e: unknown) => void): Saver {
  const text = useText();
  const [asked, setAsked] = useState<Asked | null>(null);

  const save: Saver['save'] = async (base, mine, send) => {
    let body = mine, version = base._v, before = base;
    for (let tries = 0; ; tries++) {
      try {
        await send(version, body, before);
        break;
      } catch (e) {
        if (!(e instanceof Problem) || e.status !== 412 || tries === 3) throw e;
        const theirs = (e.current ?? await get<Row>(`/${seg(entity.name)}/${base.id}`)) as Row;
        const merged = merge(base, mine, theirs);
        if (merged.clashes.length) {
          setAsked({ theirs, clashes: merged.clashes, rest: merged.body, send });
          return false;
        }
        body = merged.body;
        version = theirs._v;
        before = theirs;
        const others = changedBy(base, theirs, entity.fields.filter((f) => !f.hidden).map((f) => f.name));
        if (others.length) toast(text.t('conflict.merged', { fields: others.map((n) => nameOf(entity, n, text)).join(text.t('list.comma')) }));
      }
    }
    return true;
  };
  const choose = async (chosen: Values) => {
    const { theirs, rest, send } = asked!;
    setAsked(null);
    try {
      // Once more from theirs: if a third came between, the question is asked anew.
      if (await save(theirs, { ...rest, ...chosen }, send)) onSaved();
    } catch (e) {
      onRefused(e);
    }
  };
  const dialog = asked && (
    <Suspense>
      <Conflict entity={entity} theirs={asked.theirs} clashes={asked.clashes} onChoose={choose} onBack={() => setAsked(null)}
        onTheirs={() => { setAsked(null); onTheirs(Object.fromEntries(asked.clashes.map((c) => [c.name, c.theirs ?? null]))); }} />
    </Suspense>
  );
  return { save, dialog };
}
