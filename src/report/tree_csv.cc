// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "report/csv_writer.h"
#include "report/tree.h"

namespace plumb {

void render_tree_csv(const TreeReport& report, Writer& out) {
  const TrimmedGraph& graph = report.graph.graph;
  std::vector<bool> is_row(graph.nodes.size());
  for (const std::uint32_t row : report.rows) is_row[row] = true;
  CsvWriter csv(out);
  csv.row({"caller", "callee", "weight", "weight_percent", "unit", "inlined"});
  for (const Edge& edge : graph.edges) {
    if (!is_row[edge.caller] && !is_row[edge.callee]) continue;
    csv.cell(graph.name(graph.nodes[edge.caller])).cell(graph.name(graph.nodes[edge.callee]));
    const std::int64_t weight = divided(edge.weight, edge.weight_divisor);
    csv.cell(report.graph.format.times_ratio(weight)).percent(weight, report.graph.total);
    csv.cell(report.graph.format.sample_unit).cell(edge.is_inlined ? "all" : "none");
    csv.end_row();
  }
}

}  // namespace plumb
