// SPDX-License-Identifier: Apache-2.0
//
// tick.ts -- one beat a second for all that counts on a page. Nothing is asked of the server: what is shown is computed from
// its due times and its clock.
import { useSyncExternalStore } from 'react';
import { serverTime } from './clock';

const watchers = new Set<() => void>();
let timer = 0;

function watch(tick: () => void): () => void {
  watchers.add(tick);
  timer ||= window.setInterval(() => watchers.forEach((f) => f()), 1000);
  return () => {
    watchers.delete(tick);
    if (watchers.size) return;
    clearInterval(timer);
    timer = 0;
  };
}

/** What `read` says of this second, by the server's clock in milliseconds; draws again only when that changes. */
export const useTick = <T extends string | number>(read: (now: number) => T): T =>
  useSyncExternalStore(watch, () => read(Math.floor(serverTime() / 1000) * 1000));
