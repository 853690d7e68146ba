// SPDX-License-Identifier: Apache-2.0
//
// plain/Dialog.tsx -- a form in the browser's own <dialog>: it keeps the focus inside, gives it back and closes on Esc, with
// no library. The twin of kit/Dialog.tsx for the portal.
import { useEffect, useId, useRef, type FormEvent, type ReactNode } from 'react';
import { useText } from '../../core/i18n';
import { Button } from '../Button';
import { Icon } from '../Icon';

interface Props {
  title: string;
  onClose(): void;
  /** absent: nothing to send, the dialog only shows */
  onSubmit?(): void;
  act?: string;
  look?: 'primary' | 'danger';
  busy?: boolean;
  notice?: ReactNode;
  children: ReactNode;
}

export function PlainDialog({ title, onClose, onSubmit, act, look = 'primary', busy, notice, children }: Props) {
  const { t } = useText();
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = box.current;
    const before = document.activeElement as HTMLElement | null;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      before?.focus();
    };
  }, []);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (!busy) onSubmit?.();
  };
  return (
    <dialog ref={box} className="plain-dialog" aria-labelledby={heading} onCancel={(e) => {
      e.preventDefault();
      onClose();
    }}>
      <form onSubmit={submit} noValidate>
        <div className="dialog-head">
          <h2 id={heading}>{title}</h2>
          <button type="button" className="icon-btn" aria-label={t('act.close')} onClick={onClose}><Icon name="x" /></button>
        </div>
        <div className="dialog-notice">{notice}</div>
        <div className="dialog-body">{children}</div>
        <div className="dialog-foot">
          {onSubmit && <Button type="submit" look={look} busy={busy}>{act}</Button>}
          <Button onClick={onClose}>{t('act.cancel')}</Button>
        </div>
      </form>
    </dialog>
  );
}
