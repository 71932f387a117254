// SPDX-License-Identifier: Apache-2.0
// The fix of a leak as a change of one line: that which makes the channel, or that which goroutines
// wait at.

export interface DiffLine {
  sign: "-" | "+";
  text: string;
}

// ch <- value
const SEND = /^(\s*)([^\s=:].*?)\s*<-\s*(\S.*?);?\s*$/;
// <-ch, v = <-ch, v, ok = <-ch
const RECEIVE = /^(\s*)(?:([^:=]+?)\s*=\s*)?<-\s*([^\s{]+?);?\s*$/;

/** A select that also ends with a context: for a plain send or receive, else nothing. */
export function fixAsDiff(line: string, state: string, fix: string): DiffLine[] {
  if (!fix.includes("ctx.Done()")) return [];
  const code = line.replace(/\s*\/\/.*$/, "");
  if (/^\s*(case|for|func|go|defer|if|switch|return)\b/.test(code)) return [];
  if (/[{}]/.test(code.replace(/\w\{[^{}]*\}/g, ""))) return [];  // But those of a literal.
  let operation = "";
  let indent = "";
  const receive = RECEIVE.exec(code);
  const send = SEND.exec(code);
  if (state.startsWith("chan receive") && receive) {
    indent = receive[1];
    operation = `${receive[2] ? `${receive[2]} = ` : ""}<-${receive[3]}`;
  } else if (state.startsWith("chan send") && send && !receive) {
    indent = send[1];
    operation = `${send[2]} <- ${send[3]}`;
  } else {
    return [];
  }
  const added = ["select {", `case ${operation}:`, "case <-ctx.Done():", "\treturn", "}"];
  return [{ sign: "-", text: line }, ...added.map((text): DiffLine => {
    return { sign: "+", text: indent + text };
  })];
}

// In a fix: "ch := make(chan int, 1) (main.go:39)", or "len(shops)" for "1".
const ROOM = /make\((chan [^()]*), ([\w.]+|len\([\w.]+\))\) \(([^():]+):(\d+)\)/;

/** The line that makes the channel with room in it, where the fix names it and it is at hand. */
export function roomAsDiff(
  fix: string,
  source: { first: number; lines: string[] },
): { place: string; diff: DiffLine[] } | null {
  const room = ROOM.exec(fix);
  if (!room) return null;
  const line = source.lines[Number(room[4]) - source.first];
  const made = `make(${room[1]})`;
  if (!line?.includes(made)) return null;
  const changed = line.replace(made, `make(${room[1]}, ${room[2]})`);
  return {
    place: `${room[3]}:${room[4]}`,
    diff: [{ sign: "-", text: line }, { sign: "+", text: changed }],
  };
}
