// SPDX-License-Identifier: Apache-2.0
// The graph that a report shows: pprof's choice of nodes and edges, in its order.
//
// What weighs little is left out in steps. Leaving out nodes makes new edges between the others
// (residual ones), and which nodes a drawing keeps depends on its edges and labels; so after each
// step the edges are made anew from the samples.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "graph/nodes.h"
#include "graph/sums_memo.h"
#include "graph/tags.h"
#include "graph/trim.h"
#include "model/profile.h"
#include "model/regexp.h"

namespace plumb {

struct GraphOptions {
  TrimOptions trim = {};
  WithEdges with_edges = WithEdges::Yes;
  /// Only edges at nodes with a matching name; null: all. Nothing may be trimmed then.
  const Regexp* edges_of = nullptr;
  bool matches_only = false;  ///< With edges_of: other nodes need no cum.
  bool call_tree = false;     ///< A node for each way from the root.
  /// For drawings: order by how much a node tells, count labels as nodes, leave out edges that
  /// say what a path says.
  bool is_drawn = false;
  SumsMemo* memo = nullptr;  ///< As of ReportInput.
  TagOptions tags = {};      ///< For drawings; the cutoff is set here.
};

struct TrimmedNode {
  std::uint32_t info = 0;         ///< Index in the NodeTable.
  std::uint32_t name = 0;         ///< Index in TrimmedGraph::names.
  std::uint32_t context = kNone;  ///< In a call tree, the same for nodes with the same caller.
  Node sums;
};

struct TrimmedGraph {
  /// Those shown, in order; then nodes of no weight (or, with drop_negative, of negative weight)
  /// that are shown as ends of edges only.
  std::vector<TrimmedNode> nodes;
  std::size_t shown_count = 0;

  std::vector<Edge> edges;         ///< Between indices in `nodes`. In no order of weight.
  std::vector<std::string> names;  ///< Printable names, sorted; no two are equal.
  TagTable tags;                   ///< By index in `nodes`. Of drawings only.

  std::vector<bool> matches;  ///< By info: whether its name matches GraphOptions::edges_of.

  std::uint64_t node_count = 0;     ///< Before the option nodecount was applied.
  std::uint64_t dropped_nodes = 0;  ///< Below nodefraction.
  std::uint64_t dropped_edges = 0;  ///< Below edgefraction, in the last step.

  [[nodiscard]] const std::string& name(const TrimmedNode& node) const { return names[node.name]; }
};

/// Complexity: linear in the frames of all samples, but for sorting. `table` is that of `profile`.
TrimmedGraph build_trimmed_graph(const Profile& profile, const NodeTable& table,
                                 const Weights& weights, const GraphOptions& options);

}  // namespace plumb
