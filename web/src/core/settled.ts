// SPDX-License-Identifier: Apache-2.0
//
// settled.ts -- a value that follows another once that has not changed for a while: for questions asked while one types.
import { useEffect, useState } from 'react';

export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
