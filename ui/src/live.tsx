// SPDX-License-Identifier: Apache-2.0
// Servers that are being watched: the pages follow, until somebody wants them to stand still.

import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { heldVersion, holdVersion, load, stopQuietLoad } from "./api";
import { dataQuery, FIRST, info, type LiveStatus, params, view } from "./state";

const live = signal<LiveStatus | null>(info.live ?? null);
const isPaused = signal(false);
const isGone = signal(false);
let shown = info.live?.version ?? 0;
/** The snapshot that the pages came to last; changes with each that they follow to. */
export const followed = signal(shown);

function follow(): void {
  if (!live.value || isPaused.value || live.value.version === shown) return;
  shown = live.value.version;
  followed.value = shown;
  // Another profile does not change; it may stand beside the one that does.
  if (!info.profile) void load(view.value, dataQuery.value, true);
}

/** What is on its way would change the page; it is asked for again when the page follows. */
function keep(): void {
  stopQuietLoad();
  holdVersion();
  shown = 0;
}

function pauseOrFollow(): void {
  isPaused.value = !isPaused.value;
  if (isPaused.value) return keep();
  heldVersion.value = null;
  follow();
}

async function poll(): Promise<void> {
  try {
    // The server keeps the version that is asked for.
    const held = heldVersion.value;
    const response = await fetch(`/ui/api/live${held === null ? "" : `?version=${held}`}`);
    if (response.ok) live.value = await response.json();
    isGone.value = false;
    follow();
  } catch {
    isGone.value = true;
  }
  const { every_ms: every, next_ms: next } = live.value!;
  if (next === 0 && !isGone.value) return;
  setTimeout(() => void poll(), Math.max(200, Math.min(2000, every / 4)));
}

if (live.value) void poll();

/** Of the watched servers; other profiles do not change. */
function showsWatched(): boolean {
  return !info.profile || params.value.get("beside") === FIRST;
}

function seconds(milliseconds: number): string {
  return `${Math.max(0, Math.round(milliseconds / 1000))} s`;
}

/** What the watch is doing, with a button that keeps the pages as they are. */
export function LiveBar() {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!live.value) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const status = live.value;
  if (!status || !showsWatched()) return null;
  const count = `${status.snapshots} snapshot${status.snapshots === 1 ? "" : "s"}`;
  const next = isGone.value ? "plumb does not answer any more"
    : status.next_ms === 0 ? "the watch is over"
    : status.next_ms > now ? `next in ${seconds(status.next_ms - now)}` : "taking one";
  const state = isGone.value || status.next_ms === 0 ? "over" : isPaused.value ? "paused" : "on";
  return (
    <div class={`live ${state}`}>
      <span class="live-dot" aria-hidden="true" />
      <span>{isPaused.value ? "Paused" : "Live"}: {count}, {next}</span>
      {(status.next_ms !== 0 || isPaused.value) && (
        <button
          type="button"
          aria-pressed={isPaused.value}
          title="Snapshots go on; the page stays as it is"
          onClick={pauseOrFollow}
        >
          {isPaused.value ? "Follow" : "Pause"}
        </button>
      )}
    </div>
  );
}

/** Why the last snapshot failed. */
export function LiveProblem() {
  const problem = live.value?.problem;
  if (!problem || !showsWatched()) return null;
  return <div class="notices live-problem" role="status">No snapshot now: {problem}</div>;
}
