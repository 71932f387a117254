// SPDX-License-Identifier: Apache-2.0
// Asks the server for the data of a view.

import { signal } from "@preact/signals";

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

function split(view: string, buffer: ArrayBuffer): Answer {
  const head = new DataView(buffer);
  const magic = String.fromCharCode(...new Uint8Array(buffer, 0, MAGIC.length));
  if (magic !== MAGIC) throw new Error("the answer is no flame graph");
  const length = head.getUint32(MAGIC.length, true);
  const start = MAGIC.length + 4;
  const text = new TextDecoder().decode(new Uint8Array(buffer, start, length));
  return { view, document: JSON.parse(text), columns: new Uint8Array(buffer, start + length) };
}

async function read(view: string, response: Response): Promise<Answer> {
  const type = response.headers.get("Content-Type") ?? "";
  if (type.startsWith("application/json")) return { view, document: await response.json() };
  return split(view, await response.arrayBuffer());
}

let running: AbortController | null = null;

/** Loads; an older request that still runs is given up. */
export async function load(view: string, query: string): Promise<void> {
  running?.abort();
  const own = new AbortController();
  running = own;
  isLoading.value = true;
  try {
    const url = `/ui/api/${view}${query ? `?${query}` : ""}`;
    const response = await fetch(url, { signal: own.signal });
    if (!response.ok) {
      const message = (await response.text()).trim();
      if (own === running) failure.value = { message, isGone: false };
      return;
    }
    const next = await read(view, response);
    if (own !== running) return;
    answer.value = next;
    failure.value = null;
  } catch (error) {
    if (own.signal.aborted) return;
    failure.value = { message: String(error), isGone: true };
  } finally {
    if (own === running) isLoading.value = false;
  }
}
