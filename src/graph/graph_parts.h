// SPDX-License-Identifier: Apache-2.0
// Parts of what build_graph() makes, for those who need no more: most of the time goes into edges.

#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"
#include "graph/nodes.h"
#include "graph/weights.h"
#include "model/profile.h"

namespace plumb {

struct NodeSums {
  std::vector<Node> nodes;  ///< Those of the graph.
  /// By node: at least what an edge weighs that leads to it over inlined calls alone.
  std::vector<std::int64_t> inlined;
};

NodeSums sum_nodes(const Profile& profile, const NodeTable& table, const Weights& weights);

/// The graph around some nodes, the `ends`: they have their sums, and there are the edges at them.
/// Other nodes have their flat alone.
Graph build_graph_at(const Profile& profile, const NodeTable& table, const Weights& weights,
                     const std::vector<bool>& ends);

/// The edges of the graph. `kept`: by node, which nodes to keep; null keeps all. `callees`: by
/// node, to which of them edges are wanted; null wants all.
std::vector<Edge> find_edges(const Profile& profile, const NodeTable& table, const Weights& weights,
                             const std::vector<bool>* kept, const std::vector<bool>* callees);

}  // namespace plumb
