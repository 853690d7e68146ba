// SPDX-License-Identifier: Apache-2.0
//
// Candidates.tsx -- who could take a request: the server's ranking by skill, load and roster, and its reasons.
//
// A server without rosters answers 404; then there is only the plain choice of a person.
import { useQuery } from '@tanstack/react-query';
import { get, Problem } from '../../core/api';
import { useText, type Label } from '../../core/i18n';
import { Button } from '../../kit/Button';
import { Tag } from '../../kit/Tag';
import type { Row } from '../../model/entity';

interface Candidate {
  user: number;
  name: string;
  team: number | { id: number; name?: string } | null;
  tier: number | null;
  score: number;
  /** null: no roster says anything of the team */
  on_duty: boolean | null;
  on_call: boolean;
  load: number;
  free: boolean;
  skill_level: number | null;
  region_match: boolean;
  why: Label[];
}
interface Excluded {
  user: number;
  name: string;
  why: Label[] | Label;
}
const SHOWN = 5;

export function Candidates({ row, mode, chosen, onChoose }: { row: Row; mode: string; chosen: number | null; onChoose(c: { user: number; team: number | null }): void }) {
  const { t, pick } = useText();
  const found = useQuery({
    queryKey: ['candidates', row.id, row._v, mode], retry: false, staleTime: 20_000,
    queryFn: async ({ signal }) => {
      try {
        return await get<{ candidates: Candidate[]; excluded?: Excluded[] }>(`/technical_request/${row.id}/candidates`, { mode: mode || undefined }, signal);
      } catch (e) {
        if (e instanceof Problem && [404, 405].includes(e.status)) return null;
        throw e;
      }
    },
  });
  if (!found.data?.candidates?.length && !found.data?.excluded?.length) return null;
  const { candidates, excluded = [] } = found.data;
  const teamOf = (c: Candidate) => (c.team && typeof c.team === 'object' ? c.team.id : c.team);
  return (
    <section className="candidates" aria-label={t('case.candidates')}>
      <h3>{t('case.candidates')}</h3>
      <ul>
        {candidates.slice(0, SHOWN).map((c) => (
          <li key={c.user}>
            <Button small look={c.user === chosen ? 'primary' : 'normal'} aria-pressed={c.user === chosen} data-candidate={c.user} onClick={() => onChoose({ user: c.user, team: teamOf(c) })}>{c.name}</Button>
            {c.tier != null && <Tag>{t('case.tier', { n: c.tier })}</Tag>}
            {(c.on_duty !== null || c.on_call) && <Tag tone={c.free ? 'state-closed' : undefined}>{t(c.on_duty ? 'case.on_duty' : c.on_call ? 'case.on_call' : 'case.off_duty')}</Tag>}
            <span className="muted load">{t('case.load', { n: c.load })}</span>
            <span className="muted">{c.why.map((w) => pick(w)).join(t('list.comma'))}</span>
          </li>
        ))}
      </ul>
      {excluded.length > 0 && (
        <details>
          <summary>{t('case.excluded', { n: excluded.length })}</summary>
          <ul>{excluded.map((x) => <li key={x.user}>{x.name}: <span className="muted">{[x.why].flat().map((w) => pick(w)).join(t('list.comma'))}</span></li>)}</ul>
        </details>
      )}
    </section>
  );
}
