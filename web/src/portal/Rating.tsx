// SPDX-License-Identifier: Apache-2.0
//
// Rating.tsx -- three questions after the work: solved or not, how satisfied, in your own words.
import { useState } from 'react';
import type { Problem } from '../core/api';
import { useText } from '../core/i18n';
import { ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Field } from '../kit/Field';
import { RadioRow } from '../kit/RadioRow';
import { asProblem, CALLBACK, useMove } from './data';

export function Rating({ id, onDone }: { id: number; onDone(): void }) {
  const { t } = useText();
  const move = useMove(CALLBACK);
  const [solved, setSolved] = useState('');
  const [overall, setOverall] = useState('');
  const [words, setWords] = useState('');
  const [wrong, setWrong] = useState({ solved: '', overall: '' });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async () => {
    const missing = { solved: solved ? '' : t('portal.need_answer'), overall: overall ? '' : t('portal.need_answer') };
    setWrong(missing);
    if (missing.solved || missing.overall) return;
    setBusy(true);
    setProblem(null);
    try {
      await move(id, 'rate', { solved, overall: Number(overall), ...(words.trim() && { verbatim: words.trim() }) });
      onDone();
    } catch (e) {
      setProblem(asProblem(e));
      setBusy(false);
    }
  };
  return (
    <form className="card stack rating" aria-labelledby="rating" noValidate onSubmit={(e) => { e.preventDefault(); if (!busy) void send(); }}>
      <h2 id="rating">{t('portal.rate')}</h2>
      {problem && <ProblemBanner problem={problem} />}
      <Field label={t('portal.rate_solved')} error={wrong.solved} group name="solved">
        {(w) => <RadioRow wiring={w} value={solved} onChange={(v) => { setSolved(v); setWrong((x) => ({ ...x, solved: '' })); }}
          options={[{ value: 'yes', label: t('portal.solved_yes') }, { value: 'no', label: t('portal.solved_no') }]} />}
      </Field>
      <Field label={t('portal.rate_overall')} help={t('portal.rate_scale')} error={wrong.overall} group name="overall">
        {(w) => <div className="marks"><RadioRow wiring={w} value={overall} onChange={(v) => { setOverall(v); setWrong((x) => ({ ...x, overall: '' })); }} options={['1', '2', '3', '4', '5'].map((n) => ({ value: n, label: n }))} /></div>}
      </Field>
      <Field label={t('portal.rate_words')} name="verbatim">
        {({ labelId: _l, ...w }) => <textarea className="inp" {...w} rows={2} maxLength={4000} value={words} onChange={(e) => setWords(e.target.value)} />}
      </Field>
      <Button type="submit" look="primary" busy={busy}>{t('portal.act.rate')}</Button>
    </form>
  );
}
