// SPDX-License-Identifier: Apache-2.0
//
// MoveMenu.tsx -- a small menu whose entries are asked for when it is opened.
import { useState } from 'react';
import { Button, Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { useText } from '../core/i18n';
import { Icon } from '../kit/Icon';
import type { Entry } from '../kit/Menu';

export function MoveMenu({ label, load }: { label: string; load(): Promise<Entry[]> }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const [entries, setEntries] = useState<Entry[] | null>(null);
  const [failed, setFailed] = useState(false);
  const toggle = (on: boolean) => {
    setOpen(on);
    if (!on) return;
    setEntries(null);
    setFailed(false);
    load().then(setEntries, () => setFailed(true));
  };
  const word = failed ? t('state.failed') : entries ? t('board.nowhere') : t('state.loading');
  return (
    <MenuTrigger isOpen={open} onOpenChange={toggle}>
      <Button className="icon-btn move-to" aria-label={label}><Icon name="more" /></Button>
      <Popover className="pop">
        <AriaMenu key={entries ? 'there' : 'waiting'} className="options" autoFocus="first" disabledKeys={['none']} items={entries?.length ? entries : [{ id: 'none', label: word, act: () => {} }]}
          onAction={(key) => entries?.find((e) => e.id === key)?.act()}>
          {(e) => <MenuItem id={e.id} className="option" data-move={e.id}>{e.label}</MenuItem>}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
