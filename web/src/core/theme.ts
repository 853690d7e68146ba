// SPDX-License-Identifier: Apache-2.0
//
// theme.ts -- light or dark as the system says, and touch sizes where the pointer is a finger, or always.
export function followSystem(alwaysTouch = false): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const coarse = matchMedia('(pointer: coarse)');
  const apply = () => {
    document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light';
    document.documentElement.dataset.density = alwaysTouch || coarse.matches ? 'comfortable' : 'compact';
  };
  dark.addEventListener('change', apply);
  coarse.addEventListener('change', apply);
  apply();
}
