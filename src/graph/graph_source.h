// SPDX-License-Identifier: Apache-2.0
// GraphSource: where the nodes and edges come from that a report trims: the samples, or a call tree
// made of them.

#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "graph/call_tree.h"
#include "graph/graph.h"
#include "graph/nodes.h"
#include "model/profile.h"

namespace plumb {

/// Nodes are numbered for as long as the source lives; those that were left out have no edges.
/// Not thread-safe.
class GraphSource {
 public:
  GraphSource() = default;
  GraphSource(const GraphSource&) = delete;
  GraphSource& operator=(const GraphSource&) = delete;
  virtual ~GraphSource() = default;

  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual const Node& sums(std::uint32_t node) const = 0;
  /// The index in the NodeTable.
  [[nodiscard]] virtual std::uint32_t info(std::uint32_t node) const = 0;
  /// What tells nodes of the same info apart, or kNone.
  [[nodiscard]] virtual std::uint32_t context(std::uint32_t node) const = 0;

  /// Leaves out the nodes that are `listed` and not `kept`; edges over them become residual. Of
  /// those that are not listed, a call tree holds on to all, a graph to none.
  virtual void keep(const std::vector<bool>& listed, const std::vector<bool>& kept) = 0;
  /// The edges between the nodes that are there. May be changed.
  virtual std::vector<Edge>& edges() = 0;

  /// As NodesOfSample.
  virtual std::uint32_t nodes_of_sample(std::size_t i, std::vector<std::uint32_t>& nodes) = 0;
};

/// A node for each row of `table`. `graph`: its edges are looked for once they are needed, unless
/// it `has_edges`.
std::unique_ptr<GraphSource> make_flat_source(const Profile& profile, const NodeTable& table,
                                              const Weights& weights, Graph graph,
                                              WithEdges has_edges);

/// A node for each way from the root.
std::unique_ptr<GraphSource> make_tree_source(const Profile& profile, const NodeTable& table,
                                              const Weights& weights);

}  // namespace plumb
