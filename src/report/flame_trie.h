// SPDX-License-Identifier: Apache-2.0
// The boxes of a flame graph of a profile whose stacks were sorted before (graph/stack_trie.h).

#pragma once

#include <cstddef>
#include <optional>

#include "graph/nodes.h"
#include "graph/stack_trie.h"
#include "model/profile.h"
#include "report/flame_tree.h"

namespace plumb {

/// Some of the samples of a profile.
struct SortedSamples {
  const StackTrie& trie;
  const Profile& all;      ///< Of which the trie is.
  const Profile& shown;    ///< A copy with fewer samples, or other tables.
  std::size_t column = 0;  ///< Of their values.
  const NodeTable& table;  ///< What the locations of `shown` stand for.
};

/// What build_flame_tree() makes of `samples.shown`, whose frames are nodes. Nothing if its stacks
/// are not those of `all` any more, or if the sum of its values overflows.
///
/// Complexity: linear in the samples of `all`, and in the nodes of the trie that boxes are made of.
std::optional<FlameTree> build_sorted_flame_tree(const SortedSamples& samples,
                                                 const FlameOptions& options);

}  // namespace plumb
