// SPDX-License-Identifier: Apache-2.0
//
// Inbox.tsx -- what one was told: newest first, unread marked; to the record, and why one was told. Below: how one is told.
// The same page stands in the portal, whose records have other addresses (portal/Notices.tsx).
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Problem } from '../core/api';
import { serverTime } from '../core/clock';
import { useText } from '../core/i18n';
import { useTitle } from '../core/title';
import { Banner, Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Tag } from '../kit/Tag';
import { useInbox, useInboxActs, type Notice } from './data';
import { Habits } from './Habits';
import { InboxTabs } from './Tabs';
import './inbox.css';

const ofStaff = (n: Notice) => (n.number ? `/c/${encodeURIComponent(n.number)}` : `/e/${n.entity}/${n.about}`);

/** `plain`: without the words of the house. */
export default function InboxPage({ to = ofStaff, plain }: { to?(n: Notice): string; plain?: boolean }) {
  const { t } = useText();
  const [unread, setUnread] = useState(false);
  const [fault, setFault] = useState<Problem | null>(null);
  const inbox = useInbox(unread);
  const acts = useInboxActs();
  useTitle(t('inbox.title'));
  const items = inbox.data?.pages.flatMap((p) => p.items) ?? [];
  const guarded = (act: Promise<void>) => act.then(() => setFault(null), (e) => setFault(e as Problem));
  return (
    <div className="page inbox">
      {!plain && <InboxTabs />}
      <header className="inbox-head">
        <h1>{t('inbox.title')}</h1>
        <span className="spring" />
        <label className="check"><input type="checkbox" checked={unread} onChange={(e) => setUnread(e.target.checked)} /> {t('inbox.only_unread')}</label>
        <Button small onClick={() => void guarded(acts.readAll(items[0]?.at ?? new Date(serverTime()).toISOString()))}>{t('inbox.read_all')}</Button>
      </header>
      {fault && <ProblemBanner problem={fault} />}
      {inbox.error ? <ProblemBanner problem={inbox.error as unknown as Problem} action={<Button small onClick={() => inbox.refetch()}>{t('act.retry')}</Button>} />
        : !inbox.data ? <Loading />
          : items.length === 0 ? <Banner><p>{t(unread ? 'inbox.none_unread' : 'inbox.none')}</p></Banner>
            : <ol className="notices">{items.map((n) => <Item key={n.id} notice={n} href={to(n)} plain={plain} onRead={() => guarded(acts.read(n.id))} />)}</ol>}
      {inbox.hasNextPage && <p><Button onClick={() => void inbox.fetchNextPage()} busy={inbox.isFetchingNextPage}>{t('inbox.more')}</Button></p>}
      <Habits />
    </div>
  );
}

function Item({ notice: n, href, plain, onRead }: { notice: Notice; href: string; plain?: boolean; onRead(): Promise<void> }) {
  const { t, pick, dateTime } = useText();
  const [, go] = useLocation();
  const fresh = n.read_at === null;
  const open = () => {
    if (fresh) void onRead();
    go(href);
  };
  return (
    <li className={'card notice' + (fresh ? ' fresh' : '')}>
      <div className="notice-head">
        {fresh && <Tag tone="state-open">{t('inbox.new')}</Tag>}
        {n.critical && !plain && <Tag tone="sev-critical">{t('inbox.critical')}</Tag>}
        <h2><Link href={href} onClick={(e) => { e.preventDefault(); open(); }}>{pick(n.subject, n.template)}</Link></h2>
        <span className="spring" />
        <time className="muted small" dateTime={n.at}>{dateTime(n.at)}</time>
      </div>
      <p className="notice-text">{pick(n.text)}</p>
      <div className="notice-foot">
        <details>
          <summary className="small">{t('inbox.why')}</summary>
          <p className="small muted">{t('inbox.because', { why: pick(n.why_text) })}</p>
        </details>
        <span className="spring" />
        {fresh && <Button small look="quiet" onClick={() => void onRead()} aria-label={t('inbox.read_one', { subject: pick(n.subject, n.template) })}>{t('inbox.read')}</Button>}
      </div>
    </li>
  );
}
