// SPDX-License-Identifier: Apache-2.0
// What share of the profile a search matches: of all stacks through a matching function. Every view
// says it, and says the same: the server knows it exactly. A shared file tells it from the data of
// the flame graph.

import { effect, signal } from "@preact/signals";
import { ask, withVersion } from "./api";
import { decode, type FlameTree, matchedSize, matchNames } from "./flame/tree";
import { dataQuery, isFile, search, searchRegexp, view } from "./state";
import { formatPercent } from "./units";

/** Of stacks through a match; "" where nothing is searched for, or it is not known. */
export const matchedShare = signal("");

interface Matched {
  matched: number;
  total: number;
}

let kept: { query: string; tree: Promise<FlameTree> } | null = null;

async function matchedByTree(query: string, regexp: RegExp): Promise<Matched> {
  if (kept?.query !== query) kept = { query, tree: ask("flamegraph", query).then(decode) };
  const tree = await kept.tree;
  return { matched: matchedSize(tree, matchNames(tree, regexp)), total: tree.size[0] };
}

async function matchedOnServer(query: string): Promise<Matched> {
  const asked = new URLSearchParams(query);
  asked.set("q", search.value);
  const response = await fetch(`/ui/api/matched?${withVersion(asked.toString())}`);
  if (!response.ok) throw new Error(await response.text());
  return await response.json() as Matched;
}

effect(() => {
  const regexp = searchRegexp.value;
  const query = dataQuery.value;
  matchedShare.value = "";
  // The leak pages count goroutines instead.
  if (!regexp || view.value === "leaks") return;
  let isCurrent = true;
  // There are expressions that a browser understands and Go does not.
  const byTree = () => matchedByTree(query, regexp);
  const answer = isFile ? byTree() : matchedOnServer(query).catch(byTree);
  answer.then(({ matched, total }) => {
    if (isCurrent) matchedShare.value = `${formatPercent(matched, total)} matched`;
  }, () => {
    kept = null;
  });
  return () => {
    isCurrent = false;
  };
});
