// SPDX-License-Identifier: Apache-2.0
// Asks the server for the data of a view.

import { signal } from "@preact/signals";
import { documentOf } from "./file";
import { isFile } from "./state";

export interface ViewDocument<Data> {
  title: string;
  sample_type: string;
  unit: string;
  output_unit: string;
  ratio: number;
  total: number;
  total_text: string;
  legend: string[];
  notices: string[];
  command: string;
  data: Data;
}

export interface Answer {
  view: string;
  document: ViewDocument<unknown>;
  /** Of the flame graph. */
  columns?: Uint8Array;
  /** Of the first profile, which changes if servers are watched. */
  version?: number;
}

export interface Failure {
  message: string;
  /** The server did not answer at all. */
  isGone: boolean;
}

/** What is shown, or what went wrong; both stay while something new is on its way. */
export const answer = signal<Answer | null>(null);
export const failure = signal<Failure | null>(null);
export const isLoading = signal(false);

const MAGIC = "PLFG";

function hasMagic(buffer: ArrayBuffer): boolean {
  const length = Math.min(MAGIC.length, buffer.byteLength);
  return String.fromCharCode(...new Uint8Array(buffer, 0, length)) === MAGIC;
}

function split(view: string, buffer: ArrayBuffer): Answer {
  const head = new DataView(buffer);
  if (!hasMagic(buffer)) throw new Error("the answer is no flame graph");
  const length = head.getUint32(MAGIC.length, true);
  const start = MAGIC.length + 4;
  const text = new TextDecoder().decode(new Uint8Array(buffer, start, length));
  return { view, document: JSON.parse(text), columns: new Uint8Array(buffer, start + length) };
}

function parse(view: string, buffer: ArrayBuffer): Answer {
  if (hasMagic(buffer)) return split(view, buffer);
  return { view, document: JSON.parse(new TextDecoder().decode(buffer)) };
}

/** The version that pages stand still at; null while they follow. */
export const heldVersion = signal<number | null>(null);

/** A query as it is asked: of the first profile, the version that is held. */
export function withVersion(query: string): string {
  const asked = new URLSearchParams(query);
  if (heldVersion.peek() === null || asked.get("profile")) return query;
  asked.set("version", String(heldVersion.peek()));
  return asked.toString();
}

function urlOf(view: string, query: string): string {
  const asked = withVersion(query);
  return `/ui/api/${view}${asked ? `?${asked}` : ""}`;
}

async function read(view: string, response: Response): Promise<Answer> {
  const type = response.headers.get("Content-Type") ?? "";
  const version = response.headers.get("Plumb-Version");
  const answer = type.startsWith("application/json") ? { view, document: await response.json() }
    : split(view, await response.arrayBuffer());
  return version === null ? answer : { ...answer, version: Number(version) };
}

/** No version: the next answer is held. */
const NOT_SHOWN = -1;

/** Of what is on the page. */
let shownVersion: number | null = null;

/** `answer` comes on the page. What was on its way when the page was held is what it holds. */
export function noteVersion({ version }: Answer): void {
  if (version === undefined) return;
  shownVersion = version;
  if (heldVersion.value !== null) heldVersion.value = version;
}

/** From now on, pages are about the version that is shown. */
export function holdVersion(): void {
  heldVersion.value = shownVersion ?? NOT_SHOWN;
}

let running: AbortController | null = null;

/** The data of a view, whatever is shown. */
export async function ask(view: string, query: string): Promise<Answer> {
  if (isFile) {
    const bytes = await documentOf(view, query);
    if (bytes) return parse(view, bytes);
    throw new Error("this file does not hold that");
  }
  const response = await fetch(urlOf(view, query));
  if (!response.ok) throw new Error((await response.text()).trim());
  return read(view, response);
}

/** A file holds some views of one sample type alone. */
function noteOtherType({ view, document: doc }: Answer, query: string): void {
  const asked = new URLSearchParams(query).get("si");
  if (!asked || asked === doc.sample_type || view === "leaks") return;
  doc.notices.push(`This file holds this view of ${doc.sample_type}, not of ${asked}; ` +
    "plumb itself shows it.");
}

/** From a shared file, which holds what a server would answer. */
async function loadFromFile(view: string, query: string, own: AbortController): Promise<void> {
  try {
    const bytes = await documentOf(view, query);
    if (own !== running) return;
    if (!bytes) {
      failure.value = { message: "This file does not hold that; plumb itself shows it.",
        isGone: false };
      return;
    }
    const next = parse(view, bytes);
    noteOtherType(next, query);
    answer.value = next;
    failure.value = null;
  } catch (error) {
    if (own !== running) return;
    failure.value = { message: `This file cannot be read: ${String(error)}`, isGone: false };
  } finally {
    if (own === running) isLoading.value = false;
  }
}

/** Gives up what is being loaded quietly; what is shown stays. */
export function stopQuietLoad(): void {
  if (isLoading.value) return;
  running?.abort();
  running = null;
}

/** Loads; an older request that still runs is given up. `quietly`: the page does not show it. */
export async function load(view: string, query: string, quietly = false): Promise<void> {
  running?.abort();
  const own = new AbortController();
  running = own;
  if (!quietly) isLoading.value = true;
  if (isFile) return loadFromFile(view, query, own);
  try {
    const response = await fetch(urlOf(view, query), { signal: own.signal });
    if (!response.ok) {
      const message = (await response.text()).trim();
      if (own === running) failure.value = { message, isGone: false };
      return;
    }
    const next = await read(view, response);
    if (own !== running) return;
    noteVersion(next);
    answer.value = next;
    failure.value = null;
  } catch (error) {
    if (own.signal.aborted) return;
    failure.value = { message: String(error), isGone: true };
  } finally {
    if (own === running) isLoading.value = false;
  }
}
