// SPDX-License-Identifier: Apache-2.0
// Several profiles side by side: opened by a file or by dropping it on the page, switched between,
// and compared.

import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { besideOf } from "./beside";
import { go, info, isFile, view } from "./state";

interface Profile {
  profile: string;
  sources: string[];
  view: string;
}

/** What went wrong with a file that was brought. */
const problem = signal("");
const isOpening = signal(false);
const isOver = signal(false);

function nameOf(row: Profile): string {
  const [first, ...more] = row.sources;
  return more.length > 0 ? `${first} and ${more.length} more` : (first ?? "profile");
}

/** The home page of a profile. */
function homeOf(row: { profile: string; view: string }): string {
  return `/ui/${row.view}${row.profile ? `?profile=${row.profile}` : ""}`;
}

/** Asks for a change and goes to the profile that it made. */
async function change(method: string, path: string, body?: Blob): Promise<void> {
  isOpening.value = true;
  problem.value = "";
  try {
    const response = await fetch(`/ui/${path}`, {
      method,
      body,
      headers: { "X-Plumb-Token": info.token },
    });
    if (!response.ok) {
      problem.value = response.status === 413
        ? "This file is larger than 64 MB; open it with: plumb serve FILE"
        : (await response.text()).trim();
    } else if (method === "POST") {
      location.assign(homeOf(await response.json()));
    }
  } catch {
    problem.value = "plumb does not answer any more, or the file could not be read";
  } finally {
    isOpening.value = false;
  }
}

function open(file: File): void {
  void change("POST", `open?${new URLSearchParams({ name: file.name })}`, file);
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

if (info.can_open && !isFile) {
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    isOver.value = true;
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) isOver.value = false;
  });
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    isOver.value = false;
    const file = event.dataTransfer!.files[0];
    if (file) open(file);
  });
}

/** What becomes of a file that was dropped. */
export function DropNotice() {
  return (
    <>
      {isOver.value && <div class="drop">Drop the profile to open it</div>}
      {isOpening.value && <div class="notices" role="status">Opening</div>}
      {problem.value && (
        <div class="problem" role="alert">
          <p>{problem.value}</p>
          <button type="button" onClick={() => (problem.value = "")}>Close</button>
        </div>
      )}
    </>
  );
}

export function ProfilesPanel({ leave }: { leave: () => void }) {
  const [rows, setRows] = useState<Profile[]>([]);
  const reload = async () => {
    const response = await fetch("/ui/api/profiles");
    if (response.ok) setRows(await response.json());
  };
  useEffect(() => void reload(), []);
  const current = info.profile ?? "";
  const close = async (row: Profile) => {
    await change("DELETE", `close?profile=${row.profile}`);
    if (row.profile === current) location.assign("/ui/");
    else await reload();
  };
  const compare = (base: Profile) => {
    const query = new URLSearchParams({ profile: current, base: base.profile });
    void change("POST", `compare?${query}`);
  };
  return (
    <div class="configs">
      <ul>
        {rows.map((row) => (
          <li key={row.profile}>
            <a href={homeOf(row)} aria-current={row.profile === current ? "true" : undefined}>
              <span class="check" aria-hidden="true">
                {row.profile === current ? "\u2713" : ""}
              </span>
              {nameOf(row)}
            </a>
            <span class="row-buttons">
              {row.profile !== current && (
                <button type="button" title={`This profile and ${nameOf(row)} next to each other`}
                  onClick={() => {
                    leave();
                    go(view.value === "top" ? "top" : "flamegraph",
                      { beside: besideOf(row.profile) });
                  }}>
                  Beside
                </button>
              )}
              {row.profile !== current && (
                <button type="button" title={`What this page shows, less ${nameOf(row)}`}
                  onClick={() => compare(row)}>
                  Subtract it
                </button>
              )}
              {row.profile !== "" && (
                <button type="button" aria-label={`Close ${nameOf(row)}`}
                  onClick={() => void close(row)}>
                  {"\u00d7"}
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
      {info.can_open ? (
        <label class="open-file">
          <span>Open a file, or drop it anywhere on the page</span>
          <input type="file" onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) open(file);
          }} />
        </label>
      ) : (
        <p class="note">Files are opened here only where nobody else can ask the server.</p>
      )}
    </div>
  );
}
