// SPDX-License-Identifier: Apache-2.0
// Source, whose lines unfold into instructions, and disassembly.

import { useMemo, useState } from "preact/hooks";
import type { ViewDocument } from "../api";
import { isFile, params } from "../state";
import { Rows } from "./rows";
import { useLineSearch } from "./text";

interface Values {
  flat_text?: string;
  cum_text?: string;
}

interface Instruction extends Values {
  address: string;
  text: string;
  place?: string;
  gap?: boolean;
  calls?: { text: string; place: string }[];
}

interface SourceLine extends Values {
  line: number;
  text: string;
  instructions?: Instruction[];
}

interface SourceFunction extends Values {
  name: string;
  percent: string;
  lines: SourceLine[];
}

interface SourceData {
  files: { path: string; functions: SourceFunction[] }[];
}

interface DisasmData {
  routines: (Values & {
    name: string;
    binary: string;
    percent: string;
    lines: (Values & { address: string; text: string; place?: string; function?: string })[];
  })[];
}

/** One row of the page. */
interface CodeRow extends Values {
  kind: "head" | "file" | "line" | "asm" | "call" | "gap" | "space";
  left: string;
  text: string;
  place?: string;
  /** Of a line that unfolds. */
  key?: string;
  isOpen?: boolean;
}

const DOT = ".";

function baseName(place: string): string {
  return place.slice(place.lastIndexOf("/") + 1);
}

function headRow(name: string, percent: string, values: Values): CodeRow {
  return { kind: "head", left: percent, text: name, ...pick(values) };
}

function pick(values: Values): Values {
  return { flat_text: values.flat_text, cum_text: values.cum_text };
}

function indentOf(text: string): string {
  return text.slice(0, text.length - text.trimStart().length);
}

function assemblyRows(line: SourceLine): CodeRow[] {
  const rows: CodeRow[] = [];
  const indent = indentOf(line.text);
  let before: { text: string; place: string }[] = [];
  for (const instruction of line.instructions ?? []) {
    if (instruction.gap && rows.length > 0) rows.push({ kind: "gap", left: "", text: "\u22ee" });
    const calls = instruction.calls ?? [];
    let isSame = true;
    calls.forEach((call, depth) => {
      isSame = isSame && before[depth]?.place === call.place;
      if (isSame) return;
      rows.push({ kind: "call", left: "", text: `${indent}${"    ".repeat(depth + 1)}${call.text}`,
        place: baseName(call.place) });
    });
    before = calls;
    if (!instruction.text) continue;
    rows.push({ kind: "asm", left: instruction.address, ...pick(instruction),
      text: `${indent}${"    ".repeat(calls.length + 1)}${instruction.text}`,
      place: instruction.place && baseName(instruction.place) });
  }
  return rows;
}

function sourceRows(data: SourceData, open: ReadonlySet<string>): CodeRow[] {
  const rows: CodeRow[] = [];
  data.files.forEach((file, fileIndex) => {
    file.functions.forEach((fn, fnIndex) => {
      if (rows.length > 0) rows.push({ kind: "space", left: "", text: "" });
      rows.push(headRow(fn.name, fn.percent, fn));
      rows.push({ kind: "file", left: "", text: file.path });
      fn.lines.forEach((line, lineIndex) => {
        const key = line.instructions ? `${fileIndex}.${fnIndex}.${lineIndex}` : undefined;
        const isOpen = key !== undefined && open.has(key);
        rows.push({ kind: "line", left: line.line ? String(line.line) : "", text: line.text, key,
          isOpen, ...pick(line) });
        if (isOpen) rows.push(...assemblyRows(line));
      });
    });
  });
  return rows;
}

function disasmRows(data: DisasmData): CodeRow[] {
  const rows: CodeRow[] = [];
  for (const routine of data.routines) {
    if (rows.length > 0) rows.push({ kind: "space", left: "", text: "" });
    rows.push(headRow(routine.name, routine.percent, routine));
    if (routine.binary) rows.push({ kind: "file", left: "", text: routine.binary });
    let before = "";
    for (const line of routine.lines) {
      const place = [line.function, line.place].filter(Boolean).join(" ");
      rows.push({ kind: "asm", left: line.address, text: line.text, ...pick(line),
        place: place === before ? "" : place });
      before = place;
    }
  }
  return rows;
}

function CodeRows({ rows, label, toggle }: {
  rows: CodeRow[];
  label: string;
  toggle: (key: string) => void;
}) {
  const texts = useMemo(() => rows.map((row) => row.text), [rows]);
  const { marks, at } = useLineSearch(texts);
  return (
    <Rows
      count={rows.length}
      label={label}
      render={(i) => {
        const row = rows[i];
        const mark = marks.has(i) ? (i === at ? " mark current" : " mark") : "";
        const heat = row.flat_text ? " hot" : "";
        if (row.kind === "space") return <div key={i} class="code" />;
        if (row.kind === "head") {
          return (
            <div key={i} class={`code head${mark}`} role="heading" aria-level={2}>
              <span class="number">{row.flat_text ?? DOT}</span>
              <span class="number">{row.cum_text ?? DOT}</span>
              <span class="left-column">{row.left}</span>
              <span>{row.text}</span>
            </div>
          );
        }
        const text = row.key ? (
          <button
            type="button"
            class="unfold"
            aria-expanded={row.isOpen}
            onClick={() => toggle(row.key!)}
          >
            {row.text || " "}
          </button>
        ) : (
          <span class="text">{row.text || " "}</span>
        );
        const isCode = row.kind === "line" || row.kind === "asm";
        return (
          <div key={i} class={`code ${row.kind}${mark}${heat}`}>
            <span class="number">{isCode ? (row.flat_text ?? DOT) : ""}</span>
            <span class="number">{isCode ? (row.cum_text ?? DOT) : ""}</span>
            <span class="left-column">{row.left}</span>
            {text}
            {row.place && <span class="place">{row.place}</span>}
          </div>
        );
      }}
    />
  );
}

export function SourceView({ document: doc }: { document: ViewDocument<SourceData> }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => sourceRows(doc.data, open), [doc, open]);
  const toggle = (key: string) => {
    const next = new Set(open);
    if (!next.delete(key)) next.add(key);
    setOpen(next);
  };
  if (rows.length === 0) return <p class="empty">No function with samples is left.</p>;
  return (
    <>
      <Hint what="source" text="A click on a line unfolds its instructions." />
      <CodeRows rows={rows} label="Source" toggle={toggle} />
    </>
  );
}

export function DisasmView({ document: doc }: { document: ViewDocument<DisasmData> }) {
  const rows = useMemo(() => disasmRows(doc.data), [doc]);
  if (rows.length === 0) return <p class="empty">No function with samples is left.</p>;
  return (
    <>
      <Hint what="disassembly" text="" />
      <CodeRows rows={rows} label="Disassembly" toggle={() => undefined} />
    </>
  );
}

/** Says that not everything is here, and how to ask for more. */
function Hint({ what, text }: { what: string; text: string }) {
  const asked = params.value.get("f");
  return (
    <p class="note">
      {text}
      {!asked && ` The ${what} of what accounts for most`}
      {!asked && (isFile ? "." : "; Focus on a function shows another one.")}
    </p>
  );
}
