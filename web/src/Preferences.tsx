// SPDX-License-Identifier: Apache-2.0
//
// Preferences.tsx -- what a person likes the app to do: where a step leads. A change is kept at once, with the person, so that
// it holds on every computer. Loaded when it is first asked for.
import { useState } from 'react';
import { Problem } from './core/api';
import { useText, type MessageId } from './core/i18n';
import { saveSetting } from './core/settings';
import { ProblemBanner } from './kit/Banner';
import { Button } from './kit/Button';
import { InfoDialog } from './kit/Dialog';
import { AFTER, afterStep, type After } from './model/after';

export default function Preferences({ onClose, onKeys }: { onClose(): void; onKeys(): void }) {
  const { t } = useText();
  const [after, setAfter] = useState<After>(afterStep);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState('');
  const choose = async (next: After) => {
    const before = after;
    setAfter(next);
    setProblem(null);
    try {
      await saveSetting('after', next);
      setSaid(t('pref.kept'));
    } catch (e) {
      setAfter(before);
      setProblem(e instanceof Problem ? e : new Problem(0, { title: String(e) }));
    }
  };
  return (
    <InfoDialog title={t('pref.title')} onClose={onClose}>
      {problem && <ProblemBanner problem={problem} />}
      <fieldset>
        <legend>{t('pref.after')}</legend>
        <div className="radios">
          {AFTER.map((a) => (
            <label key={a} className="radio">
              <input type="radio" name="after" value={a} checked={after === a} onChange={() => void choose(a)} />
              <span>{t(`pref.after.${a}` as MessageId)}</span>
            </label>
          ))}
        </div>
        <p className="muted">{t('pref.after_text')}</p>
      </fieldset>
      <p role="status" className="muted">{said}</p>
      <p><Button onClick={onKeys}>{t('keys.show')}</Button></p>
    </InfoDialog>
  );
}
