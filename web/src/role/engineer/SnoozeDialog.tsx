// SPDX-License-Identifier: Apache-2.0
//
// SnoozeDialog.tsx -- until when rows of My work are put aside: in an hour, tomorrow, on Monday, or a time of one's own.
// Loaded when it is first asked for.
import { useState } from 'react';
import { Problem } from '../../core/api';
import { serverTime } from '../../core/clock';
import { useText } from '../../core/i18n';
import { ProblemBanner } from '../../kit/Banner';
import { DateField } from '../../kit/DateField';
import { FormDialog } from '../../kit/Dialog';
import { proposed } from './snooze';

export default function SnoozeDialog({ n, onClose, onTake }: { n: number; onClose(): void; onTake(until: string): Promise<unknown> }) {
  const { t, dateTime } = useText();
  const [times] = useState(() => proposed(new Date(serverTime())));
  const [choice, setChoice] = useState<string>(times[0].name);
  const [own, setOwn] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const until = choice === 'own' ? own : times.find((x) => x.name === choice)!.at;
  const submit = async () => {
    const refused = !until ? t('my.snooze.give') : Date.parse(until) <= serverTime() ? t('my.snooze.ahead') : '';
    if (refused) return setProblem(new Problem(422, { title: refused, detail: { en: refused, zh: refused } }));
    setBusy(true);
    try {
      await onTake(until!);
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, { title: String(e) }));
      setBusy(false);
    }
  };
  const radio = (value: string, words: string, at?: string) => (
    <label key={value} className="radio">
      <input type="radio" name="until" value={value} checked={choice === value} autoFocus={value === times[0].name} onChange={() => { setChoice(value); setProblem(null); }} />
      <span>{words}{at && <span className="muted"> {dateTime(at)}</span>}</span>
    </label>
  );
  return (
    <FormDialog title={n > 1 ? t('my.snooze.title_n', { n }) : t('my.snooze.title')} act={t('my.snooze')} busy={busy} onClose={onClose} onSubmit={() => void submit()}
      notice={problem && <ProblemBanner problem={problem} />}>
      <div className="radios snooze-times" role="radiogroup" aria-label={t('my.snooze.until')}>
        {times.map((x) => radio(x.name, t(`my.snooze.${x.name}`), x.at))}
        {radio('own', t('my.snooze.own'))}
      </div>
      {choice === 'own' && <DateField time label={t('my.snooze.own')} value={own} onChange={(v) => { setOwn(v); setProblem(null); }} />}
      <p className="muted">{t('my.snooze.text')}</p>
    </FormDialog>
  );
}
