// SPDX-License-Identifier: Apache-2.0
// The table of functions. Rows can be chosen for Refine; headers sort.

import { useEffect, useMemo, useRef } from "preact/hooks";
import type { ViewDocument } from "../api";
import { change, found, isFile, params, searchRegexp, selection, urlOf } from "../state";
import { formatPercent, plural } from "../units";
import { ROW_HEIGHT, useVisible } from "./rows";

interface TopRow {
  name: string;
  flat: number;
  flat_text: string;
  cum: number;
  cum_text: string;
  inlined: string;
}

type Order = "flat" | "cum" | "name";

interface TopData {
  note: string;
  dropped: number;
  /** As asked for: by a parameter, or when plumb was started. */
  order: Order;
  rows: TopRow[];
}

const COLUMNS: { order: Order | null; title: string; help: string }[] = [
  { order: "flat", title: "Flat", help: "In the function itself" },
  { order: "flat", title: "Flat%", help: "Share of the total" },
  { order: null, title: "Sum%", help: "Shares of this row and all above it" },
  { order: "cum", title: "Cum", help: "In the function and all it calls" },
  { order: "cum", title: "Cum%", help: "Share of the total" },
  { order: "name", title: "Name", help: "" },
  { order: null, title: "Inlined?", help: "Whether callers contain its code" },
];

/** "flat", "-flat" (the smallest first), and so on. */
function parseOrder(text: string): { order: Order; isDown: boolean } {
  const flips = text.startsWith("-");
  const order = (flips ? text.slice(1) : text) as Order;
  const known = ["flat", "cum", "name"].includes(order) ? order : "flat";
  return { order: known, isDown: (known !== "name") !== flips };
}

function sorted(rows: TopRow[], order: Order, isDown: boolean): TopRow[] {
  const sign = isDown ? -1 : 1;
  const key = (row: TopRow) => row[order];
  return [...rows].sort((a, b) => {
    const x = key(a);
    const y = key(b);
    return x < y ? -sign : x > y ? sign : 0;
  });
}

export function toggleSelected(name: string): void {
  const next = new Set(selection.value);
  if (!next.delete(name)) next.add(name);
  selection.value = next;
}

export function TopView({ document: doc }: { document: ViewDocument<TopData> }) {
  const { rows, note, dropped } = doc.data;
  const orderText = params.value.get("o") ?? doc.data.order;
  const { order, isDown } = parseOrder(orderText);
  const regexp = searchRegexp.value;
  const shown = useMemo(() => {
    const kept = regexp ? rows.filter((row) => regexp.test(row.name)) : rows;
    return sorted(kept, order, isDown);
  }, [rows, regexp, order, isDown]);
  useEffect(() => {
    if (!regexp) {
      found.value = "";
      return;
    }
    const flat = shown.reduce((sum, row) => sum + row.flat, 0);
    const count = `${shown.length} of ${plural(rows.length, "function")}`;
    found.value = `${count}, flat ${formatPercent(flat, doc.total)}`;
    return () => {
      found.value = "";
    };
  }, [shown, regexp]);

  const sums = useMemo(() => {
    const list = new Float64Array(shown.length);
    let sum = 0;
    for (let i = 0; i < shown.length; i++) list[i] = sum += shown[i].flat;
    return list;
  }, [shown]);
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, last } = useVisible(shown.length, body);
  const chosen = COLUMNS.find((column) => column.order === order);
  const sortBy = (column: Order) => {
    const down = column === order ? !isDown : column !== "name";
    const usual = column !== "name";
    change({ o: down === usual ? column : `-${column}` });
  };
  const onKey = (event: KeyboardEvent) => {
    const row = (event.target as HTMLElement).closest("tr");
    if (!row) return;
    const next = event.key === "ArrowDown" ? row.nextElementSibling
      : event.key === "ArrowUp" ? row.previousElementSibling : null;
    if (next instanceof HTMLElement && next.dataset.name) {
      next.focus();
      event.preventDefault();
    } else if (event.key === " " || event.key === "Enter") {
      if (event.target !== row) return;
      toggleSelected(row.dataset.name!);
      event.preventDefault();
    }
  };
  return (
    <>
      <p class="note">
        {note}
        {dropped > 0 && !isFile && (
          <>
            {" "}
            <a href={urlOf("top", { trim: "f" })} data-link>
              Show all
            </a>
          </>
        )}
      </p>
      <table class="top" aria-rowcount={shown.length + 1} onKeyDown={onKey}>
        <thead>
          <tr aria-rowindex={1}>
            {COLUMNS.map((column) => (
              <th
                key={column.title}
                scope="col"
                class={column.title === "Name" ? "left" : ""}
                title={column.help}
                aria-sort={column === chosen ? isDown ? "descending" : "ascending" : undefined}
              >
                {column.order ? (
                  <button type="button" onClick={() => sortBy(column.order!)}>
                    {column.title}
                    <span aria-hidden="true">
                      {column === chosen ? (isDown ? " \u25be" : " \u25b4") : ""}
                    </span>
                  </button>
                ) : column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {first > 0 && <tr class="space" style={{ height: `${first * ROW_HEIGHT}px` }} />}
          {shown.slice(first, last).map((row, i) => (
            <Row key={`${row.name}\n${row.flat}\n${row.cum}`} row={row} index={first + i}
              sum={sums[first + i]} total={doc.total} isFirst={first + i === 0} />
          ))}
          {last < shown.length && (
            <tr class="space" style={{ height: `${(shown.length - last) * ROW_HEIGHT}px` }} />
          )}
        </tbody>
      </table>
      {shown.length === 0 && (
        <p class="empty">
          {rows.length > 0 ? "No function matches the search."
            : dropped > 0 ? "No function is large enough to be shown."
            : "No samples are left. Take out some filters."}
        </p>
      )}
    </>
  );
}

function Row({ row, index, sum, total, isFirst }: {
  row: TopRow;
  index: number;
  sum: number;
  total: number;
  isFirst: boolean;
}) {
  const isSelected = selection.value.has(row.name);
  return (
    <tr
      tabIndex={isFirst || isSelected ? 0 : -1}
      data-name={row.name}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      onClick={() => toggleSelected(row.name)}
    >
      <td>{row.flat_text}</td>
      <td>{formatPercent(row.flat, total)}</td>
      <td>{formatPercent(sum, total)}</td>
      <td>{row.cum_text}</td>
      <td>{formatPercent(row.cum, total)}</td>
      <td class="left name" title={row.name}>{row.name}</td>
      <td class="left">{row.inlined}</td>
    </tr>
  );
}
