// SPDX-License-Identifier: Apache-2.0
// A button that puts a text into the clipboard, and says whether that went well.

import { useState } from "preact/hooks";
import { copyText } from "./state";

const SAID_MS = 1500;

export function CopyButton({ text, title }: { text: string; title: string }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    setSaid(await copyText(text) ? "Copied" : "Not copied: select the text");
    setTimeout(() => setSaid(""), SAID_MS);
  };
  return <button type="button" onClick={() => void copy()}>{said || title}</button>;
}
