// SPDX-License-Identifier: Apache-2.0
// Texts into the clipboard, and a button that does it and says whether that went well.

import { useState } from "preact/hooks";

/** False where the browser does not let pages write there: it does to nobody but to localhost and
 * https. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyChosen(text);
  }
}

// What browsers let any page do at a click.
function copyChosen(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  return isCopied;
}

const SAID_MS = 1500;

export function CopyButton({ text, title }: { text: string; title: string }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    setSaid(await copyText(text) ? "Copied" : "Not copied: select the text");
    setTimeout(() => setSaid(""), SAID_MS);
  };
  return <button type="button" onClick={() => void copy()}>{said || title}</button>;
}
