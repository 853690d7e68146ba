// SPDX-License-Identifier: Apache-2.0
//
// Line.tsx -- one row of My work: the nearest clock, how bad, what, whose, how far; and as two lines in the narrow list.
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useText } from '../../core/i18n';
import { useTick } from '../../core/tick';
import { ClockFace, clockName } from '../../kit/ClockBadge';
import { Words } from '../../kit/Said';
import { Severity, Tag } from '../../kit/Tag';
import { optionLabel, StateTag, Time } from '../../model/Cell';
import { labelIn, useEntity, useIndex, type Row } from '../../model/entity';
import type { Item } from './rows';

/** The state of a case of whatever kind. */
export function State({ row, entity }: { row: Row; entity: string }) {
  const model = useEntity(entity).data;
  return model && row.state != null ? <StateTag entity={model} row={row} /> : null;
}

export function useSeverity() {
  const text = useText();
  const field = useEntity('technical_request').data?.field.get('severity');
  return (value: unknown): ReactNode =>
    typeof value === 'string' && value ? <Severity value={value} label={field ? optionLabel(field, value, text) : value} /> : null;
}

export function useCodeWords() {
  const text = useText();
  const codes = useEntity('technical_request').data?.field.get('pause_code');
  return (code: string) => (codes ? optionLabel(codes, code, text) : code);
}

export const hrefOf = (i: Item) => `/c/${encodeURIComponent(i.task ? i.task.number : String(i.row!.number ?? i.id))}`;
export const titleOfItem = (i: Item) => (i.task ? i.task.title : String(i.row!.title ?? i.row!.number ?? i.id));

/** A task has no budget: only its due time, and how late it is. */
function TaskDue({ iso }: { iso: string }) {
  const text = useText();
  const { t } = text;
  const at = Date.parse(iso);
  const late = useTick((now) => (now > at ? text.duration((now - at) / 1000) : ''));
  return late ? <span className="clock ck-late"><span>{t('my.task_late', { time: late })}</span></span>
    : <span className="clock ck-inner"><span>{t('my.task_due')} <Time iso={iso} short /></span></span>;
}

/** The clock that counts, or when a task is due; `brief`: ClockName stands beside it. */
export function Nearest({ item, brief }: { item: Item; brief?: boolean }) {
  const codeLabel = useCodeWords();
  const [first] = item.clocks;
  if (first) return <ClockFace clock={first} codeLabel={codeLabel} brief={brief} />;
  if (item.task?.due_at) return <TaskDue iso={item.task.due_at} />;
  return brief ? null : <span className="muted">–</span>;
}
export function ClockName({ item }: { item: Item }) {
  const text = useText();
  return item.clocks[0] ? <span>{clockName(item.clocks[0], text)}</span> : null;
}

/** What it is beside a request: a work order, an escalation, a task. */
export function Kind({ item }: { item: Item }) {
  const { t, pick } = useText();
  const index = useIndex().data;
  if (item.task) return <Tag>{t('my.task')}</Tag>;
  if (item.entity === 'technical_request') return null;
  return <Tag>{pick(index?.entities.find((e) => e.name === item.entity)?.label, item.entity)}</Tag>;
}

export function Number({ item, onOpen }: { item: Item; onOpen?(): void }) {
  const text = item.task ? item.task.number : String(item.row!.number ?? item.id);
  return (
    <Link className="row-link number" href={hrefOf(item)} onClick={(e) => {
      if (!onOpen) return;
      e.preventDefault();
      onOpen();
    }}><span className="number-head">{text.slice(0, -6)}</span>{text.slice(-6)}</Link>
  );
}

/** What hangs on a request and is mine too; `brief`: its number alone. */
export function Below({ item, brief }: { item: Item; brief?: boolean }) {
  const { pick } = useText();
  const index = useIndex().data;
  if (!item.below.length) return null;
  return (
    <span className="below">
      {item.below.map((r) => (
        <Link key={r.id} href={`/c/${String(r.number ?? r.id)}`} title={pick(index?.entities.find((e) => e.name === r.entity)?.label)}>
          {String(r.number ?? r.id)} {!brief && <State row={r} entity={String(r.entity)} />}
        </Link>
      ))}
    </span>
  );
}

export const customerOf = (i: Item): string => (i.row ? labelIn(i.row, 'account', i.row.account) ?? '' : '');
export const handlerOf = (i: Item): string => (i.row ? labelIn(i.row, 'handler', i.row.handler) ?? labelIn(i.row, 'team', i.row.team) ?? '' : '');
export const Title = ({ item }: { item: Item }) => <Words>{titleOfItem(item)}</Words>;
