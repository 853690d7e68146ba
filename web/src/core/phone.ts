// SPDX-License-Identifier: Apache-2.0
//
// phone.ts -- is the window as narrow as a phone's? For what a style sheet alone cannot lay out (ui.md 5.2: below 700).
import { useSyncExternalStore } from 'react';

const narrow = matchMedia('(max-width: 699px)');
const hear = (say: () => void) => {
  narrow.addEventListener('change', say);
  return () => narrow.removeEventListener('change', say);
};
export const usePhone = () => useSyncExternalStore(hear, () => narrow.matches);
