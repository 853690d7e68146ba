// SPDX-License-Identifier: Apache-2.0
//
// Options.tsx -- how a list looks: which columns in which order, sorted by what, rows close or loose. All of it goes into the address.
import { useState } from 'react';
import { useText } from '../core/i18n';
import { Button } from '../kit/Button';
import { Choice } from '../kit/Choice';
import { FormDialog } from '../kit/Dialog';
import { Field as Labelled } from '../kit/Field';
import { Icon } from '../kit/Icon';
import { RadioRow } from '../kit/RadioRow';
import { allColumns, nameOf, sortable } from './columns';
import type { Entity } from './entity';

interface Props {
  entity: Entity;
  powers: string[];
  columns: string[];
  sort: string;
  loose: boolean;
  put(changes: Record<string, string>): void;
  onClose(): void;
}

export function Options({ entity, powers, columns, sort, loose, put, onClose }: Props) {
  const text = useText();
  const { t } = text;
  const [chosen, setChosen] = useState(columns);
  const [dense, setDense] = useState(loose ? 'loose' : 'close');
  const first = sort.split(',')[0];
  const [by, setBy] = useState(first.replace(/^-/, ''));
  const [down, setDown] = useState(first.startsWith('-') ? 'down' : 'up');
  const rest = allColumns(entity, powers).filter((c) => !chosen.includes(c));
  const swap = (i: number, k: number) => setChosen((all) => all.map((c, n) => (n === i ? all[k] : n === k ? all[i] : c)));
  const save = () => {
    const cols = chosen.join();
    put({
      cols: cols === columns.join() && !new URLSearchParams(location.search).has('cols') ? '' : cols, dense: dense === 'loose' ? 'loose' : '',
      sort: by ? (down === 'down' ? '-' : '') + by : '',
    });
    onClose();
  };
  const sorts = [...new Set([by, ...allColumns(entity, powers).filter((c) => sortable(entity, c))])].filter(Boolean);
  return (
    <FormDialog title={t('list.options')} act={t('filter.apply')} onClose={onClose} onSubmit={save}>
      <Labelled name="columns" label={t('list.columns')} group wide>
        {(w) => (
          <div role="group" aria-labelledby={w.labelId}>
            <ol className="column-list">
              {chosen.map((c, i) => (
                <li key={c} data-column={c}>
                  <span>{nameOf(entity, c, text)}</span>
                  <button type="button" className="icon-btn" disabled={i === 0} aria-label={t('list.column_up', { name: nameOf(entity, c, text) })} onClick={() => swap(i, i - 1)}><Icon name="up" /></button>
                  <button type="button" className="icon-btn" disabled={i === chosen.length - 1} aria-label={t('list.column_down', { name: nameOf(entity, c, text) })} onClick={() => swap(i, i + 1)}><Icon name="down" /></button>
                  <button type="button" className="icon-btn" disabled={chosen.length === 1} aria-label={t('form.remove_one', { name: nameOf(entity, c, text) })} onClick={() => setChosen(chosen.filter((x) => x !== c))}><Icon name="x" /></button>
                </li>
              ))}
            </ol>
            {rest.length > 0 && <Choice label={t('list.column_add')} none={t('list.column_add')} value="" onChange={(c) => c && setChosen([...chosen, c])}
              options={rest.map((c) => ({ value: c, label: nameOf(entity, c, text) }))} />}
          </div>
        )}
      </Labelled>
      <div className="fields">
        <Labelled name="sort" label={t('list.sort')} group>
          {(w) => <Choice wiring={w} value={by} onChange={setBy} options={sorts.map((c) => ({ value: c, label: nameOf(entity, c, text) }))} />}
        </Labelled>
        <Labelled name="order" label={t('list.order')} group>
          {(w) => <RadioRow wiring={w} value={down} onChange={setDown} options={[{ value: 'up', label: t('list.up') }, { value: 'down', label: t('list.down') }]} />}
        </Labelled>
        <Labelled name="dense" label={t('list.density')} group>
          {(w) => <RadioRow wiring={w} value={dense} onChange={setDense} options={[{ value: 'close', label: t('list.close') }, { value: 'loose', label: t('list.loose') }]} />}
        </Labelled>
      </div>
      <p><Button small look="quiet" onClick={() => { put({ cols: '', sort: '', dense: '' }); onClose(); }}>{t('list.reset')}</Button></p>
    </FormDialog>
  );
}
