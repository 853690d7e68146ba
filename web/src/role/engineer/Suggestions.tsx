// SPDX-License-Identifier: Apache-2.0
//
// Suggestions.tsx -- what could help with a case: articles, bulletins and earlier requests whose words are its title's, the
// nearest first as the search ranks them, with the words that matched.  Alt 1 to 5 open them.
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { get, type Problem } from '../../core/api';
import { useText } from '../../core/i18n';
import { useActions } from '../../core/keys';
import { ProblemBanner } from '../../kit/Banner';
import { Button } from '../../kit/Button';
import { Words } from '../../kit/Said';
import { useIndex, type Hit, type Row } from '../../model/entity';

/** Which kinds help; what was written to be found again stands first. */
const KINDS = ['knowledge_article', 'bulletin', 'technical_request'];
const SHOWN = 5, ASKED = 50, MATCHED = 4;
const NONE: Hit[] = [];

/** The words that matched, each once; short ones of Latin script and small numbers say nothing. */
const matched = (h: Hit) => [...new Set((h.snippet?.hits ?? []).map(([from, n]) => h.snippet!.text.slice(from, from + n)))]
  .filter((w) => !/^([a-z]{1,3}|\d{1,2})$/i.test(w)).slice(0, MATCHED);

export function Suggestions({ row }: { row: Row }) {
  const { t, pick } = useText();
  const [, go] = useLocation();
  const index = useIndex().data;
  const q = String(row.title ?? '').slice(0, 200);
  const asked = useQuery({
    queryKey: ['suggestions', q], enabled: !!q, staleTime: 300_000, retry: false,
    queryFn: ({ signal }) => get<{ items: Hit[] }>('/search', { q, limit: ASKED, any: true }, signal).then((x) => x.items),
  });
  const found = asked.data ?? NONE;
  const title = (h: Hit) => (h.title ?? '').trim().toLowerCase();
  const others = found.filter((h) => KINDS.includes(h.entity) && !(h.entity === 'technical_request' && h.id === row.id));
  const list = [...others.filter((h) => h.entity !== 'technical_request'), ...others.filter((h) => h.entity === 'technical_request')]
    .filter((h) => !h.snippet?.hits.length || matched(h).length > 0)
    .filter((h, i, all) => all.findIndex((x) => x.entity === h.entity && title(x) === title(h)) === i).slice(0, SHOWN);
  const hrefOf = (h: Hit) => (h.entity === 'technical_request' ? `/c/${h.number ?? h.id}` : `/e/${h.entity}/${h.id}`);
  useActions(list.map((h, i) => ({ id: `case.suggestion_${i + 1}`, label: t('case.suggestion', { n: i + 1 }), key: `Alt+${i + 1}`, group: 'case', hidden: i > 0, run: () => go(hrefOf(h)) })));
  return (
    <section className="card suggestions">
      <h2>{t('case.suggestions')} {list.length > 0 && <span className="muted">{t('case.suggestion_keys')}</span>}</h2>
      {asked.error && <ProblemBanner problem={asked.error as Problem} action={<Button small onClick={() => asked.refetch()}>{t('act.retry')}</Button>} />}
      {list.length > 0 ? (
        <ol>
          {list.map((h) => (
            <li key={`${h.entity}${h.id}`}>
              <Link href={hrefOf(h)}><Words>{[h.number, h.title].filter(Boolean).join(' ')}</Words></Link>{' '}
              <span className="muted small">{pick(index?.entities.find((e) => e.name === h.entity)?.label, h.entity)}{matched(h).length > 0 && <>{t('list.colon')}<Words>{matched(h).join(t('list.comma'))}</Words></>}</span>
            </li>
          ))}
        </ol>
      ) : asked.isSuccess && <p className="muted">{t('case.suggestion_none')} <Link href={`/search?q=${encodeURIComponent(q)}`}>{t('case.suggestion_search')}</Link></p>}
    </section>
  );
}
