// SPDX-License-Identifier: Apache-2.0
//
// Side.tsx -- what belongs to a case beside the conversation: files, cases below it, links, tasks.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { fileAddress, get, Problem, seg } from '../core/api';
import { useUser } from '../core/auth';
import { useDraft } from '../core/draft';
import { bytesText } from '../core/format';
import { inside, useText } from '../core/i18n';
import { ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { FormDialog } from '../kit/Dialog';
import { Icon } from '../kit/Icon';
import { Words } from '../kit/Said';
import { Cell, empty, StateTag } from './Cell';
import { useChange, useChildren, type Page } from './data';
import { labelIn, powersOf, useEntity, useIndex, writableBy, type Entity, type Row } from './entity';
import { Fields } from './Form';
import { nameOf } from './List';

export function Files({ entity, row }: { entity: Entity; row: Row }) {
  const { t, lang } = useText();
  const files = useChildren(entity.name, row.id, 'attachment', true);
  if (!files.data?.length) return null;
  return (
    <section className="card">
      <h2>{t('files.title')}</h2>
      <ul className="files">
        {files.data.map((f) => (
          <li key={f.id}>
            <Icon name="clip" />
            <a href={fileAddress(`/${seg(entity.name)}/${row.id}/attachment/${f.id}/content`)} download><Words>{String(f.name ?? f.id)}</Words></a>
            {typeof f.size === 'number' && <span className="muted"> {bytesText(f.size, lang)}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The cases that this one has given rise to: work orders, escalations, call-backs. One question for all kinds, under the
 *  key of lists of cases, so that a change of any such case is seen here at once. */
export function Below({ row }: { row: Row }) {
  const { t, pick } = useText();
  const index = useIndex().data;
  const found = useQuery({
    queryKey: ['list', 'case', 'below', row.id],
    queryFn: ({ signal }) => get<Page>('/case', { filter: `parent==${row.id}`, limit: 200, sort: 'id', fields: 'title' }, signal),
  });
  const rows = (found.data?.items ?? []).flatMap((r) => {
    const kind = index?.entities.find((e) => e.name === r.entity);
    return kind ? [{ kind, r }] : [];
  });
  if (!rows.length) return null;
  return (
    <section className="card">
      <h2>{t('record.below')}</h2>
      <ul className="related">
        {rows.map(({ kind, r }) => (
          <li key={r.id}>
            <Link href={`/e/${kind.name}/${r.id}`} data-below={kind.name}>{pick(kind.label)} {String(r.number ?? '')}</Link>
            <StateOf name={kind.name} row={r} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function StateOf({ name, row }: { name: string; row: Row }) {
  const entity = useEntity(name).data;
  return entity && row.state != null ? <StateTag entity={entity} row={row} /> : null;
}

/** A child's rows, each by the fields of its list; a link to another case goes there. */
export function Related({ entity, row, child, title, add }: { entity: Entity; row: Row; child: string; title: string; add: boolean }) {
  const text = useText();
  const { t, pick } = text;
  const model = useEntity(child).data;
  const rows = useChildren(entity.name, row.id, child, true);
  const [adding, setAdding] = useState(false);
  if (!model || (!rows.data?.length && !add)) return null;
  return (
    <section className="card">
      <div className="section-head">
        <h2>{title}</h2>
        {add && <Button small look="quiet" aria-label={`${t('act.add')} ${pick(model.label)}`} onClick={() => setAdding(true)}><Icon name="plus" />{t('act.add')}</Button>}
      </div>
      {rows.data?.length ? (
        <ul className="related">
          {rows.data.map((r) => (
            <li key={r.id}>
              {model.list.filter((c) => !empty(r[c])).map((c) => {
                const f = model.field.get(c);
                const other = f?.type === 'link' && f.to === 'case';
                return (
                  <span key={c} title={nameOf(model, c, text)}>
                    {other ? <Link href={`/c/${r[c]}`}>{labelIn(r, c, r[c]) ?? `#${r[c]}`}</Link> : <Cell entity={model} row={r} name={c} short />}
                  </span>
                );
              })}
            </li>
          ))}
        </ul>
      ) : <p className="muted">{t('list.none')}</p>}
      {adding && <AddDialog entity={entity} row={row} model={model} onClose={() => setAdding(false)} />}
    </section>
  );
}

function AddDialog({ entity, row, model, onClose }: { entity: Entity; row: Row; model: Entity; onClose(): void }) {
  const { t, pick } = useText();
  const me = useUser();
  const powers = powersOf(me.roles, useIndex().data);
  const change = useChange(entity.name);
  const fields = model.fields.filter((f) => writableBy(f, powers));
  const draft = useDraft({});
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    draft.clear();
    try {
      await change.addChild(row.id, model.name, draft.changed());
      onClose();
    } catch (e) {
      draft.fail(e instanceof Problem ? e : new Problem(0, { title: String(e) }), fields.map((f) => f.name));
      setBusy(false);
    }
  };
  return (
    <FormDialog title={t('list.new', { what: inside(pick(model.label)) })} act={t('act.add')} busy={busy} onClose={onClose} onSubmit={save}
      notice={draft.problem && <ProblemBanner problem={draft.problem} />}>
      <Fields fields={fields} draft={draft} />
    </FormDialog>
  );
}
