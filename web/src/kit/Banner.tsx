// SPDX-License-Identifier: Apache-2.0
//
// Banner.tsx -- something the reader must know: an error with its way out, a conflict, a lost stream.
// Also the three states of a section that is not there (yet).
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import type { Problem } from '../core/api';
import { useText } from '../core/i18n';
import { Button } from './Button';

export function Banner({ tone = 'info', children, action }: { tone?: 'info' | 'bad' | 'warn'; children: ReactNode; action?: ReactNode }) {
  return (
    <div className={`banner ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <div>{children}</div>
      {action}
    </div>
  );
}

/** The sentences of a failure: what happened, the loose field errors, the request's id for support. */
export function ProblemBanner({ problem, action }: { problem: Problem; action?: ReactNode }) {
  const { t, pick } = useText();
  const first = problem.status === 0 && problem.code === 'network' ? t('problem.network')
    : pick(problem.detail) || problem.message || t('problem.other');
  return (
    <Banner tone="bad" action={action}>
      <p>{first}</p>
      {problem.retryAfter !== undefined && <p>{t('problem.retry_after', { n: problem.retryAfter })}</p>}
      {problem.errors.length > 0 && (
        <ul>{problem.errors.map((e, i) => <li key={i}>{e.pointer ? `${e.pointer.slice(1)}: ` : ''}{pick(e.text)}</li>)}</ul>
      )}
      {problem.status === 403 && <p className="muted">{t('problem.denied')}</p>}
      {problem.requestId && (problem.status >= 500 || problem.status === 403) && <p className="muted">{t('problem.request_id', { id: problem.requestId })}</p>}
    </Banner>
  );
}

const SLOW_MS = 4000;

/**
 * What stands where something is still coming: nothing for 150 ms (most answers are here by then), then its outline in the
 * heights that it will have, after four seconds words and a way to stop waiting.
 */
export function Loading({ shape = 'lines' }: { shape?: 'lines' | 'list' | 'record' }) {
  const { t } = useText();
  const cache = useQueryClient();
  const [stage, setStage] = useState<'' | 'outline' | 'slow' | 'stopped'>('');
  useEffect(() => {
    const outline = setTimeout(() => setStage('outline'), 150);
    const slow = setTimeout(() => setStage('slow'), SLOW_MS);
    return () => {
      clearTimeout(outline);
      clearTimeout(slow);
    };
  }, []);
  if (stage === 'stopped')
    return <Banner action={<Button small onClick={() => { setStage('outline'); void cache.refetchQueries({ type: 'active' }); }}>{t('act.retry')}</Button>}><p>{t('state.stopped')}</p></Banner>;
  return (
    <div className={`loading as-${shape}`}>
      <p role="status" className={stage === 'slow' ? 'slow' : 'hidden-label'}>{stage === 'slow' ? t('state.slow') : stage ? t('state.loading') : ''}</p>
      {stage === 'slow' && <Button small onClick={() => { setStage('stopped'); void cache.cancelQueries(); }}>{t('act.cancel')}</Button>}
      {stage !== '' && <div className="outline" aria-hidden="true">{Array.from({ length: shape === 'lines' ? 3 : shape === 'list' ? 14 : 8 }, (_, i) => <span key={i} />)}</div>}
    </div>
  );
}
