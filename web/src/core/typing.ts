// SPDX-License-Identifier: Apache-2.0
//
// typing.ts -- is the person at this page there, and writing? For presence (model/Presence.tsx).
let typed = 0;
let moved = Date.now();
const TYPES_FOR = 6_000, IDLE_AFTER = 60_000, AWAY_AFTER = 300_000;

addEventListener('input', (e) => {
  if ((e.target as Element | null)?.closest?.('main textarea, [role=dialog] textarea, [role=dialog] input')) typed = Date.now();
}, { passive: true });
for (const kind of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'])
  addEventListener(kind, () => void (moved = Date.now()), { passive: true });

/** gone: nobody has been here for so long that it would be a lie to say so. */
export function myState(): 'typing' | 'viewing' | 'idle' | 'gone' {
  const now = Date.now();
  if (document.hidden || now - moved > AWAY_AFTER) return 'gone';
  if (now - typed < TYPES_FOR) return 'typing';
  return now - moved > IDLE_AFTER ? 'idle' : 'viewing';
}
