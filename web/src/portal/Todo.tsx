// SPDX-License-Identifier: Apache-2.0
//
// Todo.tsx -- what waits for the reader beside requests, and the ways to bulletins, changes and parts.
import { Link } from 'wouter';
import { useText, type MessageId } from '../core/i18n';
import { useRatings, useThings } from './data';

const WAITING: { entity: string; filter: string; path: string; word: MessageId }[] = [
  { entity: 'bulletin_notice', filter: 'state==notified', path: '/p/bulletins', word: 'portal.todo.bulletin' },
  { entity: 'change_request', filter: 'state==customer_authorisation', path: '/p/changes', word: 'portal.todo.change' },
  { entity: 'spare_delivery', filter: 'state=in=(defective_due,defective_overdue)', path: '/p/parts', word: 'portal.todo.part' },
];

/** One list of all that waits: ratings first, they are quickly done. */
export function Todo() {
  const { t } = useText();
  const ratings = useRatings().data ?? [];
  const things = [useWaiting(0), useWaiting(1), useWaiting(2)].flat();
  const n = ratings.length + things.length;
  if (n === 0) return null;
  return (
    <section className="home-todo" aria-labelledby="todo">
      <h2 id="todo">{t('portal.todo', { n })}</h2>
      <ul className="card links">
        {ratings.map((r) => <li key={r.id}><Link href={`/p/r/${r.parent}#rate`}>{t('portal.rate_this', { title: String(r.title) })}</Link></li>)}
        {things.map((x) => <li key={x.id}><Link href={x.path}>{t(x.word, { title: x.title })}</Link></li>)}
      </ul>
    </section>
  );
}

function useWaiting(at: number) {
  const w = WAITING[at];
  const rows = useThings(w.entity, { filter: w.filter, sort: '-reported_at', limit: 20, fields: 'title' }).data?.items ?? [];
  return rows.map((r) => ({ id: r.id, path: w.path, word: w.word, title: String(r.title) }));
}

/** The other pages, from the first one. */
export function Ways() {
  const { t } = useText();
  const ways: [string, MessageId][] = [['/p/parts', 'portal.care.parts'], ['/p/bulletins', 'portal.care.bulletins'], ['/p/changes', 'portal.care.changes'], ['/p/contracts', 'portal.contracts']];
  return (
    <nav className="ways" aria-label={t('portal.more_pages')}>
      {ways.map(([path, word]) => <Link key={path} className="btn" href={path}>{t(word)}</Link>)}
    </nav>
  );
}
