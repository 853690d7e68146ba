// SPDX-License-Identifier: Apache-2.0
//
// BulkDialog.tsx -- what several cases are to get: a person and why, or a note.
import { useState } from 'react';
import { Problem } from '../../core/api';
import { useDraft } from '../../core/draft';
import { useText } from '../../core/i18n';
import { FormDialog } from '../../kit/Dialog';
import { Field as Labelled } from '../../kit/Field';
import { useEntity } from '../../model/entity';
import { Fields } from '../../model/Form';
import { doEach, type BulkDeed, type BulkFault } from './Bulk';
import type { Item } from './rows';

export default function BulkDialog({ items, deed, onClose, onDone }: { items: Item[]; deed: BulkDeed; onClose(): void; onDone(faults: BulkFault[]): void }) {
  const { t, pick } = useText();
  const model = useEntity('technical_request').data;
  const draft = useDraft({ team: null, handler: null, reason: null, body: null });
  const [busy, setBusy] = useState(false);
  const fields = ['team', 'handler'].flatMap((n) => model?.field.get(n) ?? []);
  const wanted = deed === 'note' ? ['body'] : ['team', 'handler', 'reason'];
  const submit = async () => {
    const missing = wanted.filter((n) => !draft.values[n]);
    if (missing.length) {
      draft.fail(new Problem(422, { errors: missing.map((n) => ({ pointer: `/${n}`, text: { en: t('my.must_give'), zh: t('my.must_give') } })) }), wanted);
      return;
    }
    setBusy(true);
    const body = Object.fromEntries(wanted.map((n) => [n, draft.values[n]]));
    onDone(await doEach(items, deed, body, (p) => [pick(p.detail) || p.message, ...p.errors.map((e) => pick(e.text))].filter(Boolean).join(' ')));
  };
  const long = (name: string, label: string) => (
    <Labelled name={name} label={label} required wide error={draft.errors[name] && pick(draft.errors[name].text)}>
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
