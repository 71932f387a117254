// SPDX-License-Identifier: Apache-2.0
// Saves what the pages show as one file (src/web/share.h), without what is nobody else's business.

import { useEffect, useRef, useState } from "preact/hooks";
import { withVersion } from "./api";
import { copyText } from "./copy";
import { dataQuery, info } from "./state";

const KEPT_BACK = [
  { name: "paths", title: "Folders and URLs", help: "Of a path its last element remains" },
  { name: "labels", title: "Values of labels", help: "They may name customers or requests" },
  { name: "sources", title: "Lines of source files", help: "" },
] as const;

/** What is to be left out, and of which profile it is. */
function shareQuery(values: FormData): URLSearchParams {
  const query = new URLSearchParams(withVersion(dataQuery.value));
  query.delete("group");
  const words = KEPT_BACK.map((one) => one.name).filter((name) => values.get(name));
  if (words.length > 0) query.set("redact", words.join(","));
  if (values.get("ids")) query.set("ids", "0");
  if (values.get("script")) query.set("script", "f");
  return query;
}

/** What somebody writes into an issue. */
async function copySummary(values: FormData): Promise<string> {
  const response = await fetch(`/ui/summary?${shareQuery(values)}`);
  if (!response.ok) return (await response.text()).trim();
  return await copyText(await response.text()) ? "The summary is in the clipboard."
    : "The browser does not let pages write to the clipboard.";
}

export function SharePanel({ close }: { close: () => void }) {
  const form = useRef<HTMLFormElement>(null);
  const [said, setSaid] = useState("");
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  const save = (event: Event) => {
    event.preventDefault();
    const link = document.createElement("a");
    link.href = `/ui/share?${shareQuery(new FormData(form.current!))}`;
    link.download = "plumb.html";
    link.click();
    close();
  };
  return (
    <form ref={form} onSubmit={save} class="share">
      <p class="note">
        One file with these pages and their data. It opens in any browser, without plumb, and can
        load or send nothing.
      </p>
      <fieldset>
        <legend>Leave out</legend>
        {KEPT_BACK.map((one) => (
          <label key={one.name} class="switch" title={one.help}>
            <input type="checkbox" name={one.name} />
            <span>{one.title}</span>
          </label>
        ))}
        <label class="switch">
          <input type="checkbox" name="ids" />
          <span>Ids of goroutines</span>
        </label>
      </fieldset>
      <label class="switch" title="Tables and pictures alone">
        <input type="checkbox" name="script" />
        <span>Without script, for mail programs</span>
      </label>
      <button type="submit" class="primary">Save the file</button>
      {info.views.some((one) => one.name === "leaks") && (
        <button type="button" onClick={async () => {
          setSaid(await copySummary(new FormData(form.current!)));
        }}>
          Copy a summary as Markdown
        </button>
      )}
      <p role="status">{said}</p>
    </form>
  );
}
