// SPDX-License-Identifier: Apache-2.0
// A trimmed graph as text, for tests.

#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "graph/trimmed_graph.h"
#include "model/aggregate.h"

namespace plumb::test {

/// "name flat cum" of each node shown, in order, then "caller -> callee weight" of each edge,
/// sorted.
inline std::string describe_graph(const TrimmedGraph& graph) {
  std::string text;
  for (std::size_t i = 0; i < graph.shown_count; ++i) {
    const TrimmedNode& node = graph.nodes[i];
    text += graph.name(node) + ' ' + std::to_string(node.sums.flat) + ' ' +
            std::to_string(node.sums.cum) + '\n';
  }
  std::vector<std::string> edges;
  for (const Edge& edge : graph.edges) {
    edges.push_back(graph.name(graph.nodes[edge.caller]) + " -> " +
                    graph.name(graph.nodes[edge.callee]) + ' ' + std::to_string(edge.weight) +
                    (edge.is_residual ? " residual" : "") + (edge.is_inlined ? " inline" : "") +
                    '\n');
  }
  std::ranges::sort(edges);
  for (const std::string& edge : edges) text += edge;
  return text;
}

/// The trimmed graph of a profile at function granularity.
inline TrimmedGraph trimmed_graph(Profile& profile, const GraphOptions& options) {
  aggregate_profile(profile, {});
  const NodeTable table = build_nodes(profile);
  return build_trimmed_graph(profile, table, {}, options);
}

}  // namespace plumb::test
