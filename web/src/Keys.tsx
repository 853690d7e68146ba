// SPDX-License-Identifier: Apache-2.0
//
// Keys.tsx -- the `?` sheet: which keys act on this page, to be changed one by one or switched off together (WCAG 2.1.4).
// Loaded when it is first asked for.
import { useState } from 'react';
import { Problem } from './core/api';
import { useText, type MessageId } from './core/i18n';
import { chooseKeys, isSingle, keyChoices, keyOf, keyWords, mayBeKey, offered, pressed, type Action, type KeyChoices } from './core/keys';
import { saveSetting } from './core/settings';
import { Banner, ProblemBanner } from './kit/Banner';
import { Button } from './kit/Button';
import { InfoDialog } from './kit/Dialog';

const GROUPS = ['case', 'list', 'go', 'app'] as const;

export default function KeySheet({ onClose }: { onClose(): void }) {
  const { t } = useText();
  const [actions] = useState(() => offered().filter((a) => a.key || keyOf(a)));
  const [choices, setChoices] = useState<KeyChoices>(keyChoices);
  const [asking, setAsking] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState('');

  const change = async (next: KeyChoices, done: string) => {
    setProblem(null);
    try {
      await saveSetting('keys', next);
      chooseKeys(next);
      setChoices(next);
      setSaid(done);
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, { title: String(e) }));
    }
  };
  const own = (a: Action, key: string | null) => {
    const { [a.id]: _old, ...rest } = choices.own ?? {};
    setAsking('');
    void change({ ...choices, own: key === null ? rest : { ...rest, [a.id]: key } },
      key ? t('keys.now', { what: a.label, key: keyWords(key) }) : t('keys.reset_done', { what: a.label }));
  };
  /** The next key that is pressed while a row asks for it. */
  const listen = (e: React.KeyboardEvent, a: Action) => {
    if (['Tab', 'Shift', 'Control', 'Alt', 'Meta', 'CapsLock', 'Process'].includes(e.key) || e.nativeEvent.isComposing) return;
    e.preventDefault();
    e.stopPropagation();
    if (e.key === 'Escape') return setAsking('');
    const key = pressed(e.nativeEvent);
    const other = actions.find((x) => x.id !== a.id && (keyOf(x)?.toLowerCase() === key.toLowerCase() || keyOf(x)?.startsWith(`${key} `)));
    if (!mayBeKey(key)) return setSaid(t('keys.refused', { key: keyWords(key) }));
    if (other) return setSaid(t('keys.taken', { key: keyWords(key), what: other.label }));
    own(a, key);
  };

  return (
    <InfoDialog title={t('keys.title')} onClose={onClose}>
      {problem && <ProblemBanner problem={problem} />}
      <label className="radio keys-off">
        <input type="checkbox" checked={!choices.off} onChange={(e) => void change({ ...choices, off: !e.target.checked }, t(e.target.checked ? 'keys.on_done' : 'keys.off_done'))} />
        <span>{t('keys.single')}</span>
      </label>
      {choices.off && <Banner><p>{t('keys.off_text')}</p></Banner>}
      <div className="keys">
        {GROUPS.map((g) => {
          const rows = actions.filter((a) => (a.group ?? 'app') === g);
          return rows.length > 0 && (
            <section key={g}>
              <h3>{t(`palette.${g}` as MessageId)}</h3>
              <ul>
                {rows.map((a) => {
                  const key = keyOf(a);
                  const changed = choices.own?.[a.id] !== undefined;
                  return (
                    <li key={a.id} className={key && isSingle(key) && choices.off ? 'asleep' : undefined}>
                      <span>{a.label}</span>
                      <button type="button" className="key-btn" aria-label={t('keys.change', { what: a.label, key: key ? keyWords(key) : t('keys.none') })}
                        aria-pressed={asking === a.id} onClick={() => { setAsking(asking === a.id ? '' : a.id); setSaid(asking === a.id ? '' : t('keys.press')); }}
                        onKeyDown={asking === a.id ? (e) => listen(e, a) : undefined}>
                        {asking === a.id ? t('keys.press') : <kbd>{key ? keyWords(key) : '–'}</kbd>}
                      </button>
                      {changed && <Button small look="quiet" aria-label={t('keys.reset', { what: a.label })} onClick={() => own(a, null)}>{t('keys.reset_short')}</Button>}
                    </li>
                  );
                })}
              </ul>
            </section>
          );
        })}
      </div>
      <p role="status" className="muted">{said}</p>
      <p className="muted">{t('keys.help')}</p>
    </InfoDialog>
  );
}
