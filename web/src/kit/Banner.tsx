// SPDX-License-Identifier: Apache-2.0
//
// Banner.tsx -- something the reader must know: an error with its way out, a conflict, a lost stream.
// Also the three states of a section that is not there (yet).
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
      {problem.requestId && problem.status >= 500 && <p className="muted">{t('problem.request_id', { id: problem.requestId })}</p>}
    </Banner>
  );
}

/** 412: somebody else changed the record; what was typed stays until the person reloads. */
export function ConflictBanner({ onReload }: { onReload(): void }) {
  const { t } = useText();
  return (
    <Banner tone="warn" action={<Button small onClick={onReload}>{t('conflict.reload')}</Button>}>
      <p role="alert">{t('conflict.text')}</p>
    </Banner>
  );
}

/** Nothing for 150 ms (most answers are here by then), afterwards the words. */
export function Loading() {
  const { t } = useText();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return <p className="loading" role="status">{shown ? t('state.loading') : ''}</p>;
}
