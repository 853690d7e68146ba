// SPDX-License-Identifier: Apache-2.0
//
// DraftLine.tsx -- what is known of a text that is being written: found again, saved when, written elsewhere too, refused.
import type { KeptDraft } from '../core/kept';
import { useText } from '../core/i18n';
import { Banner, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';

/** `onDone`: the question is answered and goes; the text is to have the focus. */
export function DraftBanner({ draft, onDone }: { draft: KeptDraft; onDone(): void }) {
  const { t, clock } = useText();
  if (draft.problem) return <ProblemBanner problem={draft.problem} />;
  if (draft.other)
    return (
      <Banner tone="warn" action={<span className="actions"><Button small onClick={() => { draft.takeOther(); onDone(); }}>{t('draft.take_other')}</Button><Button small onClick={() => { draft.keepMine(); onDone(); }}>{t('draft.keep_mine')}</Button></span>}>
        <p>{t('draft.other', { at: clock(draft.other.saved_at) })}</p>
        <p className="prose muted">{draft.other.text.slice(0, 300)}</p>
      </Banner>
    );
  if (draft.found === null || !draft.text) return null;
  return (
    <Banner action={<Button small onClick={() => { draft.set(''); onDone(); }}>{t('draft.discard')}</Button>}>
      <p>{draft.found ? t('draft.found_at', { at: clock(draft.found) }) : t('draft.found')}</p>
    </Banner>
  );
}

/** "saved 09:03:41"; without the server, what this computer has; and what it cannot keep. */
export function DraftSaved({ draft }: { draft: KeptDraft }) {
  const { t, exact } = useText();
  if (!draft.text) return null;
  return (
    <>
      {draft.savedAt ? <span className="muted">{t('draft.saved', { at: exact(draft.savedAt) })}</span>
        : draft.heldAt && <span className="muted">{t('draft.held', { at: exact(draft.heldAt) })}</span>}
      {draft.shelf && <span role="status" className="draft-shelf">{t(draft.shelf === 'none' ? 'draft.no_shelf' : 'draft.not_held')}</span>}
    </>
  );
}
