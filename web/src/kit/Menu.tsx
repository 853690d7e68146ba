// SPDX-License-Identifier: Apache-2.0
//
// Menu.tsx -- a button that opens a short list of things to do. The list (React Aria) is loaded when one reaches for the
// button, so that no first page waits for it.
import { lazy, Suspense, useRef, useState, type ReactNode } from 'react';

export interface Entry {
  id: string;
  label: string;
  act(): void;
  /** for tests, as data-move */
  move?: string;
}

const load = () => import('./MenuList');
const MenuList = lazy(load);

/** `label` names the button where its words are hidden on a small screen. */
export function Menu({ children, entries, className, label }: { children: ReactNode; entries: Entry[]; className?: string; label?: string }) {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <button ref={button} type="button" className={className ?? 'btn normal'} aria-label={label} aria-haspopup="menu" aria-expanded={open}
        onPointerEnter={() => void load()} onFocus={() => void load()} onClick={() => setOpen(!open)}
        onKeyDown={(e) => {
          if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return;
          e.preventDefault();
          setOpen(true);
        }}>
        {children}
      </button>
      {open && <Suspense><MenuList entries={entries} label={label ?? button.current?.innerText.trim() ?? ''} button={button} onClose={close} /></Suspense>}
    </>
  );
}
