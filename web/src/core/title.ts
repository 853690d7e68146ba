// SPDX-License-Identifier: Apache-2.0
//
// title.ts -- the window's title says the page first, the product last.
import { useEffect } from 'react';

export function useTitle(page: string | undefined): void {
  useEffect(() => {
    document.title = page ? `${page} – OpenITR` : 'OpenITR';
  }, [page]);
}
