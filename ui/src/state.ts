// SPDX-License-Identifier: Apache-2.0
// What the page shows is what its URL says: the view is the path, everything else a parameter. So
// back, forward, reload and a link sent to somebody else all work.

import { computed, signal } from "@preact/signals";
import { toRegexp } from "./regexp";

export interface ViewRow {
  name: string;
  title: string;
  help: string;
}

export interface LiveStatus {
  version: number;
  snapshots: number;
  every_ms: number;
  taken_ms: number;
  /** 0: there will be none. */
  next_ms: number;
  problem: string;
}

export interface Info {
  version: string;
  token: string;
  view: string;
  sources: string[];
  notices: string[];
  doc_url: string;
  views: ViewRow[];
  sample_types: string[];
  /** There are no samples, whatever the filters. */
  is_empty?: boolean;
  /** Which of several; the first has no name. */
  profile?: string;
  can_open?: boolean;
  live?: LiveStatus;
  /** The page is a file that was shared: there is no server to ask. */
  is_file?: boolean;
  /** Of a file: what it shows without "si". */
  sample_type?: string;
}

function readInfo(): Info {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="plumb"]');
  return JSON.parse(meta?.content ?? "{}") as Info;
}

export const info = readInfo();
export const isFile = info.is_file === true;

/** Parameters that only the page heeds. */
const PAGE_PARAMETERS = new Set(["p", "q", "o", "inv", "rec", "at", "colour", "moves", "from", "to",
  "who", "of", "offset", "beside"]);

/** What "beside" says of the first profile, which has no name. */
export const FIRST = "first";

/** What means something on the leak pages alone. */
const LEAK_PARAMETERS = ["group", "at", "moves", "from", "to", "who", "of", "offset"];

/** pprof's filters: the parameter, the option, and whether a new value is added to the old one. */
export const FILTERS = [
  { param: "f", name: "focus", title: "Focus", adds: false, help: "Only stacks with a match" },
  { param: "i", name: "ignore", title: "Ignore", adds: true, help: "Only stacks without a match" },
  { param: "h", name: "hide", title: "Hide", adds: true, help: "Take out matching frames" },
  { param: "s", name: "show", title: "Show", adds: false, help: "Take out all other frames" },
  {
    param: "sf",
    name: "show_from",
    title: "Show from",
    adds: false,
    help: "Take out what calls a match",
  },
] as const;

/** Other parameters that narrow what is shown. */
export const MORE_FILTERS = [
  { param: "prunefrom", name: "prune_from" },
  { param: "tf", name: "tagfocus" },
  { param: "ti", name: "tagignore" },
  { param: "ts", name: "tagshow" },
  { param: "th", name: "taghide" },
  { param: "tagroot", name: "tagroot" },
  { param: "tagleaf", name: "tagleaf" },
] as const;

interface Place {
  view: string;
  params: URLSearchParams;
}

function currentPlace(): Place {
  if (isFile) {
    const [name, query] = location.hash.slice(1).split("?");
    return { view: name || info.view, params: new URLSearchParams(query ?? "") };
  }
  const view = location.pathname.split("/").pop() || info.view;
  return { view, params: new URLSearchParams(location.search) };
}

const place = signal<Place>(currentPlace());

export const view = computed(() => place.value.view);
export const params = computed(() => place.value.params);

/** The URL names a profile that is not open any more; what is there belongs to the first one. */
export const isLost = computed(() => {
  return !isFile && (params.value.get("profile") ?? "") !== (info.profile ?? "");
});

/** The parameters that the server is asked with, as text. */
export const dataQuery = computed(() => {
  const asked = new URLSearchParams();
  for (const [name, value] of params.value) {
    if (value !== "" && !PAGE_PARAMETERS.has(name)) asked.append(name, value);
  }
  return asked.toString();
});

/** Functions chosen in a table or a graph; what Refine works on. */
export const selection = signal<ReadonlySet<string>>(new Set());

export type Changes = Record<string, string | null>;

/** The URL of `toView` with some parameters changed; null or "" takes one out. */
export function urlOf(toView: string, changes: Changes = {}): string {
  const next = new URLSearchParams(params.value);
  if (toView !== view.value) for (const name of LEAK_PARAMETERS) next.delete(name);
  if (isLost.value) next.delete("profile");
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  const text = next.toString();
  return `${isFile ? "#" : "/ui/"}${toView}${text ? `?${text}` : ""}`;
}

/** Goes there. `replace`: without an entry in the history, as while typing. */
export function go(toView: string, changes: Changes = {}, replace = false): void {
  const url = urlOf(toView, changes);
  if (url === (isFile ? location.hash : location.pathname + location.search)) return;
  if (replace) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  place.value = currentPlace();
}

export function change(changes: Changes, replace = false): void {
  go(view.value, changes, replace);
}

export function isFiltered(): boolean {
  return [...FILTERS, ...MORE_FILTERS].some(({ param }) => params.value.get(param));
}

/** All filters off. */
export function resetFilters(): void {
  const changes: Changes = { p: null, q: null };
  for (const { param } of [...FILTERS, ...MORE_FILTERS]) changes[param] = null;
  selection.value = new Set();
  change(changes);
}

/** All parameters off but the profile: of a page that the server refuses any may be wrong. */
export function resetAll(): void {
  const names = [...params.value.keys()].filter((name) => name !== "profile");
  selection.value = new Set();
  change(Object.fromEntries(names.map((name) => [name, null])));
}

addEventListener("popstate", () => {
  selection.value = new Set();
  place.value = currentPlace();
});

/** The expression that matches exactly `text`. */
export function quoteRegexp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

const WITH_FILES = ["lines", "addresses", "filefunctions"];

/** The function of a name that the granularity made: filters know no more than that. */
export function functionOf(name: string): string {
  const hasFile = WITH_FILES.includes(params.value.get("g") ?? "");
  const plain = name.replace(/^[0-9a-f]{16} /, "");
  return (hasFile ? plain.replace(/ \S+$/, "") : plain).replace(/:\d+(:\d+)?$/, "");
}

/** "^(a|b)$" of names. */
export function exactly(names: Iterable<string>): string {
  const quoted = [...names].map(quoteRegexp);
  return quoted.length === 1 ? `^${quoted[0]}$` : `^(${quoted.join("|")})$`;
}

/** What is searched for. */
export const search = computed(() => params.value.get("q") ?? "");
export const searchRegexp = computed(() => (search.value ? toRegexp(search.value) : null));

/** What the current view found, for the head of the page. */
export const found = signal("");
