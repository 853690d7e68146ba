// SPDX-License-Identifier: Apache-2.0
//
// Bulk.tsx -- one thing done to several cases, each for itself: assign them, or write a note on each; and how it went, row
// by row.
import { lazy, Suspense, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { call, Problem, seg } from '../../core/api';
import { useText } from '../../core/i18n';
import { Banner } from '../../kit/Banner';
import { Button } from '../../kit/Button';
import type { Item } from './rows';

const BulkDialog = lazy(() => import('./BulkDialog'));
export type BulkDeed = 'assign' | 'note';
export interface BulkFault {
  item: Item;
  why: string;
}

/** Does it to each; those that are refused are told with their reason. */
export async function doEach(items: Item[], deed: BulkDeed, body: Record<string, unknown>, words: (p: Problem) => string): Promise<BulkFault[]> {
  const faults: BulkFault[] = [];
  for (const item of items)
    try {
      const path = `/${seg(item.entity)}/${item.id}/`;
      if (deed === 'note') await call('POST', `${path}message`, { body: { ...body, visibility: 'internal' } });
      else await call('POST', path + (item.entity === 'technical_request' ? 'reassign' : item.entity === 'work_order' ? 'assign' : 'transfer'), { body });
    } catch (e) {
      faults.push({ item, why: e instanceof Problem ? words(e) : String(e) });
    }
  return faults;
}

export function BulkBar({ items, onDone, onSnooze }: { items: Item[]; onDone(): void; onSnooze(): void }) {
  const { t } = useText();
  const cache = useQueryClient();
  const [deed, setDeed] = useState<BulkDeed | null>(null);
  const [result, setResult] = useState<{ done: number; faults: BulkFault[] } | null>(null);
  return (
    <div className="bulk" role="group" aria-label={t('my.selected', { n: items.length })}>
      <strong>{t('my.selected', { n: items.length })}</strong>
      <Button small onClick={() => setDeed('assign')}>{t('my.assign')}</Button>
      <Button small onClick={() => setDeed('note')}>{t('my.note')}</Button>
      <Button small onClick={onSnooze}>{t('my.snooze')}</Button>
      <Button small look="quiet" onClick={onDone}>{t('my.unselect')}</Button>
      {result && (
        <Banner tone={result.faults.length ? 'warn' : 'info'}>
          <p>{t('my.bulk_done', { done: result.done, failed: result.faults.length })}</p>
          {result.faults.length > 0 && <ul>{result.faults.map((f) => <li key={f.item.key}>{String(f.item.row?.number ?? f.item.id)}: {f.why}</li>)}</ul>}
        </Banner>
      )}
      {deed && (
        <Suspense fallback={null}>
          <BulkDialog items={items} deed={deed} onClose={() => setDeed(null)} onDone={(faults) => {
            setDeed(null);
            setResult(faults && { done: items.length - faults.length, faults });
            void cache.invalidateQueries({ queryKey: ['list', 'case'] });
          }} />
        </Suspense>
      )}
    </div>
  );
}
