// SPDX-License-Identifier: Apache-2.0
//
// BulkDialog.tsx -- what several cases are to get: a person and why, or a note.
import { useState } from 'react';
import { Problem } from '../../core/api';
import { useDraft, type Values } from '../../core/draft';
import { useText, type Text } from '../../core/i18n';
import { DELAY_MS, post, sendNow, takeBack } from '../../core/outbox';
import { toast } from '../../core/toast';
import { FormDialog } from '../../kit/Dialog';
import { Field as Labelled } from '../../kit/Field';
import { useEntity, type Entity } from '../../model/entity';
import { Fields } from '../../model/Form';
import { deedOf, reversible, useUndo, type Deed } from '../../model/undo';
import { doEach, type BulkDeed, type BulkFault } from './Bulk';
import type { Item } from './rows';

/** A note waits as any other does (core/outbox.ts): until then it can be taken back. */
function sendSoon(words: string, act: () => Promise<BulkFault[]>, onDone: (faults: BulkFault[]) => void, t: Text['t']): void {
  const due = Date.now() + DELAY_MS.internal;
  const id = post({
    of: 'my', kind: 'internal', body: words,
    send: async () => onDone(await act()), onSent: () => close(), onBack: () => close(),
  });
  const close = toast(t('talk.note_soon'), {
    count: () => Math.ceil((due - Date.now()) / 1000),
    acts: [{ label: t('toast.undo'), run: () => takeBack(id) }, { label: t('talk.now'), run: () => void sendNow(id) }],
  });
}

interface Props {
  items: Item[];
  deed: BulkDeed;
  onClose(): void;
  /** it is done, or will be in a moment: null */
  onDone(faults: BulkFault[] | null): void;
}
export default function BulkDialog(props: Props) {
  const model = useEntity('technical_request').data;
  return model ? <Body {...props} model={model} /> : null;
}

/** Requests that had a handler can be given back. */
function deedsOf(items: Item[], faults: BulkFault[], model: Entity, said: Values): Deed[] {
  const move = model.transitions.get('reassign');
  const done = items.filter((i) => i.entity === model.name && !faults.some((f) => f.item === i)).map((i) => i.row!);
  return move ? done.filter((r) => reversible(model, move, r)).map((r) => deedOf(r, move.needs, said, move)) : [];
}

function Body({ items, deed, onClose, onDone, model }: Props & { model: Entity }) {
  const { t, pick } = useText();
  const undo = useUndo(model);
  const draft = useDraft({ team: null, handler: null, reason: null, body: null });
  const [busy, setBusy] = useState(false);
  const fields = ['team', 'handler'].flatMap((n) => model.field.get(n) ?? []);
  const wanted = deed === 'note' ? ['body'] : ['team', 'handler', 'reason'];
  const submit = async () => {
    const missing = wanted.filter((n) => !draft.values[n]);
    if (missing.length) {
      draft.fail(new Problem(422, { errors: missing.map((n) => ({ pointer: `/${n}`, text: { en: t('my.must_give'), zh: t('my.must_give') } })) }), wanted);
      return;
    }
    setBusy(true);
    const body = Object.fromEntries(wanted.map((n) => [n, draft.values[n]]));
    const act = () => doEach(items, deed, body, (p) => [pick(p.detail) || p.message, ...p.errors.map((e) => pick(e.text))].filter(Boolean).join(' '));
    if (deed === 'note') {
      onDone(null);
      return sendSoon(String(body.body), act, onDone, t);
    }
    const faults = await act();
    onDone(faults);
    const deeds = deedsOf(items, faults, model, body);
    if (deeds.length) undo(t('undo.stepped_n', { n: items.length - faults.length }), deeds);
  };
  const long = (name: string, label: string) => (
    <Labelled name={name} label={label} required wide error={draft.errors[name]}>
      {({ labelId: _l, ...w }) => <textarea className="inp" rows={3} {...w} name={name} value={String(draft.values[name] ?? '')} onChange={(e) => draft.set(name, e.target.value || null)} />}
    </Labelled>
  );
  return (
    <FormDialog title={`${t(deed === 'note' ? 'my.note' : 'my.assign')} · ${t('my.selected', { n: items.length })}`} act={t(deed === 'note' ? 'my.note' : 'my.assign')}
      busy={busy} onClose={onClose} onSubmit={() => void submit()}>
      {deed === 'note' ? long('body', t('talk.note_label')) : <><Fields fields={fields} draft={draft} required={() => true} />{long('reason', t('record.reason'))}</>}
    </FormDialog>
  );
}
