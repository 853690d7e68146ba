// SPDX-License-Identifier: Apache-2.0
//
// Toasts.tsx -- the corner where short words stand for some seconds (core/toast.ts). Said politely; while the pointer or the
// focus is there, nothing goes away. Alt Z takes back the newest that can be, also from a text that is being written; focus that
// went with a toast returns to where it came from.
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useText } from '../core/i18n';
import { keyWords, ownKey, useActions } from '../core/keys';
import { useTick } from '../core/tick';
import { dropToast, toasts, useToasts, type Toast } from '../core/toast';
import { Button } from './Button';
import { Icon } from './Icon';

const UNDO = { id: 'app.undo', key: 'Alt+Z' };

export function Toasts() {
  const { t } = useText();
  const list = useToasts();
  const [held, setHeld] = useState(false);
  useActions([{
    ...UNDO, label: t('toast.undo'), group: 'app', when: list.some((x) => x.acts.length > 0),
    run: () => {
      const newest = toasts().findLast((x) => x.acts.length);
      if (!newest) return;
      dropToast(newest.id);
      newest.acts[0].run();
    },
  }]);
  const box = useRef<HTMLDivElement>(null);
  const came = useRef<HTMLElement | null>(null);
  const inside = useRef(false);
  useLayoutEffect(() => {
    if (!inside.current || box.current?.contains(document.activeElement)) return;
    inside.current = false;
    setHeld(false);
    (came.current?.isConnected ? came.current : document.getElementById('main'))?.focus();
  }, [list]);
  return (
    <div className="toasts" ref={box} role="region" aria-label={t('toast.region')} onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)}
      onFocus={(e) => {
        if (!inside.current) came.current = e.relatedTarget as HTMLElement | null;
        inside.current = true;
        setHeld(true);
      }}
      onBlur={(e) => {
        // React tells of no blur when what had the focus is taken out: then it is still inside.
        if (e.relatedTarget && box.current?.contains(e.relatedTarget)) return;
        setHeld(false);
        inside.current = false;
      }}>
      <div role="status" aria-live="polite">{list.map((x) => <One key={x.id} toast={x} held={held} first={x === list.findLast((y) => y.acts.length)} />)}</div>
    </div>
  );
}

/** `first`: the key takes this one back. */
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
        <Button key={a.label} small onClick={() => { dropToast(id); a.run(); }}>{a.label}{first && i === 0 && <kbd>{keyWords(ownKey(UNDO))}</kbd>}</Button>
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
