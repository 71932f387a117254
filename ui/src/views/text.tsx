// SPDX-License-Identifier: Apache-2.0
// Reports as the command line prints them: peek and traces. A search marks lines; n and N go
// through them.

import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { ViewDocument } from "../api";
import { found, searchRegexp } from "../state";
import { countText } from "../units";
import { Rows, scrollToRow } from "./rows";

/** The lines that match the search, and the one that n and N went to. */
export function useLineSearch(lines: readonly string[]): { marks: Set<number>; at: number } {
  const regexp = searchRegexp.value;
  const [position, setPosition] = useState(-1);
  const matching = useMemo(() => {
    const list: number[] = [];
    if (regexp) lines.forEach((line, i) => regexp.test(line) && list.push(i));
    return list;
  }, [lines, regexp]);
  useEffect(() => {
    setPosition(matching.length > 0 ? 0 : -1);
    if (matching.length > 0) scrollToRow(matching[0]);
    found.value = regexp ? `${matching.length} of ${lines.length} lines` : "";
    return () => {
      found.value = "";
    };
  }, [matching]);
  // With the drawing, not a frame after it: the next key may come sooner.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLInputElement || matching.length === 0) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key.toLowerCase() !== "n") return;
      const step = event.key === "n" ? 1 : -1;
      const next = (position + step + matching.length) % matching.length;
      setPosition(next);
      scrollToRow(matching[next]);
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [matching, position]);
  const marks = useMemo(() => new Set(matching), [matching]);
  return { marks, at: position < 0 ? -1 : matching[position] };
}

export function TextView({ document: doc, label }: {
  document: ViewDocument<{ text: string; is_cut: boolean }>;
  label: string;
}) {
  const { text, is_cut: isCut } = doc.data;
  const lines = useMemo(() => text.replace(/\n$/, "").split("\n"), [text]);
  const { marks, at } = useLineSearch(lines);
  if (text === "") return <p class="empty">No samples are left. Take out some filters.</p>;
  return (
    <>
      {isCut && (
        <p class="warning">
          Only the first {countText(lines.length)} lines are here. All of them:{" "}
          <code>{doc.command}</code>
        </p>
      )}
      <Rows
        count={lines.length}
        label={label}
        render={(i) => (
          <div key={i} class={`line${marks.has(i) ? " mark" : ""}${i === at ? " current" : ""}`}>
            {lines[i] || " "}
          </div>
        )}
      />
    </>
  );
}
