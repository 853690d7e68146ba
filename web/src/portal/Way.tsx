// SPDX-License-Identifier: Apache-2.0
//
// Way.tsx -- how far something is: a bar, and under it a word for each step; the words say what the bar shows.
import { useText } from '../core/i18n';
import { Icon } from '../kit/Icon';

/** `at`: the step it is at, from 0; `over`: that one, too, is done. */
export function Way({ at, words, over }: { at: number; words: string[]; over?: boolean }) {
  const { t } = useText();
  return (
    <div className={`way at-${at}`}>
      <div className="bar" aria-hidden="true"><span /></div>
      <ol aria-label={t('portal.way', { n: at + 1, of: words.length })}>
        {words.map((w, i) => {
          const done = i < at || (i === at && over);
          return (
            <li key={i} aria-current={i === at ? 'step' : undefined} className={done ? 'done' : undefined}>
              {done ? <Icon name="check" /> : <span className="dot" aria-hidden="true" />}
              <span>{w}</span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
