// SPDX-License-Identifier: Apache-2.0
//
// Toasts.tsx -- the corner where short words stand for some seconds (core/toast.ts). Said politely; while the pointer or the
// focus is there, nothing goes away. `u` takes back the newest that can be.
import { useEffect, useState } from 'react';
import { useText } from '../core/i18n';
import { keyWords, useActions } from '../core/keys';
import { useTick } from '../core/tick';
import { dropToast, toasts, useToasts, type Toast } from '../core/toast';
import { Button } from './Button';
import { Icon } from './Icon';

export function Toasts() {
  const { t } = useText();
  const list = useToasts();
  const [held, setHeld] = useState(false);
  useActions([{
    id: 'app.undo', label: t('toast.undo'), key: 'u', group: 'app', when: list.some((x) => x.acts.length > 0),
    run: () => toasts().findLast((x) => x.acts.length)?.acts[0].run(),
  }]);
  return (
    <div className="toasts" role="region" aria-label={t('toast.region')} onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)} onBlur={() => setHeld(false)}>
      <div role="status" aria-live="polite">{list.map((x) => <One key={x.id} toast={x} held={held} first={x === list.findLast((y) => y.acts.length)} />)}</div>
    </div>
  );
}

/** `first`: `u` takes this one back. */
function One({ toast, held, first }: { toast: Toast; held: boolean; first: boolean }) {
  const { t } = useText();
  const { id, ms } = toast;
  useEffect(() => {
    if (held || !ms) return;
    const timer = setTimeout(() => dropToast(id), ms);
    return () => clearTimeout(timer);
  }, [held, ms, id]);
  return (
    <div className={'toast' + (toast.bad ? ' bad' : '')}>
      <span>{toast.text}</span>
      {toast.count && <Count count={toast.count} />}
      {toast.acts.map((a, i) => (
        <Button key={a.label} small onClick={() => { dropToast(id); a.run(); }}>{a.label}{first && i === 0 && <kbd>{keyWords('u')}</kbd>}</Button>
      ))}
      {ms && <button type="button" className="icon-btn" aria-label={t('act.close')} onClick={() => dropToast(id)}><Icon name="x" /></button>}
    </div>
  );
}

/** Not said again each second. */
function Count({ count }: { count(): number }) {
  const left = useTick(() => Math.max(0, count()));
  return <span className="toast-count" aria-hidden="true">{left}</span>;
}
