// SPDX-License-Identifier: Apache-2.0
// What the reports of a graph have in common: its nodes and edges, the numbers they add up to, and
// the header lines about them.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/writer.h"
#include "graph/nodes.h"
#include "graph/trimmed_graph.h"
#include "report/report_input.h"
#include "report/sample_view.h"

namespace plumb {

/// Lifetime: the profile outlives this.
struct GraphReport {
  const Profile& profile;
  NodeTable table;
  TrimmedGraph graph;

  std::vector<std::string> header;          ///< "File: leaky", "Type: cpu", ...; as read.
  std::vector<std::string> active_filters;  ///< "focus=main".
  std::string title;                        ///< Of the main binary; may be empty.
  std::string sample_type;                  ///< "cpu", "mean_delay".
  ValueFormat format;
  std::string bytes_unit;        ///< Of the numbers that tags are made of.
  std::int64_t total = 0;        ///< Sum of |value| over all samples, shown or not.
  std::int64_t shown = 0;        ///< Sum of flat over the nodes shown.
  std::int64_t nodes_below = 0;  ///< Dropped nodes have less cum than this.
  std::int64_t edges_below = 0;  ///< Dropped edges weigh less than this.

  [[nodiscard]] const NodeInfo& info(const TrimmedNode& node) const {
    return table.nodes[node.info];
  }
};

/// Builds the graph of a report of any kind: Tree, Peek, Dot, Callgrind, TopProto.
/// Complexity: linear in the frames of all samples.
GraphReport build_graph_report(const ReportInput& input);

/// What is known of nodes that are there for the edges to them.
enum class ContextSums : bool { No, Yes };

/// The same for the nodes whose name matches, and the edges at them. The cum of others is told only
/// `with_context`.
GraphReport build_matching_graph_report(const ReportInput& input, const Regexp& pattern,
                                        ContextSums with_context);

/// What is not shown because it is too small: "Dropped 3 nodes (cum <= 0.05s)", "Showing top 10
/// nodes out of 20".
std::vector<std::string> trim_lines(const GraphReport& report, bool with_edges);

/// The lines above the report, from "File:" to "Showing top 10 nodes out of 20". `with_edges`: also
/// how many edges were dropped.
std::vector<std::string> summary_lines(const GraphReport& report, bool with_edges);

/// The graph as JSON: what it adds up to, "nodes" and "edges" between them by index. `is_context`
/// says of a node that it is there as the end of edges only. Values are in the unit that the
/// document names, whatever unit was asked for.
void render_graph_json(const GraphReport& report, std::string_view schema,
                       const std::vector<bool>& is_context, Writer& out);

}  // namespace plumb
