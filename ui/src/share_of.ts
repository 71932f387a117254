// SPDX-License-Identifier: Apache-2.0
// What share of the profile a search matches: of all stacks through a matching function. Every view
// says it, and says the same, as it is told from the data of the flame graph.

import { effect, signal } from "@preact/signals";
import { ask } from "./api";
import { decode, type FlameTree, matchedSize, matchNames } from "./flame/tree";
import { dataQuery, searchRegexp, view } from "./state";
import { formatPercent } from "./units";

/** Views that the leak pages and the flame graph, which say their own, do not count among. */
function wantsShare(name: string): boolean {
  return name !== "leaks" && name !== "flamegraph";
}

/** Of stacks through a match; "" where nothing is searched for, or it is not known. */
export const matchedShare = signal("");

let kept: { query: string; tree: Promise<FlameTree> } | null = null;

function treeFor(query: string): Promise<FlameTree> {
  if (kept?.query !== query) kept = { query, tree: ask("flamegraph", query).then(decode) };
  return kept.tree;
}

effect(() => {
  const regexp = searchRegexp.value;
  const query = dataQuery.value;
  matchedShare.value = "";
  if (!regexp || !wantsShare(view.value)) return;
  let isCurrent = true;
  treeFor(query).then((tree) => {
    if (!isCurrent) return;
    const size = matchedSize(tree, matchNames(tree, regexp));
    matchedShare.value = `${formatPercent(size, tree.size[0])} matched`;
  }, () => {
    kept = null;
  });
  return () => {
    isCurrent = false;
  };
});
