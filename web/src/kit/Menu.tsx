// SPDX-License-Identifier: Apache-2.0
//
// Menu.tsx -- a button that opens a short list of things to do.
import { Button, Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { ReactNode } from 'react';

export interface Entry {
  id: string;
  label: string;
  act(): void;
  /** for tests, as data-move */
  move?: string;
}

export function Menu({ children, entries, className }: { children: ReactNode; entries: Entry[]; className?: string }) {
  return (
    <MenuTrigger>
      <Button className={className ?? 'btn normal'}>{children}</Button>
      <Popover className="pop">
        <AriaMenu className="options" items={entries} onAction={(key) => entries.find((e) => e.id === key)?.act()}>
          {(e) => <MenuItem id={e.id} className="option" data-move={e.move}>{e.label}</MenuItem>}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
