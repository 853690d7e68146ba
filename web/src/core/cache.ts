// SPDX-License-Identifier: Apache-2.0
//
// cache.ts -- what was read from the server, kept for all screens of a page.
import { QueryClient } from '@tanstack/react-query';
import { Problem } from './api';

export const newCache = () => new QueryClient({
  defaultOptions: {
    queries: {
      // The live stream tells what is old; a visit after a while reads again all the same.
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      // An answer that says no will say no again.
      retry: (count, e) => count < 2 && !(e instanceof Problem && e.status >= 400 && e.status < 500),
    },
  },
});
