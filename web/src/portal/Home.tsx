// SPDX-License-Identifier: Apache-2.0
//
// Home.tsx -- the portal's first page: the big button, what waits for the reader, open requests, earlier ones, search.
import { useDeferredValue, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { Problem } from '../core/api';
import { useUser } from '../core/auth';
import { useText } from '../core/i18n';
import { useSettled } from '../core/settled';
import { useTitle } from '../core/title';
import { Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Icon } from '../kit/Icon';
import { Card } from './Card';
import { useClosedRequests, useFound, useOpenRequests, type Row } from './data';
import { BLANK, readDraft } from './handin';
import { Todo, Ways } from './Todo';
import { canScan } from '../kit/scan';
import { Words } from '../kit/Said';
import { callAddress, mine, plainState } from './words';

export function HomePage() {
  const { t } = useText();
  const me = useUser();
  const [search, setSearch] = useSearchParams();
  const [q, setQ] = useState(search.get('q') ?? '');
  const asked = useSettled(q.trim(), 300);
  const [begun] = useState(() => readDraft(me.id).text !== BLANK.text);
  useTitle(t('portal.nav.requests'));
  return (
    <div className="page portal-page home">
      <h1>{t('portal.hello', { name: me.name })}</h1>
      <Link className="btn primary big" href="/p/new"><Icon name="plus" />{t('portal.report')}</Link>
      {(canScan() || me.hotline) && (
        <div className="acts">
          {canScan() && <Link className="btn" href="/p/new?scan=1">{t('portal.scan_report')}</Link>}
          {me.hotline && <a className="btn" href={callAddress(me.hotline)}><Icon name="phone" />{t('portal.call', { number: me.hotline })}</a>}
        </div>
      )}
      {begun && <p className="banner"><span>{t('portal.begun')}</span> <Link href="/p/new">{t('portal.go_on')}</Link></p>}
      <search>
        <form role="search" onSubmit={(e) => { e.preventDefault(); setSearch(q.trim() ? { q: q.trim() } : {}, { replace: true }); }}>
          <input type="search" className="inp" enterKeyHint="search" aria-label={t('portal.search')} placeholder={t('portal.search')}
            value={q} onChange={(e) => {
              setQ(e.target.value);
              if (!e.target.value) setSearch({}, { replace: true });
            }} />
        </form>
      </search>
      {asked ? <Found text={asked} onClear={() => { setQ(''); setSearch({}, { replace: true }); }} /> : <Mine />}
    </div>
  );
}

function Found({ text, onClear }: { text: string; onClear(): void }) {
  const { t } = useText();
  const found = useFound(text);
  if (found.error) return <ProblemBanner problem={found.error as Problem} />;
  if (!found.data) return <Loading />;
  return (
    <section aria-labelledby="found">
      <h2 id="found" role="status">{t('portal.found', { n: found.data.length })}</h2>
      <ul className="cards">{found.data.map((r) => <Card key={r.id} row={r} />)}</ul>
      <Button onClick={onClear}>{t('portal.show_all')}</Button>
    </section>
  );
}

/** So many cards are drawn first and ask for their promised time: what a phone shows without much scrolling. */
const FIRST = 8;

function Mine() {
  const { t } = useText();
  const open = useOpenRequests();
  const closed = useClosedRequests();
  const most = useDeferredValue(Infinity, FIRST);
  if (open.error) return <ProblemBanner problem={open.error as Problem} action={<Button onClick={() => open.refetch()}>{t('act.retry')}</Button>} />;
  if (!open.data) return <Loading />;
  const ended = (r: Row) => ['completed', 'withdrawn'].includes(plainState(r));
  const running = open.data.filter((r) => !ended(r)).sort((a, b) => Number(mine(b)) - Number(mine(a)));
  const earlier = [...open.data.filter(ended), ...(closed.data?.pages.flatMap((p) => p.items) ?? [])];
  return (
    <div className="home-grid">
      <Todo />
      <section className="home-open" aria-labelledby="open">
        <h2 id="open">{t('portal.open', { n: running.length })}</h2>
        {running.length === 0 && <p className="card muted">{t('portal.none_open')}</p>}
        <ul className="cards">{running.slice(0, most).map((r, i) => <Card key={r.id} row={r} promise={i < FIRST} />)}</ul>
      </section>
      <Ways />
      {earlier.length > 0 && (
        <section className="home-earlier" aria-labelledby="earlier">
          <h2 id="earlier">{t('portal.earlier')}</h2>
          <ul className="card links">
            {earlier.map((r) => <EarlierLine key={r.id} row={r} />)}
          </ul>
          {closed.hasNextPage && <Button busy={closed.isFetchingNextPage} onClick={() => void closed.fetchNextPage()}>{t('portal.more_earlier')}</Button>}
        </section>
      )}
    </div>
  );
}

function EarlierLine({ row }: { row: Row }) {
  const { t, date } = useText();
  return (
    <li>
      <Link href={`/p/r/${row.number ?? row.id}`}><Words>{String(row.title)}</Words></Link>
      <span className="muted">{t(plainState(row) === 'withdrawn' ? 'customer.withdrawn' : 'customer.completed')} · {date(String(row.reported_at))} · {row.number}</span>
    </li>
  );
}
