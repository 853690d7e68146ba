// SPDX-License-Identifier: Apache-2.0
//
// Dialog.tsx -- a dialog over the page: focus stays inside and comes back; Esc closes it. On a phone it fills the screen.
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { FormEvent, KeyboardEvent, ReactNode } from 'react';
import { useText } from '../core/i18n';
import { keyWords } from '../core/keys';
import { Button } from './Button';
import { Icon } from './Icon';

interface Props {
  title: string;
  onClose(): void;
  onSubmit(): void;
  /** the words of the button that does it */
  act: string;
  look?: 'primary' | 'danger';
  busy?: boolean;
  /** there is no way around it: neither Cancel nor a cross */
  must?: boolean;
  /** room for two columns of text */
  wide?: boolean;
  /** what must be read whatever part of the form is scrolled to: a refusal, a conflict */
  notice?: ReactNode;
  children: ReactNode;
}

function Head({ title, onClose, must }: Pick<Props, 'title' | 'onClose' | 'must'>) {
  const { t } = useText();
  return (
    <div className="dialog-head">
      <Heading slot="title" level={2}>{title}</Heading>
      {!must && <button type="button" className="icon-btn" aria-label={t('act.close')} onClick={onClose}><Icon name="x" /></button>}
    </div>
  );
}

/** Something to read; a click beside it closes it too. */
export function InfoDialog({ title, onClose, children }: Pick<Props, 'title' | 'onClose' | 'children'>) {
  return (
    <ModalOverlay className="shade" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className="modal">
        <AriaDialog className="dialog">
          <Head title={title} onClose={onClose} />
          <div className="dialog-body" role="group" aria-label={title} tabIndex={0}>{children}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Something wide to decide, with buttons of its own at its foot; a click beside it closes nothing. */
export function WideDialog({ title, onClose, foot, children }: Pick<Props, 'title' | 'onClose' | 'children'> & { foot: ReactNode }) {
  return (
    <ModalOverlay className="shade" isOpen isDismissable={false} onOpenChange={(open) => !open && onClose()}>
      <Modal className="modal wide-modal">
        <AriaDialog className="dialog">
          <Head title={title} onClose={onClose} />
          <div className="dialog-body">{children}</div>
          <div className="dialog-foot">{foot}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** A form in a dialog; Enter in a line and Ctrl+Enter in a text send it. */
export function FormDialog({ title, onClose, onSubmit, act, look = 'primary', busy, must, wide, notice, children }: Props) {
  const { t } = useText();
  const submit = (e: FormEvent | KeyboardEvent) => {
    e.preventDefault();
    if (!busy) onSubmit();
  };
  return (
    <ModalOverlay className="shade" isOpen isDismissable={false} onOpenChange={(open) => !open && onClose()}>
      <Modal className={wide ? 'modal wide-modal' : 'modal'}>
        {/* Around the dialog, which itself has the focus when it opens. */}
        <div onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !e.nativeEvent.isComposing) submit(e);
        }}><AriaDialog className="dialog">
          <form onSubmit={submit} noValidate>
            <Head title={title} onClose={onClose} must={must} />
            <div className="dialog-notice">{notice}</div>
            <div className="dialog-body">{children}</div>
            <div className="dialog-foot">
              <Button type="submit" look={look} busy={busy} aria-keyshortcuts="Control+Enter">{act}<kbd aria-hidden="true">{keyWords('Mod+Enter')}</kbd></Button>
              {!must && <Button onClick={onClose}>{t('act.cancel')}</Button>}
            </div>
          </form>
        </AriaDialog></div>
      </Modal>
    </ModalOverlay>
  );
}
