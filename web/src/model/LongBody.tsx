// SPDX-License-Identifier: Apache-2.0
//
// LongBody.tsx -- the body of a table with many rows: those near the window are drawn, the others are two empty rows of
// their height.
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import type { Row } from './entity';

interface Props {
  items: Row[];
  width: number;
  line(row: Row, extra: object): ReactNode;
}

export function LongBody({ items, width, line }: Props) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    setTop((body.current?.getBoundingClientRect().top ?? 0) + scrollY);
  }, []);
  const rows = useWindowVirtualizer({
    count: items.length, estimateSize: () => 33, overscan: 25, scrollMargin: top, getItemKey: (i) => items[i].id,
    // Enough for the first drawing, when the window's height is not known yet.
    initialRect: { width: 1000, height: 900 },
  });
  const shown = rows.getVirtualItems();
  const before = shown.length ? shown[0].start - top : 0;
  const after = shown.length ? rows.getTotalSize() - (shown[shown.length - 1].end - top) : 0;
  const gap = (height: number) => height > 0 && <tr className="gap" aria-hidden="true"><td colSpan={width} style={{ height }} /></tr>;
  return (
    <tbody ref={body} data-long={items.length}>
      {gap(before)}
      {shown.map((v) => line(items[v.index], { ref: rows.measureElement, 'data-index': v.index }))}
      {gap(after)}
    </tbody>
  );
}
