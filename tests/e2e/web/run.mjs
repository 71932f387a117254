// SPDX-License-Identifier: Apache-2.0
// Runs the tests and says which failed and why, in few lines at the end, as logs are cut; and a
// total. Words are names of test files; without any, all are run.

import { readdirSync } from "node:fs";
import path from "node:path";
import { run } from "node:test";
import { fileURLToPath } from "node:url";

// Most of the time somebody waits for somebody: two files at a time are faster than one.
const CONCURRENCY = 2;
const HERE = path.dirname(fileURLToPath(import.meta.url));

const MOST_LINES = 12;

/** The first lines of a text, and how many more there were. */
function shortened(text) {
  // Colours are for terminals.
  const lines = text.replace(/\u001b\[\d+m/g, "").trimEnd().split("\n");
  const more = lines.length - MOST_LINES;
  return more > 0 ? [...lines.slice(0, MOST_LINES), `... ${more} more lines`] : lines;
}

/** Where in the test itself it went wrong. */
function placeIn(stack, file) {
  const name = path.basename(file ?? "");
  const found = (stack ?? "").split("\n").find((line) => name && line.includes(`${name}:`));
  return found ? [`at ${found.slice(found.lastIndexOf(name)).replace(/\)$/, "")}`] : [];
}

function describeFailure({ name, file, line, details }) {
  const { cause } = details.error;
  const error = cause instanceof Error || cause?.message ? cause : details.error;
  const title = `FAILED ${path.basename(file ?? "")}:${line ?? 0}: ${name}`;
  const text = [...shortened(String(error.message ?? error)), ...placeIn(error.stack, file)];
  return [title, ...text.map((one) => `    ${one}`)].join("\n");
}

async function report(events) {
  const failures = [];
  const said = [];
  let passed = 0;
  let skipped = 0;
  for await (const { type, data } of events) {
    const isSuite = data?.details?.type === "suite";
    if (type === "test:stderr") said.push(data.message);
    if (type === "test:fail" && data.details.error?.failureType !== "subtestsFailed") {
      failures.push(describeFailure(data));
    }
    if (type === "test:pass" && data.skip !== undefined) skipped++;
    else if (type === "test:pass" && !isSuite) passed++;
  }
  if (failures.length > 0 && said.length > 0) {
    console.log(`said on the way:\n${shortened(said.join("").trim()).join("\n")}`);
  }
  for (const failure of failures) console.log(failure);
  const seconds = Math.round(performance.now() / 1000);
  console.log(`web UI: ${passed} passed, ${failures.length} failed, ${skipped} skipped ` +
    `in ${seconds} s`);
  return passed > 0 && failures.length === 0;
}

/** The longest ones first, so that none of them runs alone at the end. */
const ORDER = ["views", "live", "leaks", "share", "audit"];

function rank(file) {
  const at = ORDER.indexOf(path.basename(file, ".test.mjs"));
  return at < 0 ? ORDER.length : at;
}

const words = process.argv.slice(2);
const files = (words.length > 0 ? words : readdirSync(HERE))
  .filter((name) => name.endsWith(".test.mjs"))
  .map((name) => path.resolve(HERE, path.basename(name)))
  .sort((a, b) => rank(a) - rank(b));
const isGood = await report(run({ files, concurrency: CONCURRENCY }));
process.exitCode = isGood ? 0 : 1;
