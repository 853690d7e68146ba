// SPDX-License-Identifier: Apache-2.0
//
// Search.tsx -- cases found by their words (/search?q=), and the way from a case's bare id to its page (/c/{ref}).
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'wouter';
import { api, get, type Problem } from '../core/api';
import { useText } from '../core/i18n';
import { useTitle } from '../core/title';
import { Loading, ProblemBanner } from '../kit/Banner';
import { Words } from '../kit/Said';
import { rowByKey } from './ahead';
import { useIndex, type Hit, type Row } from './entity';

export function SearchPage() {
  const { t, pick } = useText();
  const [search] = useSearchParams();
  const q = (search.get('q') ?? '').trim();
  const index = useIndex().data;
  useTitle(t('search.title'));
  const found = useQuery({
    queryKey: ['list', 'search', q], enabled: !!q,
    queryFn: async ({ signal }) => {
      const { data } = await api.GET('/search', { params: { query: { q, limit: 50 } }, signal });
      return (data as unknown as { items: Hit[] }).items;
    },
  });
  return (
    <div className="page">
      <div className="page-head"><h1>{q ? t('search.for', { q }) : t('search.title')}</h1></div>
      {found.error && <ProblemBanner problem={found.error as Problem} />}
      {q && found.isPending && <Loading />}
      {found.data?.length === 0 && <div className="nothing"><p>{t('search.none')}</p></div>}
      <ul className="hits as-lines">
        {found.data?.map((h) => (
          <li key={h.id} className="card">
            <Link href={`/e/${h.entity}/${h.id}`}><Words>{[h.number, h.title].filter(Boolean).join(' ') || `#${h.id}`}</Words></Link>{' '}
            <span className="muted">{pick(index?.entities.find((e) => e.name === h.entity)?.label, h.entity)}</span>
            {h.snippet && <p className="prose">{marked(h.snippet.text, h.snippet.hits)}</p>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function marked(text: string, hits: [number, number][]): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [from, length] of hits) {
    parts.push(text.slice(at, from), <mark key={from}>{text.slice(from, from + length)}</mark>);
    at = from + length;
  }
  return [...parts, text.slice(at)];
}

/** Any case by id or number, in its place. */
export function CasePage({ reference, page }: { reference: string; page(entity: string, id: string): ReactNode }) {
  const { t } = useText();
  const cache = useQueryClient();
  const found = useQuery({
    queryKey: ['case', reference], retry: false,
    placeholderData: () => {
      const known = rowByKey(cache, null, reference);
      return known && { ...known.row, entity: known.entity };
    },
    queryFn: async ({ signal }) => {
      const filter = /^\d+$/.test(reference) ? `id==${reference}` : `number==${/^[\w-]+$/.test(reference) ? reference : 'null'}`;
      const { items } = await get<{ items: Row[] }>('/case', { filter, fields: 'title', limit: 1 }, signal);
      return items[0] ?? null;
    },
  });
  if (found.data) return page(String(found.data.entity), String(found.data.id));
  if (found.isPending) return <Loading />;
  return <div className="page nothing"><h1>{t('record.missing')}</h1><p>{t('record.missing_text')}</p><p><Link href={`/search?q=${encodeURIComponent(reference)}`}>{t('record.search')}</Link></p></div>;
}
