// SPDX-License-Identifier: Apache-2.0
//
// Know.tsx -- answers that customers may read: a search over published articles, and one article in plain sections.
//
// The server finds, ranks and decides what is public. "It helped" ends here; "it did not" tells the authors why.
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import { get, seg, type Problem } from '../core/api';
import { useText, type MessageId } from '../core/i18n';
import { useSettled } from '../core/settled';
import { useTitle } from '../core/title';
import { Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Field } from '../kit/Field';
import { PlainDialog } from '../kit/plain/Dialog';
import { asProblem, can, useMove, type Page, type Row } from './data';

const ARTICLE = 'knowledge_article';
const SECTIONS = ['environment', 'symptom', 'cause', 'resolution', 'steps', 'tools', 'risk'] as const;

/** The best articles for the words; without words the newest. */
function useArticles(text: string) {
  const { lang } = useText();
  return useQuery({
    queryKey: ['list', ARTICLE, text, text ? '' : lang],
    queryFn: async ({ signal }) => {
      if (!text) return (await get<Page>(`/${ARTICLE}`, { filter: `language==${lang}`, sort: '-reported_at', limit: 20, fields: 'title,kind,symptom', labels: true }, signal)).items;
      const found = await get<{ items: { entity: string; id: number }[] }>('/search', { q: text, limit: 50 }, signal);
      const ids = found.items.filter((i) => i.entity === ARTICLE).map((i) => i.id);
      if (!ids.length) return [];
      const rows = await get<Page>(`/${ARTICLE}`, { filter: `id=in=(${ids.join()})`, limit: 50, fields: 'title,kind,symptom', labels: true }, signal);
      return rows.items.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
    },
    placeholderData: (before) => before,
  });
}

export function KnowPage() {
  const { t } = useText();
  const [search, setSearch] = useSearchParams();
  const [q, setQ] = useState(search.get('q') ?? '');
  const asked = useSettled(q.trim(), 300);
  const found = useArticles(asked);
  useTitle(t('portal.nav.know'));
  return (
    <div className="page portal-page">
      <h1>{t('portal.know.title')}</h1>
      <search>
        <form role="search" onSubmit={(e) => { e.preventDefault(); setSearch(q.trim() ? { q: q.trim() } : {}, { replace: true }); }}>
          <input type="search" className="inp" enterKeyHint="search" aria-label={t('portal.know.search')} placeholder={t('portal.know.search')} value={q} onChange={(e) => setQ(e.target.value)} />
        </form>
      </search>
      {found.error && <ProblemBanner problem={found.error as Problem} action={<Button onClick={() => found.refetch()}>{t('act.retry')}</Button>} />}
      {found.isPending && <Loading />}
      {found.data && <p className="muted" role="status">{asked ? t('portal.know.found', { n: found.data.length }) : t('portal.know.newest')}</p>}
      <ul className="cards">
        {found.data?.map((r) => (
          <li key={r.id} className="card">
            <div className="card-head"><h2><Link href={`/p/know/${r.number ?? r.id}`}>{String(r.title)}</Link></h2><span className="number">{r.number}</span></div>
            <p className="clip">{String(r.symptom ?? '')}</p>
          </li>
        ))}
      </ul>
      {asked && found.data?.length === 0 && <Link className="btn primary wide" href="/p/new">{t('portal.report')}</Link>}
    </div>
  );
}

export function ArticlePage({ reference }: { reference: string }) {
  const { t } = useText();
  const article = useQuery({
    queryKey: ['rec', ARTICLE, reference],
    queryFn: ({ signal }) => get<Row>(`/${ARTICLE}/${seg(reference)}`, { labels: true, can: true }, signal),
  });
  const row = article.data;
  useTitle(row && `${row.number} ${String(row.title)}`);
  if (article.error && (article.error as Problem).status === 404)
    return <div className="page nothing"><h1>{t('portal.know.none')}</h1><Link className="btn" href="/p/know">{t('portal.know.title')}</Link></div>;
  if (article.error) return <div className="page"><h1>{t('portal.know.title')}</h1><ProblemBanner problem={article.error as Problem} action={<Button onClick={() => article.refetch()}>{t('act.retry')}</Button>} /></div>;
  if (!row) return <Loading />;
  return (
    <article className="page portal-page">
      <header><p className="number muted">{row.number}</p><h1>{String(row.title)}</h1></header>
      {SECTIONS.map((s) => row[s] != null && (
        <section key={s} className="card" aria-labelledby={`s-${s}`}><h2 id={`s-${s}`}>{t(`portal.know.${s}` as MessageId)}</h2><p className="prose">{String(row[s])}</p></section>
      ))}
      <Helped row={row} />
    </article>
  );
}

function Helped({ row }: { row: Row }) {
  const { t } = useText();
  const [said, setSaid] = useState('');
  const [asked, setAsked] = useState(false);
  if (said) return <div className="card"><p role="status">{said}</p>{asked && <Link className="btn primary wide" href="/p/new">{t('portal.report')}</Link>}</div>;
  return (
    <section className="card stack" aria-labelledby="helped">
      <h2 id="helped">{t('portal.know.helped')}</h2>
      <div className="acts">
        <Button look="primary" onClick={() => setSaid(t('portal.know.glad'))}>{t('portal.know.yes')}</Button>
        {can(row, 'report_wrong') && <Button onClick={() => setAsked(true)}>{t('portal.know.no')}</Button>}
      </div>
      {asked && <Wrong row={row} onClose={() => setAsked(false)} onSent={() => setSaid(t('portal.know.told'))} />}
    </section>
  );
}

function Wrong({ row, onClose, onSent }: { row: Row; onClose(): void; onSent(): void }) {
  const { t } = useText();
  const move = useMove(ARTICLE);
  const [reason, setReason] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async () => {
    if (!reason.trim()) return setError(t('portal.need_this'));
    setBusy(true);
    try {
      await move(row.id, 'report_wrong', { reason: reason.trim() });
      onSent();
    } catch (e) {
      setProblem(asProblem(e));
      setBusy(false);
    }
  };
  return (
    <PlainDialog title={t('portal.know.no')} act={t('portal.know.send')} busy={busy} onClose={onClose} onSubmit={() => void send()} notice={problem && <ProblemBanner problem={problem} />}>
      <Field label={t('portal.know.what')} error={error} required name="reason">
        {({ labelId: _l, ...w }) => <textarea className="inp" {...w} rows={3} maxLength={2000} value={reason} onChange={(e) => { setReason(e.target.value); setError(''); }} />}
      </Field>
    </PlainDialog>
  );
}
