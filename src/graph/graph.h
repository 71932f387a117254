// SPDX-License-Identifier: Apache-2.0
// Samples to nodes and edges with flat and cum, as pprof counts them.
//
// flat: the value of samples whose leaf is the node. cum: the value of samples with the node
// anywhere, each sample once. An edge leads from caller to callee, each sample once per pair; where
// nodes between them were left out it is residual; it is inlined if every sample came over a call
// that was inlined.

#pragma once

#include <cstdint>
#include <vector>

#include "base/checked.h"
#include "graph/nodes.h"
#include "graph/weights.h"
#include "model/profile.h"

namespace plumb {

struct Node {
  std::int64_t flat = 0;
  std::int64_t flat_divisor = 0;
  std::int64_t cum = 0;
  std::int64_t cum_divisor = 0;
};

inline std::int64_t flat_of(const Node& sums) {
  return divided(sums.flat, sums.flat_divisor);
}
inline std::int64_t cum_of(const Node& sums) {
  return divided(sums.cum, sums.cum_divisor);
}

/// Sums wrap around as Go's do.
inline void add_sums(Node& to, const Node& more) {
  to.flat = add_wrapping(to.flat, more.flat);
  to.flat_divisor = add_wrapping(to.flat_divisor, more.flat_divisor);
  to.cum = add_wrapping(to.cum, more.cum);
  to.cum_divisor = add_wrapping(to.cum_divisor, more.cum_divisor);
}

struct Edge {
  std::uint32_t caller = 0;
  std::uint32_t callee = 0;
  std::int64_t weight = 0;
  std::int64_t weight_divisor = 0;
  bool is_residual = false;
  bool is_inlined = true;
};

struct Graph {
  std::vector<Node> nodes;  ///< By index in the NodeTable.
  std::vector<Edge> edges;  ///< By caller and callee; without self-edges.
};

enum class WithEdges : bool { No, Yes };

/// Builds the graph of all samples. Sums wrap around as Go's do.
/// Complexity: linear in the frames of all samples, as of the parts below.
Graph build_graph(const Profile& profile, const NodeTable& table, const Weights& weights,
                  WithEdges with_edges);

}  // namespace plumb
