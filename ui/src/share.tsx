// SPDX-License-Identifier: Apache-2.0
// Saves what the pages show as one file (src/web/share.h), without what is nobody else's business.

import { useEffect, useRef } from "preact/hooks";
import { dataQuery } from "./state";

const KEPT_BACK = [
  { name: "paths", title: "Folders and URLs", help: "Of a path its last element remains" },
  { name: "labels", title: "Values of labels", help: "They may name customers or requests" },
  { name: "sources", title: "Lines of source files", help: "" },
] as const;

/** Where the file comes from. */
function shareUrl(values: FormData): string {
  const query = new URLSearchParams(dataQuery.value);
  query.delete("group");
  const words = KEPT_BACK.map((one) => one.name).filter((name) => values.get(name));
  if (words.length > 0) query.set("redact", words.join(","));
  if (values.get("ids")) query.set("ids", "0");
  if (values.get("script")) query.set("script", "f");
  return `/ui/share?${query}`;
}

export function SharePanel({ close }: { close: () => void }) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  const save = (event: Event) => {
    event.preventDefault();
    const link = document.createElement("a");
    link.href = shareUrl(new FormData(form.current!));
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
    </form>
  );
}
