// SPDX-License-Identifier: Apache-2.0
//
// Endings.tsx -- the dialogs that end the work on a request: resolved, and closed.  Both ask what is learned from it (new
// risks, knowledge, an opportunity or a requirement).  What was skipped or found needs its words, here, before it is sent.
//
// They ask for what the model says (`needs`, `may`), and at once for the words that the server would ask for (service/closing.c).
import type { ReactNode } from 'react';
import type { Draft } from '../../core/draft';
import { useText, type MessageId } from '../../core/i18n';
import { Banner } from '../../kit/Banner';
import { empty } from '../../model/Cell';
import type { Field } from '../../model/entity';
import { Fields } from '../../model/Form';
import type { MoveProps } from '../../model/registry';
import { useFilling, type Filling } from './Forms';

/** Choices that call for words: the field that holds them, and what it asks then. */
const WORDS: { of: string; choices: Record<string, MessageId>; note: string }[] = [
  { of: 'new_risk_check', note: 'new_risk_note', choices: { risk_accepted: 'case.risk_accepted_note', risk_tracked: 'case.risk_tracked_note' } },
  { of: 'opportunity_asked', note: 'opportunity_note', choices: { skipped: 'case.skip_note', opportunity: 'case.found_note', requirement: 'case.found_note', both: 'case.found_note' } },
];
type Words = (typeof WORDS)[number];
const asks = (w: Words, draft: Draft): MessageId | undefined => w.choices[String(draft.values[w.of] ?? '')];

/** Refuses, in place, what lacks its words. */
function useWords() {
  const { t } = useText();
  return (draft: Draft, refuse: Filling['refuse']) => {
    const silent = WORDS.find((w) => asks(w, draft) && empty(draft.values[w.note]));
    if (silent) refuse(silent.note, { en: t('case.words_needed'), zh: t('case.words_needed') });
    return !silent;
  };
}

/** A choice, and below it the words that it calls for. */
function Choice({ f, of, required }: { f: Filling; of: string; required: boolean }) {
  const { t } = useText();
  const w = WORDS.find((x) => x.of === of)!;
  const ask = asks(w, f.draft);
  const note = f.one(w.note).map((x): Field => ({ ...x, label: ask ? { en: t(ask), zh: t(ask) } : x.label }));
  return (
    <>
      <Fields fields={f.one(of)} draft={f.draft} required={() => required} />
      {(ask || !empty(f.draft.values[w.note])) && <div className="its-words"><Fields fields={note} draft={f.draft} required={() => !!ask} /></div>}
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return <section className="ending" aria-label={title}><h3>{title}</h3>{children}</section>;
}

const CODES = ['root_cause', 'resolution_code'];
const LEARNED = ['knowledge_action', 'opportunity_asked', 'opportunity_note', 'new_risk_check', 'new_risk_note'];

export function ResolveForm(p: MoveProps) {
  const { t } = useText();
  const { row } = p;
  const f = useFilling(p, {}, useWords());
  const told = f.fields.filter((x) => ![...CODES, ...LEARNED].includes(x.name)).sort((a, b) => Number(f.needed(b)) - Number(f.needed(a)));
  const codes = f.fields.filter((x) => CODES.includes(x.name));
  return f.frame(
    <>
      <Section title={t('case.ending.solution')}>
        <Fields fields={codes} draft={f.draft} row={row} required={f.needed} />
        <div className="package-fields"><Fields fields={told} draft={f.draft} row={row} required={f.needed} /></div>
      </Section>
      <Section title={t('case.ending.risk')}><Choice f={f} of="new_risk_check" required /></Section>
      <Section title={t('case.ending.learned')}>
        <p className="muted">{t('case.ending.later')}</p>
        <Fields fields={f.one('knowledge_action')} draft={f.draft} row={row} required={() => false} />
        <Choice f={f} of="opportunity_asked" required={false} />
      </Section>
    </>,
    { hint: t('case.resolve_hint'), wide: true },
  );
}

export function CloseForm(p: MoveProps) {
  const { t } = useText();
  const { row } = p;
  const f = useFilling(p, {}, useWords());
  return f.frame(
    <>
      <Banner tone="warn"><p>{t('case.close_effect')}</p></Banner>
      <Fields fields={f.fields.filter((x) => !LEARNED.includes(x.name))} draft={f.draft} row={row} required={f.needed} />
      <Section title={t('case.ending.learned')}>
        <Fields fields={f.one('knowledge_action')} draft={f.draft} row={row} required={f.needed} />
        <Choice f={f} of="opportunity_asked" required />
      </Section>
    </>,
  );
}
