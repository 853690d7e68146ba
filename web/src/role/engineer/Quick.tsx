// SPDX-License-Identifier: Apache-2.0
//
// Quick.tsx -- a transition of a case straight from the list: the first of some that is offered, by its own dialog.
import { lazy, Suspense, useEffect } from 'react';
import { useText } from '../../core/i18n';
import { useRecord } from '../../model/data';
import { useEntity } from '../../model/entity';

const MoveForm = lazy(() => import('../../model/Moves').then((m) => ({ default: m.MoveForm })));

export interface Quick {
  entity: string;
  id: number;
  /** names of transitions, the wanted one first */
  moves: string[];
}

export function QuickMove({ quick, onClose, onDone, onRefused }: { quick: Quick; onClose(): void; onDone(): void; onRefused(why: string): void }) {
  const { t, pick } = useText();
  const entity = useEntity(quick.entity).data;
  const row = useRecord(quick.entity, String(quick.id)).data;
  const can = row?._can?.transitions ?? [];
  const move = can.find((c) => c.ok && quick.moves.includes(c.name));
  const refused = row && entity && !move;
  const why = can.find((c) => quick.moves.includes(c.name));
  useEffect(() => {
    if (refused) onRefused(why ? `${String(row.number ?? '')}: ${pick(why.why)}` : t('my.not_offered', { what: String(row.number ?? row.id) }));
  }, [refused]);
  if (!entity || !row || !move) return null;
  return <Suspense fallback={null}><MoveForm entity={entity} row={row} move={entity.transitions.get(move.name)!} onClose={onClose} onMoved={onDone} /></Suspense>;
}
