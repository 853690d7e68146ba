// SPDX-License-Identifier: Apache-2.0
//
// Habits.tsx -- how one wants to be told: by kind of notice, mails gathered, quiet hours. A change is kept at once.
import { useState } from 'react';
import type { Problem } from '../core/api';
import { useText } from '../core/i18n';
import { Loading, ProblemBanner } from '../kit/Banner';
import { TimeField } from '../kit/DateField';
import { useHabits, useInboxActs, type Habits as Kept } from './data';

const CHANNELS = ['none', 'inbox', 'mail'] as const;
const DIGESTS = ['none', 'hourly', 'daily'] as const;

export function Habits() {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <details className="card habits" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary><h2>{t('inbox.how')}</h2></summary>
      {open && <Body />}
    </details>
  );
}

function Body() {
  const { t, pick } = useText();
  const habits = useHabits();
  const acts = useInboxActs();
  const [fault, setFault] = useState<Problem | null>(null);
  const [kept, setKept] = useState(false);
  if (habits.error) return <ProblemBanner problem={habits.error as unknown as Problem} />;
  if (!habits.data) return <Loading />;
  const h = habits.data;
  const change = (what: object) => acts.habits(what).then(() => { setFault(null); setKept(true); }, (e) => { setFault(e as Problem); setKept(false); });
  return (
    <>
      {fault && <ProblemBanner problem={fault} />}
      <p role="status" className="small muted">{kept ? t('inbox.kept') : t('inbox.how_text')}</p>
      <table className="kinds">
        <thead><tr><th scope="col">{t('inbox.kind')}</th><th scope="col">{t('inbox.channel')}</th></tr></thead>
        <tbody>
          {h.kinds.map((k) => (
            <tr key={k.kind}>
              <th scope="row">{pick(k.label)}</th>
              <td><Channel kind={k} onChange={(channel) => void change({ kinds: { [k.kind]: channel } })} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="habit-row">
        <label>{t('inbox.digest')} <select className="plain-select" value={h.digest} onChange={(e) => void change({ digest: e.target.value })}>
          {DIGESTS.map((d) => <option key={d} value={d}>{t(`inbox.digest.${d}`)}</option>)}
        </select></label>
        <Quiet habits={h} onChange={(from, until) => void change({ quiet_from: from, quiet_until: until })} />
      </div>
    </>
  );
}

/** What is fixed offers nothing less than its preset, and says so. */
function Channel({ kind: k, onChange }: { kind: Kept['kinds'][number]; onChange(channel: string): void }) {
  const { t, pick } = useText();
  const least = k.fixed ? CHANNELS.indexOf(k.preset as typeof CHANNELS[number]) : 0;
  return (
    <>
      <select className="plain-select" value={k.channel} aria-label={pick(k.label)} onChange={(e) => onChange(e.target.value)}>
        {CHANNELS.filter((_, i) => i >= least).map((c) => <option key={c} value={c}>{t(`inbox.by.${c}`)}</option>)}
      </select>
      {k.fixed && <span className="small muted"> {t('inbox.fixed')}</span>}
    </>
  );
}

function Quiet({ habits: h, onChange }: { habits: Kept; onChange(from: string | null, until: string | null): void }) {
  const { t } = useText();
  const [from, setFrom] = useState<string | null>(h.quiet_from ?? '22:00');
  const [until, setUntil] = useState<string | null>(h.quiet_until ?? '07:00');
  const on = h.quiet_from !== null;
  return (
    <fieldset className="quiet">
      <legend><label className="check"><input type="checkbox" checked={on} onChange={(e) => (e.target.checked ? onChange(from ?? '22:00', until ?? '07:00') : onChange(null, null))} /> {t('inbox.quiet')}</label></legend>
      <div className="quiet-hours" onBlur={(e) => on && from && until && !e.currentTarget.contains(e.relatedTarget) && onChange(from, until)}>
        <TimeField name="quiet_from" label={t('inbox.quiet_from')} value={from} disabled={!on} onChange={setFrom} />
        <span aria-hidden="true">–</span>
        <TimeField name="quiet_until" label={t('inbox.quiet_until')} value={until} disabled={!on} onChange={setUntil} />
      </div>
    </fieldset>
  );
}
