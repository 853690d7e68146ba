// SPDX-License-Identifier: Apache-2.0
//
// Told.tsx -- who was told what of a record, how, when, and why somebody was not. Read when it is opened.
import { useState } from 'react';
import type { Problem } from '../core/api';
import { useText, type MessageId } from '../core/i18n';
import { Loading, ProblemBanner } from '../kit/Banner';
import { Tag } from '../kit/Tag';
import { useTold, type Told as Row } from './data';
import { how as howOf, reasonOf, TONE } from './words';
import './inbox.css';

export default function Told({ entity, id }: { entity: string; id: number }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const told = useTold(entity, id, open);
  const items = told.data?.items ?? [];
  return (
    <details className="card told" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary><h2>{t('inbox.told')}</h2></summary>
      {told.error ? <ProblemBanner problem={told.error as unknown as Problem} />
        : !told.data ? open && <Loading />
          : items.length === 0 ? <p className="muted">{t('inbox.told_nobody')}</p>
            : <ul>{items.map((x, i) => <Line key={x.id ?? `o${i}`} row={x} />)}</ul>}
    </details>
  );
}

/** `brief`: what it says stands above it already. */
export function Line({ row: x, brief }: { row: Row; brief?: boolean }) {
  const text = useText();
  const { t, pick, dateTime } = text;
  const how = howOf(x, text);
  return (
    <li>
      {!brief && <div><strong>{pick(x.subject, x.template)}</strong></div>}
      <div className="small">
        {x.reader && <>{x.reader} · </>}{how && <>{how} · </>}<Tag tone={TONE[x.state]}>{t(`inbox.state.${x.state}` as MessageId)}</Tag>{' '}
        <time dateTime={x.sent_at ?? x.at}>{dateTime(x.sent_at ?? x.at)}</time>
        {x.read_at && <> · {t('inbox.was_read', { at: dateTime(x.read_at) })}</>}
      </div>
      <div className="small muted">
        {reasonOf(x, text) ?? (!brief && pick(x.why_text))}
        {x.next_at && <> · {t('inbox.next_try', { at: dateTime(x.next_at) })}</>}
        {x.tries > 1 && <> · {t('inbox.tries', { n: x.tries })}</>}
      </div>
      {x.error && <div className="small told-error">{x.error}</div>}
    </li>
  );
}
