// SPDX-License-Identifier: Apache-2.0
// The documents that a shared file holds (src/web/share.h): a line for each, its key and its
// compressed bytes in Base64.

import { info, isFile } from "./state";

function readDocuments(): Map<string, string> {
  const documents = new Map<string, string>();
  if (!isFile) return documents;
  for (const line of document.getElementById("plumb-documents")!.textContent!.split("\n")) {
    const blank = line.indexOf(" ");
    if (blank > 0) documents.set(line.slice(0, blank), line.slice(blank + 1));
  }
  // What stands there for readers without script.
  document.body.replaceChildren();
  return documents;
}

const documents = readDocuments();

function keyOf(view: string, query: string): string {
  const type = new URLSearchParams(query).get("si");
  return !type || type === info.sample_type ? view : `${view}?si=${encodeURIComponent(type)}`;
}

/** The bytes that a server would answer; null if the file does not hold them. */
export async function documentOf(view: string, query: string): Promise<ArrayBuffer | null> {
  const text = documents.get(keyOf(view, query)) ?? documents.get(view);
  if (text === undefined) return null;
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(plain).arrayBuffer();
}
