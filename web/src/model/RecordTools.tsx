// SPDX-License-Identifier: Apache-2.0
//
// RecordTools.tsx -- what goes with any record's heading: its neighbours in the list that it was opened from ([ and ]), its
// history, and printing it; as buttons, or as the lines of a menu with what else the screen has (`more`).
import { Link, useLocation } from 'wouter';
import { useText } from '../core/i18n';
import { useActions } from '../core/keys';
import { walkOf } from '../core/walk';
import { Button } from '../kit/Button';
import { Icon } from '../kit/Icon';
import { Menu, type Entry } from '../kit/Menu';
import type { Entity, Row } from './entity';

/** `more`: history and printing stand in a menu, after these. */
export function RecordTools({ entity, row, more }: { entity: Entity; row: Row; more?: Entry[] }) {
  const { t } = useText();
  const [, go] = useLocation();
  const walk = walkOf(entity.name, row.id);
  const history = `/e/${entity.name}/${row.id}/history`;
  const to = (path: string | undefined) => (path === undefined ? false : go(path));
  useActions([
    { id: 'walk.before', label: t('walk.before'), key: '[', group: 'list', when: walk?.before !== undefined, run: () => void to(walk?.before) },
    { id: 'walk.after', label: t('walk.after'), key: ']', group: 'list', when: walk?.after !== undefined, run: () => void to(walk?.after) },
    { id: 'record.history', label: t('history.open'), group: 'case', run: () => go(history) },
    { id: 'record.print', label: t('act.print'), group: 'case', run: () => print() },
  ]);
  const around = walk && walk.of > 1 && (
    <span className="walk" role="group" aria-label={t('walk.place', { n: walk.place, all: walk.of })}>
      <button type="button" className="icon-btn" disabled={walk.before === undefined} aria-label={t('walk.before')} title={`${t('walk.before')} [`} onClick={() => to(walk.before)}><Icon name="back" /></button>
      <Link className="muted" href={walk.at}>{t('walk.place', { n: walk.place, all: walk.of })}</Link>
      <button type="button" className="icon-btn" disabled={walk.after === undefined} aria-label={t('walk.after')} title={`${t('walk.after')} ]`} onClick={() => to(walk.after)}><span className="flip"><Icon name="back" /></span></button>
    </span>
  );
  if (more)
    return (
      <>
        {around}
        <Menu className="btn small more-tools" entries={[...more, { id: 'history', label: t('history.open'), act: () => go(history) }, { id: 'print', label: t('act.print'), act: () => print() }]}>
          {t('record.more')}<Icon name="down" />
        </Menu>
      </>
    );
  return (
    <>
      {around}
      <Link className="btn quiet small" href={history}>{t('history.open')}</Link>
      <Button small look="quiet" className="wide-only" onClick={() => print()}>{t('act.print')}</Button>
    </>
  );
}
