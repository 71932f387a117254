// SPDX-License-Identifier: Apache-2.0
// StackTrie: the stacks of a profile as a tree, from the root, made once for many reports.
//
// Stacks with the same first frames share the way there, and a way without branches is one node.
// Samples are not part of it: sums over any choice of them are added up by leaf, leaves lie in the
// order of a walk, so that what runs through a node is a difference of two running sums.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/profile.h"

namespace plumb {

struct StackTrie {
  /// What begins with the same `depth` locations, and branches or ends there.
  struct Node {
    std::uint32_t first_leaf = 0;
    std::uint32_t end = 0;       ///< Behind the last node below it: the next sibling, if any.
    std::uint32_t depth = 0;     ///< Locations from the root.
    LocationId location{kNone};  ///< The first one behind its parent's.
  };

  /// The root (of depth 0) first, then in the order of a walk; last one for the end of the others.
  std::vector<Node> nodes;
  std::vector<std::uint32_t> leaf_of;    ///< By sample.
  std::vector<std::uint32_t> sample_of;  ///< By leaf: one that has this stack.

  [[nodiscard]] std::uint32_t end_leaf(const Node& node) const {
    return nodes[node.end].first_leaf;
  }
  /// Some stacks end where the node does: its first leaf.
  [[nodiscard]] bool has_leaf(std::uint32_t node) const {
    return nodes[node + 1].first_leaf != nodes[node].first_leaf;
  }
};

/// More samples have no trie.
inline constexpr std::size_t kMostTrieSamples = std::size_t{1} << 30;

/// Requires: at most kMostTrieSamples samples. Complexity: linear in the frames of all samples; 4
/// bytes for each of them while it is made, and about 30 bytes a sample that stay.
StackTrie build_stack_trie(const Profile& profile);

}  // namespace plumb
