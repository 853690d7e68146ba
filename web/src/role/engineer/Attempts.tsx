// SPDX-License-Identifier: Apache-2.0
//
// Attempts.tsx -- how often the customer was tried since the last word from there, and another attempt listed (rule C6).
// The server counts: what is listed, and what we wrote. An attempt is kept at once, whatever becomes of the wait.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from '../../core/api';
import { useUser } from '../../core/auth';
import { useDraft, type Draft } from '../../core/draft';
import { useText } from '../../core/i18n';
import { ProblemBanner } from '../../kit/Banner';
import { Button } from '../../kit/Button';
import { Words } from '../../kit/Said';
import { useChange } from '../../model/data';
import { powersOf, useEntity, useIndex, writableBy, type Entity, type Row } from '../../model/entity';
import { Fields } from '../../model/Form';
import { useCodes } from './Forms';

interface Attempt {
  at: string;
  source: 'listed' | 'message' | 'asked';
  way: string | null;
  note: string | null;
  who: string | null;
}

export function Attempts({ entity, row, needed, draft }: { entity: Entity; row: Row; needed: number; draft: Draft }) {
  const text = useText();
  const { t, pick } = text;
  const ways = useCodes('contact_way');
  const standing = useQuery({
    queryKey: ['of', entity.name, String(row.id), 'attempts'],
    queryFn: ({ signal }) => get<{ since: string; items: Attempt[] }>(`/${entity.name}/${row.id}/attempts`, undefined, signal),
  }).data;
  const items = standing?.items ?? [];
  const fault = draft.errors.contact_attempt;
  const what = (a: Attempt) => a.source === 'listed' ? pick(ways?.items[a.way ?? '']?.label, a.way ?? '') : t(a.source === 'asked' ? 'case.attempt.asked' : 'case.attempt.message');
  return (
    <section className="attempts" data-field="contact_attempt" data-bad={fault ? '' : undefined} aria-label={t('case.attempts')}>
      <p><strong>{t('case.attempts')}</strong> <span className={items.length < needed ? 'is-missing' : 'is-there'} data-count={items.length}>{t('case.attempts_n', { n: items.length, of: needed })}</span></p>
      <p className="muted">{t('case.attempts_hint', { n: needed, at: standing ? text.dateTime(standing.since) : '…' })}</p>
      {items.length > 0 && (
        <ol>
          {items.map((a, i) => (
            <li key={i}><time dateTime={a.at}>{text.dateTime(a.at)}</time> · {what(a)}{a.who && <> · <Words>{a.who}</Words></>}{a.note && <> · <Words>{a.note}</Words></>}</li>
          ))}
        </ol>
      )}
      {fault && <p className="error" role="alert">{pick(fault.text) || t('form.bad_value')}</p>}
      <Another entity={entity} row={row} onListed={draft.clear} />
    </section>
  );
}

function Another({ entity, row, onListed }: { entity: Entity; row: Row; onListed(): void }) {
  const { t } = useText();
  const me = useUser();
  const powers = powersOf(me.roles, useIndex().data);
  const model = useEntity('contact_attempt').data;
  const change = useChange(entity.name);
  const draft = useDraft({});
  const [busy, setBusy] = useState(false);
  const fields = (model?.fields ?? []).filter((f) => writableBy(f, powers));
  const list = async () => {
    setBusy(true);
    draft.clear();
    try {
      await change.addChild(row.id, 'contact_attempt', draft.changed());
      draft.reset({});
      onListed();
    } catch (e) {
      draft.fail(e, fields.map((f) => f.name));
    }
    setBusy(false);
  };
  return (
    <div className="another">
      {draft.problem && <ProblemBanner problem={draft.problem} />}
      <Fields fields={fields} draft={draft} required={(f) => f.required && !f.filled} />
      <Button small busy={busy} onClick={() => void list()}>{t('case.attempt.add')}</Button>
    </div>
  );
}
