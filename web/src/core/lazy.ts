// SPDX-License-Identifier: Apache-2.0
//
// lazy.ts -- a part of the app that comes when it is first drawn, or earlier (`preload`) when it can be foreseen.
//
// React's own lazy() waits at least one turn even for what is there already, and then keeps its fallback on the screen for
// 300 ms so that it does not flicker.  A part that was preloaded is drawn at once.
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

type Part<P> = { default: ComponentType<P> };
export type LazyPart<P> = LazyExoticComponent<ComponentType<P>> & { preload(): void };

export function lazyPart<P>(load: () => Promise<Part<P>>): LazyPart<P> {
  let coming: Promise<Part<P>> | undefined;
  let there: Part<P> | undefined;
  const fetch = () => {
    coming ??= load().then((part) => (there = part), (e) => {
      // A network that was away may be back when it is asked for again.
      coming = undefined;
      throw e;
    });
    return coming;
  };
  /** Calls back at once with what is there. */
  const atOnce = (part: Part<P>) => ({ then: (done: (p: Part<P>) => void) => done(part) }) as unknown as Promise<Part<P>>;
  return Object.assign(lazy(() => (there ? atOnce(there) : fetch())), { preload: () => void fetch().catch(() => {}) });
}
