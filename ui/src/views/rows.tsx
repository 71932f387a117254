// SPDX-License-Identifier: Apache-2.0
// A list of any length of which only the rows in sight are in the document.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export const ROW_HEIGHT = 20;
const MARGIN_ROWS = 20;

export interface Range {
  first: number;
  last: number;
}

/** Which of `count` rows are in sight of the window; `holder` is the element that holds them. */
export function useVisible(count: number, holder: { current: HTMLElement | null }): Range {
  const [range, setRange] = useState<Range>({ first: 0, last: Math.min(count, 80) });
  useEffect(() => {
    const measure = () => {
      const element = holder.current;
      if (!element) return;
      const top = -element.getBoundingClientRect().top;
      const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - MARGIN_ROWS);
      const last = Math.ceil((top + innerHeight) / ROW_HEIGHT) + MARGIN_ROWS;
      const next = { first: Math.min(first, count), last: Math.max(0, Math.min(last, count)) };
      setRange((old) => (old.first === next.first && old.last === next.last ? old : next));
    };
    measure();
    addEventListener("scroll", measure, { passive: true });
    addEventListener("resize", measure);
    return () => {
      removeEventListener("scroll", measure);
      removeEventListener("resize", measure);
    };
  }, [count]);
  return range;
}

/** Rows of text of one height each; `render` makes the content of one. */
export function Rows({ count, label, render }: {
  count: number;
  label: string;
  render: (index: number) => ComponentChildren;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const { first, last } = useVisible(count, holder);
  const rows: ComponentChildren[] = [];
  for (let i = first; i < last; i++) rows.push(render(i));
  return (
    <div class="rows" role="region" tabIndex={0} aria-label={label}>
      <div ref={holder} style={{ height: `${count * ROW_HEIGHT}px`, position: "relative" }}>
        <div style={{ position: "absolute", top: `${first * ROW_HEIGHT}px`, minWidth: "100%" }}>
          {rows}
        </div>
      </div>
    </div>
  );
}

/** Brings a row into the middle of the window. */
export function scrollToRow(index: number): void {
  const element = document.querySelector(".rows > div");
  if (!element) return;
  const top = element.getBoundingClientRect().top + scrollY + index * ROW_HEIGHT;
  scrollTo({ top: top - innerHeight / 2 });
}
