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

/// The edges of the graph. The arguments are those of build_graph().
std::vector<Edge> find_edges(const Profile& profile, const NodeTable& table, const Weights& weights,
                             const std::vector<bool>* kept, const std::vector<bool>* ends);

}  // namespace plumb
