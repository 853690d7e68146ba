// SPDX-License-Identifier: Apache-2.0
//
// Moves.tsx -- the transitions that a record offers now: a bar of buttons, and the dialog that asks what one needs.
//
// What may be done is the server's answer (`_can`), never worked out here.
import { Suspense, useRef, useState } from 'react';
import { serverNow } from '../core/clock';
import { useDraft } from '../core/draft';
import { useText, type Text } from '../core/i18n';
import { keyWords, useActions } from '../core/keys';
import { ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { FormDialog } from '../kit/Dialog';
import { Field as Labelled } from '../kit/Field';
import { Icon } from '../kit/Icon';
import { Menu } from '../kit/Menu';
import { useChange } from './data';
import { useSaver } from './saver';
import type { Entity, Field, Row, Transition } from './entity';
import { empty } from './Cell';
import { Fields, useFirstFault } from './Form';
import { moveFormOf, type MoveProps } from './registry';
import { deedOf, reversible, useUndo, type Deed } from './undo';

export interface Offer {
  move: Transition;
  ok: boolean;
  why: string;
}

/** Buttons in the bar; what is left goes into a menu. */
const IN_BAR = 7;
const LOOKS = { primary: 0, normal: 1, danger: 2 };

/** What may be done with the record, now or not yet, what leads on first. */
export const offersOf = (entity: Entity, row: Row, { pick }: Text): Offer[] =>
  (row._can?.transitions ?? [])
    .flatMap(({ name, ok, why }): Offer[] => {
      const move = entity.transitions.get(name);
      return move ? [{ move, ok, why: pick(why) }] : [];
    })
    .sort((a, b) => LOOKS[a.move.style] - LOOKS[b.move.style]);

export function Moves({ entity, row, onMoved }: { entity: Entity; row: Row; onMoved(): void }) {
  const text = useText();
  const { t, pick } = text;
  const [asking, setAsking] = useState<Offer | null>(null);
  const all = offersOf(entity, row, text);
  const now = all.filter((o) => o.ok);
  const later = all.filter((o) => !o.ok);
  const inMenu = now.length > IN_BAR + 1 ? now.slice(IN_BAR) : [];
  useActions(now.map((o) => ({ id: `${entity.name}.${o.move.name}`, label: pick(o.move.label), key: o.move.key, group: 'case', run: () => setAsking(o) })));
  if (!all.length) return null;
  return (
    <div className="moves" role="group" aria-label={t('record.moves')}>
      {now.filter((o) => !inMenu.includes(o)).map((o) => (
        <Button key={o.move.name} look={o.move.style} data-move={o.move.name} onClick={() => setAsking(o)}>
          {pick(o.move.label)}{o.move.key && <kbd>{keyWords(o.move.key)}</kbd>}
        </Button>
      ))}
      {inMenu.length > 0 && (
        <Menu className="btn normal more-moves" entries={inMenu.map((o) => ({ id: o.move.name, move: o.move.name, label: pick(o.move.label), act: () => setAsking(o) }))}>
          {t('record.more_moves', { n: inMenu.length })}<Icon name="down" />
        </Menu>
      )}
      {later.length > 0 && (
        <details className="later">
          <summary className="btn quiet">{t('record.not_now', { n: later.length })}</summary>
          <ul className="later-list">
            {later.map((o) => (
              <li key={o.move.name}><Button small why={o.why || t('record.not_now_plain')}>{pick(o.move.label)}</Button> <span>{o.why}</span></li>
            ))}
          </ul>
        </details>
      )}
      {asking && (
        <MoveForm entity={entity} row={row} move={asking.move} onClose={() => setAsking(null)} onMoved={() => {
          setAsking(null);
          onMoved();
        }} />
      )}
    </div>
  );
}

/** The dialog of a transition: the dedicated one, else the generic one. */
export function MoveForm(props: MoveProps) {
  const Dedicated = moveFormOf(props.entity.name, props.move.name);
  return Dedicated ? <Suspense fallback={null}><Dedicated {...props} /></Suspense> : <MoveDialog {...props} />;
}

/** What a step makes of the record, where nothing takes it back. */
export function Effect({ entity, row, move }: Pick<MoveProps, 'entity' | 'row' | 'move'>) {
  const { t, pick } = useText();
  const to = move.to && move.to !== row.state ? entity.state.get(move.to) : undefined;
  if (!to) return null;
  return <p className="muted effect-line">{t(to.final ? 'undo.ends' : 'undo.becomes', { state: pick(to.label, to.name) })}</p>;
}

/** A moment that is needed is mostly now. */
export const proposals = (fields: Field[], row: Row): Record<string, unknown> =>
  Object.fromEntries(fields.filter((f) => f.type === 'datetime' && empty(row[f.name])).map((f) => [f.name, serverNow()]));

function MoveDialog({ entity, row, move, given, onClose, onMoved }: MoveProps) {
  const { t, pick } = useText();
  const change = useChange(entity.name);
  const take = (names: string[]) => names.flatMap((n) => entity.field.get(n) ?? []);
  const needs = take(move.needs);
  const may = take(move.may).filter((f) => !needs.includes(f));
  const start = Object.fromEntries([...needs, ...may].map((f) => [f.name, row[f.name] ?? null]));
  // What the form began with: the page behind it goes on changing.
  const [base] = useState(row);
  const draft = useDraft({ ...start, reason: null }, { ...proposals(needs, row), ...given });
  const [busy, setBusy] = useState(false);
  const refused = (e: unknown) => {
    draft.fail(e, [...needs, ...may].map((f) => f.name).concat('reason'));
    setBusy(false);
  };
  const undo = useUndo(entity);
  const kept = useRef<Deed | null>(null);
  const moved = () => {
    if (kept.current) undo(t('undo.stepped', { step: pick(move.label) }), [kept.current]);
    onMoved();
  };
  const saver = useSaver(entity, moved, (values) => Object.entries(values).forEach(([n, v]) => draft.set(n, v)), refused);
  useFirstFault(draft);

  const submit = async () => {
    setBusy(true);
    draft.clear();
    try {
      // What a step needs is said with it, also where it stands as it was: who agreed the last time agrees this time.
      const said = Object.fromEntries(needs.filter((f) => !empty(draft.values[f.name])).map((f) => [f.name, draft.values[f.name]]));
      if (await saver.save(base, { ...said, ...draft.changed() }, async (version, body, before) => {
        await change.move({ ...base, _v: version }, move.name, body);
        if (reversible(entity, move, before)) kept.current = deedOf(before, move.needs, body, move);
      })) moved();
      else setBusy(false);
    } catch (e) {
      refused(e);
    }
  };

  const optional = <Fields fields={may} draft={draft} row={row} required={() => false} />;
  return (
    <FormDialog title={pick(move.label)} act={pick(move.label)} look={move.style === 'danger' ? 'danger' : 'primary'} busy={busy}
      onClose={onClose} onSubmit={submit}
      notice={draft.problem && <ProblemBanner problem={draft.problem} />}>
      {saver.dialog}
      {move.confirm && <p>{pick(move.confirm)}</p>}
      <Effect entity={entity} row={row} move={move} />
      {!needs.length && !may.length && !move.reason && !move.confirm && !move.to && <p className="muted">{t('record.move_plain')}</p>}
      <Fields fields={needs} draft={draft} row={row} required={() => true} />
      {move.reason && (
        <Labelled name="reason" label={t('record.reason')} required wide error={draft.errors.reason}>
          {({ labelId: _l, ...w }) => (
            <textarea className="inp" rows={3} {...w} name="reason" value={String(draft.values.reason ?? '')}
              onChange={(e) => draft.set('reason', e.target.value || null)} />
          )}
        </Labelled>
      )}
      {may.length > 4 ? <details className="may"><summary>{t('form.more', { n: may.length })}</summary>{optional}</details> : optional}
    </FormDialog>
  );
}
