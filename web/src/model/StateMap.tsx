// SPDX-License-Identifier: Apache-2.0
//
// StateMap.tsx -- the states of the model and the ways between them, with how many records stand in each now; a state leads to
// its list. The same as a table stands below, for who cannot see the picture.
//
// ProcessMap is the same picture of a model alone, without numbers: the administrator's.
import './views.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { Problem } from '../core/api';
import { useText, type Text } from '../core/i18n';
import { Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { useStats } from './data';
import type { Entity, State } from './entity';
import { planOf, type Plan, type Way } from './graph';

function usePlan(entity: Entity): Plan {
  const { pick } = useText();
  const [upright] = useState(() => matchMedia('(max-width: 699px)').matches);
  return useMemo(() => planOf(entity, upright, (m) => pick(m.label, m.name)), [entity, upright, pick]);
}

export function ProcessMap({ entity }: { entity: Entity }) {
  const plan = usePlan(entity);
  return (
    <div className="state-map">
      <Picture entity={entity} plan={plan} />
      <Twin entity={entity} plan={plan} />
    </div>
  );
}

export function StateMap({ entity, filter }: { entity: Entity; filter?: string }) {
  const { t } = useText();
  const stats = useStats(entity.name, 'state', filter);
  const plan = usePlan(entity);
  if (stats.error) return <ProblemBanner problem={stats.error as Problem} action={<Button small onClick={() => stats.refetch()}>{t('act.retry')}</Button>} />;
  if (!stats.data) return <Loading />;
  const count = new Map(stats.data.groups.map((g) => [g.value ?? '', g.count]));
  const href = (s: string) => `/e/${entity.name}?${new URLSearchParams({ state: s, ...(filter ? { f: filter } : {}) })}`;
  return (
    <div className="state-map">
      <Picture entity={entity} plan={plan} count={count} href={href} />
      <p className="muted small">{t('map.hint')}</p>
      <Twin entity={entity} plan={plan} count={count} href={href} />
    </div>
  );
}

interface Part {
  entity: Entity;
  plan: Plan;
  /** absent: of the model alone */
  count?: Map<string, number | string>;
  href?(state: string): string;
}

/** A label in at most two lines of about the width of a node. */
function linesOf(label: string): string[] {
  const wide = /[\u2e80-\uffff]/.test(label);
  const most = wide ? 9 : 17;
  if (label.length <= most) return [label];
  const parts = wide ? [label.slice(0, most), label.slice(most)] : (() => {
    const words = label.split(' ');
    let first = words.shift() ?? '';
    while (words.length && (first + ' ' + words[0]).length <= most) first += ' ' + words.shift();
    return [first, words.join(' ')];
  })();
  return parts.map((p) => (p.length > most + 2 ? p.slice(0, most + 1) + '…' : p)).filter(Boolean);
}

function Picture({ entity, plan, count, href }: Part) {
  const text = useText();
  const { pick, t } = text;
  const box = useRef<HTMLDivElement>(null);
  // A narrow window begins at the first state.
  useEffect(() => {
    if (box.current) box.current.scrollLeft = plan.spots[0].x - box.current.clientWidth / 2;
  }, [plan]);
  return (
    <div className="graph-box" ref={box} tabIndex={0} role="region" aria-label={t('map.picture', { what: pick(entity.plural) })}>
      <svg className="graph" width={plan.width} height={plan.height} viewBox={`0 0 ${plan.width} ${plan.height}`} role="group" aria-label={t('map.picture', { what: pick(entity.plural) })}>
        <defs>
          <marker id="graph-end" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path className="graph-head" d="M0 0L10 5L0 10z" /></marker>
          <marker id="graph-end-back" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path className="graph-head back" d="M0 0L10 5L0 10z" /></marker>
        </defs>
        {plan.ways.map((w) => <Line key={`${w.from} ${w.to}`} way={w} words={w.moves.map((m) => pick(m.label, m.name)).join(t('list.comma'))} />)}
        {plan.spots.map((s) => {
          const state = entity.state.get(s.name)!;
          const lines = linesOf(pick(state.label, s.name));
          const n = count?.get(s.name) ?? 0;
          const node = (
            <g transform={`translate(${s.x - s.width / 2} ${s.y - s.height / 2})`}>
              <rect width={s.width} height={s.height} rx="6" />
              {lines.map((l, i) => <text key={i} className="graph-name" x={s.width / 2} y={(lines.length > 1 ? 17 : 22) + i * 15 + (count ? 0 : 10)}>{l}</text>)}
              {count && <text className="graph-count" x={s.width / 2} y={s.height - 8}>{String(n)}</text>}
            </g>
          );
          const looks = `graph-node state-${state.kind}${n || !count ? '' : ' bare'}`;
          return href ? <Link key={s.name} href={href(s.name)} className={looks} data-state={s.name}>{node}</Link>
            : <g key={s.name} className={looks} data-state={s.name}>{node}</g>;
        })}
      </svg>
    </div>
  );
}

function Line({ way, words }: { way: Way; words: string }) {
  return (
    <g className={`graph-way${way.back ? ' back' : ''}`}>
      <title>{words}</title>
      <path d={'M' + way.points.map((p) => `${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join('L')} markerEnd={`url(#graph-end${way.back ? '-back' : ''})`} />
      <text x={way.at.x} y={way.at.y + 4}>{way.words}</text>
    </g>
  );
}

function Twin({ entity, plan, count, href }: Part) {
  const text = useText();
  const { pick, t } = text;
  const leads = (s: State) => [...entity.transitions.values()].filter((m) => m.from.includes(s.name) && !plan.rest.includes(m) && m.to !== s.name);
  return (
    <details className="card map-twin">
      <summary>{t('map.table')}</summary>
      <div className="table-box" tabIndex={0} role="region" aria-label={t('map.table')}>
        <table className="plain">
          <thead><tr><th scope="col">{t('field.state')}</th>{count && <th scope="col" className="num">{t('map.count')}</th>}<th scope="col">{t('map.leads')}</th></tr></thead>
          <tbody>
            {entity.states.map((s) => (
              <tr key={s.name}>
                <th scope="row">{pick(s.label)}</th>
                {count && href && <td className="num"><Link href={href(s.name)}>{String(count.get(s.name) ?? 0)}</Link></td>}
                <td>{wordsOf(leads(s), entity, text)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {plan.rest.length > 0 && <p className="small">{t('map.rest')}{t('list.colon')}{wordsOf(plan.rest, entity, text)}</p>}
    </details>
  );
}

const wordsOf = (moves: { label: object; name: string; to: string | null }[], entity: Entity, { pick, t }: Text): string =>
  moves.map((m) => pick(m.label, m.name) + (m.to ? ` → ${pick(entity.state.get(m.to)?.label, m.to)}` : '')).join(t('list.comma')) || '–';
