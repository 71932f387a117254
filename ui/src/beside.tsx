// SPDX-License-Identifier: Apache-2.0
// Two profiles next to each other: the one of the page, and the one that "beside" names. Filters,
// search, pivot and order are of both.

import { effect, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { type Answer, ask, noteVersion } from "./api";
import { followed } from "./live";
import { change, dataQuery, FIRST, info, isFile, params, view } from "./state";

/** Views that two profiles are shown in. */
const VIEWS = new Set(["flamegraph", "top"]);

interface Profile {
  profile: string;
  sources: string[];
}

const other = signal<Answer | null>(null);
const problem = signal("");
const profiles = signal<Profile[]>([]);
/** What was asked for last. */
let wanted = "";

/** The value of "beside" for a profile. */
export function besideOf(profile: string): string {
  return profile || FIRST;
}

export function showsBeside(): boolean {
  return !isFile && VIEWS.has(view.value) && (params.value.get("beside") ?? "") !== "";
}

function nameOf(profile: string): string {
  const row = profiles.value.find((one) => one.profile === profile);
  const [name, ...more] = row?.sources ?? [];
  return more.length > 0 ? `${name} and ${more.length} more` : (name ?? "");
}

/** Names that are not known now are shown once they are. */
async function loadNames(): Promise<void> {
  const response = await fetch("/ui/api/profiles").catch(() => null);
  if (response?.ok) profiles.value = await response.json();
}

effect(() => {
  if (!showsBeside()) {
    other.value = null;
    return;
  }
  const named = params.value.get("beside")!;
  const asked = new URLSearchParams(dataQuery.value);
  if (named === FIRST) asked.delete("profile");
  else asked.set("profile", named);
  const shown = view.value;
  const key = `${shown}?${asked}#${named === FIRST ? followed.value : 0}`;
  wanted = key;
  const profile = asked.get("profile") ?? "";
  if (!profiles.peek().some((one) => one.profile === profile)) void loadNames();
  ask(shown, asked.toString()).then(
    (answer) => {
      if (wanted !== key) return;
      problem.value = "";
      noteVersion(answer);
      other.value = answer;
    },
    (error: Error) => {
      if (wanted !== key) return;
      problem.value = error.message;
      other.value = null;
    },
  );
});

export function Beside({ shown, render }: {
  shown: Answer;
  render: (answer: Answer) => ComponentChildren;
}) {
  const named = params.value.get("beside") ?? "";
  const otherName = nameOf(named === FIRST ? "" : named) || "the other profile";
  const name = nameOf(info.profile ?? "") || info.sources[0] || "this profile";
  const answer = other.value?.view === shown.view ? other.value : null;
  const title = (text: string, one: Answer | null) => (
    <h2 class="section">
      {text} {one && <small>{one.document.sample_type} {one.document.total_text}</small>}
    </h2>
  );
  return (
    <>
      <div class="tools">
        <button type="button" onClick={() => change({ beside: null })}>
          Only {name}
        </button>
        <span class="note">Filters, search, order and pivot hold for both.</span>
      </div>
      <div class="beside">
        <section aria-label={name}>
          {title(name, shown)}
          {render(shown)}
        </section>
        <section aria-label={otherName}>
          {title(otherName, answer)}
          {problem.value && <p class="problem" role="alert">{problem.value}</p>}
          {!answer && !problem.value && <p class="empty">Loading</p>}
          {answer && render(answer)}
        </section>
      </div>
    </>
  );
}
