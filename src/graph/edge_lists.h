// SPDX-License-Identifier: Apache-2.0
// EdgeLists: which edges of a graph lead into each node and which out of it.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "graph/trimmed_graph.h"

namespace plumb {

/// Sorts edges (indices in TrimmedGraph::edges) as reports show them: heaviest first, then by the
/// names of caller and callee, then in the order of nodes.
void sort_edges(const TrimmedGraph& graph, std::vector<std::uint32_t>& edges);

/// Not copied; made where it is needed.
class EdgeLists {
 public:
  /// Lifetime: `graph` outlives this, and its edges are not changed.
  explicit EdgeLists(const TrimmedGraph& graph);

  /// Indices in TrimmedGraph::edges, sorted by sort_edges().
  [[nodiscard]] std::vector<std::uint32_t> into(std::uint32_t node) const;
  [[nodiscard]] std::vector<std::uint32_t> out_of(std::uint32_t node) const;

  /// The same in any order, without a copy.
  [[nodiscard]] std::span<const std::uint32_t> unsorted_into(std::uint32_t node) const {
    return into_.of(node);
  }
  [[nodiscard]] std::span<const std::uint32_t> unsorted_out_of(std::uint32_t node) const {
    return out_of_.of(node);
  }

 private:
  struct Lists {
    std::vector<std::uint32_t> first;  // By node, and one more.
    std::vector<std::uint32_t> edges;

    [[nodiscard]] std::span<const std::uint32_t> of(std::uint32_t node) const {
      return std::span(edges).subspan(first[node], first[node + 1] - first[node]);
    }
  };

  static Lists make_lists(const TrimmedGraph& graph, std::uint32_t Edge::*end);
  [[nodiscard]] std::vector<std::uint32_t> sorted(std::span<const std::uint32_t> edges) const;

  const TrimmedGraph& graph_;
  Lists into_;
  Lists out_of_;
};

}  // namespace plumb
