// SPDX-License-Identifier: Apache-2.0
//
// MenuList.tsx -- the open list of a menu (Menu.tsx), loaded when a menu is first opened.
import type { RefObject } from 'react';
import { Menu as AriaMenu, MenuItem, Popover } from 'react-aria-components';
import type { Entry } from './Menu';

interface Props {
  entries: Entry[];
  label: string;
  button: RefObject<HTMLButtonElement | null>;
  onClose(): void;
}

export default function MenuList({ entries, label, button, onClose }: Props) {
  return (
    <Popover className="pop" isOpen triggerRef={button} onOpenChange={(open) => !open && onClose()} placement="bottom start">
      <AriaMenu className="options" items={entries} autoFocus="first" aria-label={label} onClose={onClose} onAction={(key) => {
        onClose();
        entries.find((e) => e.id === key)?.act();
      }}>
        {(e) => <MenuItem id={e.id} className="option" data-move={e.move}>{e.label}</MenuItem>}
      </AriaMenu>
    </Popover>
  );
}
