// SPDX-License-Identifier: Apache-2.0
//
// ViewDialog.tsx -- names a saved view and says who sees it. Loaded when one is saved.
import { useState } from 'react';
import { call, seg } from '../core/api';
import { useDraft } from '../core/draft';
import { useText } from '../core/i18n';
import { Loading, ProblemBanner } from '../kit/Banner';
import { FormDialog } from '../kit/Dialog';
import { useEntity, type Row } from './entity';
import { Fields, useFirstFault } from './Form';
import type { SavedView } from './SavedViews';

const ASKED = ['name_en', 'name_zh', 'share', 'team', 'role', 'standard'];

interface Props {
  listed: string;
  query: string;
  view?: SavedView;
  onClose(): void;
  onSaved(id: number): void;
}

export default function ViewDialog({ listed, query, view, onClose, onSaved }: Props) {
  const { t, lang } = useText();
  const entity = useEntity('saved_view').data;
  const draft = useDraft({ share: 'personal', standard: false, ...view });
  const [busy, setBusy] = useState(false);
  useFirstFault(draft);
  const save = async () => {
    setBusy(true);
    draft.clear();
    try {
      // Who gives one name gives it for both languages.
      const one = draft.values[`name_${lang}`];
      const names = { name_en: draft.values.name_en ?? one, name_zh: draft.values.name_zh ?? one };
      const row = view
        ? await call<Row>('PATCH', `/saved_view/${seg(view.id)}`, { body: { ...draft.changed(), ...names }, version: view._v })
        : await call<Row>('POST', '/saved_view', { body: { ...draft.changed(), ...names, listed, query: query || null } });
      onSaved(view?.id ?? row.id);
    } catch (e) {
      draft.fail(e, ASKED);
      setBusy(false);
    }
  };
  const named = (n: string) => n === `name_${lang}` || n === 'share' || (n === 'team' && draft.values.share === 'team') || (n === 'role' && draft.values.share === 'role');
  return (
    <FormDialog title={t(view ? 'view.edit' : 'view.save_as')} act={t('view.save')} busy={busy} onClose={onClose} onSubmit={save}
      notice={draft.problem && <ProblemBanner problem={draft.problem} />}>
      {entity ? <Fields fields={ASKED.flatMap((n) => entity.field.get(n) ?? [])} draft={draft} required={(f) => named(f.name)} /> : <Loading />}
    </FormDialog>
  );
}
