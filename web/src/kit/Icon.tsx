// SPDX-License-Identifier: Apache-2.0
//
// Icon.tsx -- the few signs of the app, drawn here; always beside a word or in a button with a name.
const PATHS = {
  down: 'M4 6l4 4 4-4',
  up: 'M4 10l4-4 4 4',
  x: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.5 10.5l3.5 3.5',
  clip: 'M12.5 7.5l-4.8 4.8a2.8 2.8 0 0 1-4-4l5.3-5.3a1.9 1.9 0 0 1 2.7 2.7l-5.3 5.3a.9.9 0 0 1-1.3-1.3L9.5 5.3',
  check: 'M3 8.5l3.2 3.2L13 5',
  user: 'M8 8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.600M2.8 14c.5-3 2.6-4.3 5.2-4.300s4.7 1.3 5.2 4.3',
  send: 'M2.5 8L13.500 3 10 13.500 7.500 9zM7.500 9L13.500 3',
  megaphone: 'M2.500 6.500v3h2l6 3v-9l-6 3zM5 9.800l.8 3.200M12.800 6.500v3',
  lock: 'M4 7h8v6.500H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
  edit: 'M3 13l.8-3L10.5 3.300l2.2 2.200L6 12.200z',
  back: 'M10 3.500L5.5 8l4.5 4.5',
  help: 'M8 1.800a6.200 6.200 0 1 1 0 12.400a6.200 6.200 0 0 1 0-12.400M6 6.300c0-2.600 4-2.500 4 0c0 1.600-2 1.600-2 3M8 11.500h.01',
  calendar: 'M2.5 4h11v9.500h-11zM2.5 7h11M5.500 2.500V5M10.500 2.500V5',
  phone: 'M4 2.500h2.200l1.100 2.800-1.500 1.200a7 7 0 0 0 3.700 3.700l1.200-1.500 2.800 1.100V12a1.500 1.500 0 0 1-1.700 1.500A10.500 10.500 0 0 1 2.500 4.200 1.500 1.500 0 0 1 4 2.500',
  open: 'M8 3.500a4.500 4.500 0 1 1 0 9a4.500 4.500 0 0 1 0-9',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
