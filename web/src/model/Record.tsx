// SPDX-License-Identifier: Apache-2.0
//
// Record.tsx -- one record: what it is and where it stands, what can be done now, what was said and done, and its facts.
//
// On a wide screen the conversation stands left and the facts right; on a phone they follow each other, and the transitions
// stick to the bottom edge, where the thumb is.
import { useQueryClient } from '@tanstack/react-query';
import { Suspense, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { Problem } from '../core/api';
import { mayCreate, mayRead, useUser } from '../core/auth';
import { useDraft } from '../core/draft';
import { useText } from '../core/i18n';
import { useActions } from '../core/keys';
import { visited } from '../core/recent';
import { useTitle } from '../core/title';
import { Told } from '../inbox/lazy';
import { Banner, Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { FormDialog } from '../kit/Dialog';
import { Icon } from '../kit/Icon';
import { StatePath } from '../kit/StatePath';
import { Severity, Tag } from '../kit/Tag';
import { Words } from '../kit/Said';
import { useAfterStep } from './after';
import { lookAhead, rowByKey } from './ahead';
import { Cell, empty, optionLabel, StateTag } from './Cell';
import { Clocks } from './Clocks';
import { useChange, useRecord } from './data';
import { editable, titleOf, useEntity, type Entity, type Field, type Row } from './entity';
import { byGroup, Fields, groupLabel, ofForm, useFirstFault, useFormModel } from './Form';
import { nameOf } from './List';
import { Keeper } from './FileBox';
import { Moves } from './Moves';
import { Presence } from './Presence';
import { pathOf, screenOf } from './registry';
import { RecordTools } from './RecordTools';
import { Conversation } from './Conversation';
import { useSaver } from './saver';
import { deedOf, useUndo, type Deed } from './undo';
import { Below, Files, Related } from './Side';
import { Tags } from './Tags';

export function RecordPage({ name, id }: { name: string; id: string }) {
  const { t } = useText();
  const entity = useEntity(name);
  const cache = useQueryClient();
  const [row] = useState(() => {
    // All is asked together; a query waits for its component otherwise, and the record's own would be the last.
    if (/^\d+$/.test(id)) void lookAhead(cache, name, Number(id));
    return rowByKey(cache, name, id)?.row;
  });
  const record = useRecord(name, id, true, row);
  const me = useUser();
  const here = record.data?.id;
  const named = record.data && entity.data ? wholeName(entity.data, record.data) : '';
  useEffect(() => {
    if (here && named) visited(me.id, { path: `/e/${name}/${here}`, title: named });
  }, [me.id, name, here, named]);
  const error = (entity.error ?? (record.data ? null : record.error)) as Problem | null;
  if (error?.status === 404)
    return (
      <div className="page nothing">
        <h1>{t('record.missing')}</h1>
        <p>{t('record.missing_text')}</p>
        <p><Link href={`/e/${name}`}>{t('record.to_list')}</Link> · <Link href={`/search?q=${encodeURIComponent(id)}`}>{t('record.search')}</Link></p>
      </div>
    );
  if (error) return <ProblemBanner problem={error} action={<Button small onClick={() => record.refetch()}>{t('act.retry')}</Button>} />;
  if (!entity.data || !record.data) return <Loading shape="record" />;
  const Screen = screenOf(name, 'detail') ?? Record;
  return (
    <Keeper.Provider value={entity.data.kind === 'case' ? { entity: name, id: record.data.id } : null}>
      <Suspense fallback={<Loading />}><Screen key={record.data.id} entity={entity.data} row={record.data} /></Suspense>
    </Keeper.Provider>
  );
}

/** Number and title, where they differ. */
const wholeName = (entity: Entity, row: Row) =>
  [typeof row.number === 'string' ? row.number : '', titleOf(entity, row)].filter((x, i, a) => x && a.indexOf(x) === i).join(' ');

const LONG = ['longtext', 'markdown', 'checklist', 'readings'];
const split = <T,>(list: T[], first: (x: T) => boolean): [T[], T[]] => [list.filter(first), list.filter((x) => !first(x))];

/** What the head shows already. */
const HEAD = ['severity', 'priority', 'activity', 'emergency'];

function Record({ entity, row }: { entity: Entity; row: Row }) {
  const text = useText();
  const { t, pick } = text;
  const me = useUser();
  const [editing, setEditing] = useState(false);
  const state = useRef<HTMLParagraphElement>(null);
  const isCase = entity.kind === 'case';
  const path = entity.states.length || row.customer_state ? pathOf(entity, row, text) : null;
  const title = titleOf(entity, row);
  const number = typeof row.number === 'string' ? row.number : '';

  const shown = entity.fields.filter((f) => !f.hidden && f.name in row && !HEAD.includes(f.name) && f.name !== entity.display);
  const long = shown.filter((f) => ['longtext', 'markdown'].includes(f.type) && f.group === 'summary' && !empty(row[f.name]));
  // What is not so fills no page: boxes not ticked are left out, as empty fields are.
  const facts = shown.filter((f) => !long.includes(f) && !empty(row[f.name]) && row[f.name] !== false);
  // Texts need width; and a record that nobody talks about is its fields.
  const [wide, narrow] = split(byGroup(entity, facts), ([, list]) => !isCase || list.some((f) => LONG.includes(f.type)));
  const card = ([g, list]: [string, Field[]]) => <Facts key={g} title={groupLabel(entity, g, text)} entity={entity} row={row} list={list} />;
  const canEdit = entity.fields.some((f) => editable(f) && row._can?.fields?.[f.name] === 'rw');

  const after = useAfterStep(entity, row);
  useTitle(wholeName(entity, row));
  useActions([
    { id: 'record.edit', label: t('record.edit'), key: 'e', group: 'case', when: canEdit, run: () => setEditing(true) },
    { id: 'record.reply', label: t('talk.reply'), key: 'r', group: 'case', when: isCase, run: () => document.getElementById('composer')?.focus() },
  ]);

  return (
    <article className="page record" data-keys="" tabIndex={-1}>
      <header className="record-head">
        <div className="record-title">
          {typeof row.severity === 'string' && entity.field.has('severity')
            && <Severity value={row.severity} label={optionLabel(entity.field.get('severity')!, row.severity, text)} />}
          {typeof row.priority === 'string' && <Tag>{row.priority}</Tag>}
          <h1>{number && number !== title && <span className="number">{number}</span>} <Words>{title}</Words></h1>
          <span className="spring" />
          <Presence entity={entity.name} id={row.id} />
          <RecordTools entity={entity} row={row} />
          {canEdit && <Button small onClick={() => setEditing(true)}><Icon name="edit" />{t('record.edit')}</Button>}
        </div>
        {entity.clocks && <Clocks entity={entity} row={row} />}
        {(row.state != null || row.customer_state != null) && (
          <p className="record-state" ref={state} tabIndex={-1}>
            <span className="muted">{t('field.state')}</span>{' '}
            <StateTag entity={entity} row={row} />
            {' '}{entity.field.has('activity') && !empty(row.activity) && <Tag>{optionLabel(entity.field.get('activity')!, row.activity, text)}</Tag>}
            {row.emergency === true && <>{' '}<Tag tone="sev-critical">{nameOf(entity, 'emergency', text)}</Tag></>}
          </p>
        )}
        {path && <StatePath steps={path.steps} at={path.at} label={t('record.path')} />}
      </header>
      <Moves entity={entity} row={row} onMoved={() => after(() => state.current?.focus())} />
      <div className="columns">
        <div className="main-column">
          {long.length > 0 && (
            <section className="card" aria-label={groupLabel(entity, 'summary', text)}>
              {long.map((f) => (
                <div key={f.name} className="long"><h2>{pick(f.label)}</h2><Cell entity={entity} row={row} name={f.name} /></div>
              ))}
            </section>
          )}
          {wide.length > 0 && <div className={isCase ? 'main-column' : 'fact-cards'}>{wide.map(card)}</div>}
          {isCase && <Conversation entity={entity} row={row} withMessages />}
        </div>
        <aside className="side" aria-label={t('record.side')}>
          {isCase && <Tags entity={entity} row={row} />}
          {narrow.map(card)}
          {!isCase && <Conversation entity={entity} row={row} withMessages={false} />}
          {isCase && <Files entity={entity} row={row} />}
          {isCase && <Below row={row} />}
          {isCase && mayRead(me, 'case_link') && <Related entity={entity} row={row} child="case_link" title={t('record.links')} add={mayCreate(me, 'case_link')} />}
          {isCase && mayRead(me, 'task') && <Related entity={entity} row={row} child="task" title={t('record.tasks')} add={mayCreate(me, 'task')} />}
          {isCase && <Suspense><Told entity={entity.name} id={Number(row.id)} /></Suspense>}
          <p className="muted small">
            {row.created_at != null && <>{t('field.created_at')}: {text.dateTime(String(row.created_at))}<br /></>}
            {row.updated_at != null && <>{t('field.updated_at')}: {text.dateTime(String(row.updated_at))}</>}
          </p>
        </aside>
      </div>
      {editing && <EditDialog entity={entity} row={row} onClose={() => setEditing(false)} />}
    </article>
  );
}

/** Fields with their values, under a title. */
export function Facts({ title, entity, row, list }: { title: string; entity: Entity; row: Row; list: Field[] }) {
  const text = useText();
  return (
    <section className="card">
      <h2>{title}</h2>
      <dl className="facts">
        {list.map((f) => (
          <div key={f.name} className={LONG.includes(f.type) ? 'tall' : undefined}>
            <dt>{nameOf(entity, f.name, text)}</dt>
            <dd><Cell entity={entity} row={row} name={f.name} /></dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function EditDialog({ entity: current, row, onClose }: { entity: Entity; row: Row; onClose(): void }) {
  const typed = useRef<Record<string, unknown>>({});
  const { entity, changed } = useFormModel(current, typed.current);
  const text = useText();
  const { t } = text;
  const change = useChange(entity.name);
  const fields = entity.fields.filter((f) => editable(f) && row._can?.fields?.[f.name] === 'rw');
  // What the form began with: the page behind it goes on changing.
  const [base] = useState(row);
  const draft = useDraft(Object.fromEntries(fields.map((f) => [f.name, row[f.name] ?? null])));
  typed.current = draft.values;
  const [busy, setBusy] = useState(false);
  const refused = (e: unknown) => {
    draft.fail(e, fields.map((f) => f.name));
    setBusy(false);
  };
  const undo = useUndo(entity);
  const kept = useRef<Deed | null>(null);
  const saved = () => {
    const names = Object.keys(ofForm(draft.changed(), entity)).map((n) => nameOf(entity, n, text)).join(t('list.comma'));
    undo(t('toast.saved', { fields: names }), kept.current ? [kept.current] : []);
    onClose();
  };
  const saver = useSaver(entity, saved, (values) => Object.entries(values).forEach(([n, v]) => draft.set(n, v)), refused);
  useFirstFault(draft);
  const save = async () => {
    const body = ofForm(draft.changed(), entity);
    if (!Object.keys(body).length) return onClose();
    setBusy(true);
    draft.clear();
    try {
      if (await saver.save(base, body, async (version, merged, before) => {
        const names = Object.keys(merged);
        if (names.length) kept.current = deedOf(before, names, await change.update({ ...base, _v: version }, merged));
      })) saved();
      else setBusy(false);
    } catch (e) {
      refused(e);
    }
  };
  return (
    <FormDialog title={t('record.edit')} act={t('act.save')} busy={busy} onClose={onClose} onSubmit={save}
      notice={draft.problem && <ProblemBanner problem={draft.problem} />}>
      {saver.dialog}
      {changed}
      {!fields.length && <Banner><p>{t('record.nothing_to_edit')}</p></Banner>}
      {byGroup(entity, fields).map(([g, list]) => (
        <fieldset key={g}>
          <legend>{groupLabel(entity, g, text)}</legend>
          <Fields fields={list} draft={draft} row={row} />
        </fieldset>
      ))}
    </FormDialog>
  );
}
