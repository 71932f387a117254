// SPDX-License-Identifier: Apache-2.0
#include "report/top_rows.h"

#include <algorithm>
#include <unordered_set>

#include "base/checked.h"
#include "base/units.h"

namespace plumb {

TrimOptions trim_options(const ReportOptions& options) {
  TrimOptions trim;
  trim.by_cum = options.sort == SortOrder::Cum;
  trim.drop_negative = options.drop_negative;
  if (!options.trim) return trim;
  trim.nodecount = std::max<std::int64_t>(options.nodecount, 0);
  trim.nodefraction = options.nodefraction;
  trim.edgefraction = options.edgefraction;
  return trim;
}

std::int64_t smallest_size(std::int64_t smallest, const Node& sums) {
  std::int64_t size = abs_wrapping(flat_of(sums));
  if (size == 0) size = abs_wrapping(cum_of(sums));
  return size > 0 && (smallest == 0 || size < smallest) ? size : smallest;
}

std::unordered_map<std::uint32_t, Inlining> inlining_of(std::span<const Edge> edges,
                                                        std::int64_t edge_cutoff) {
  std::unordered_map<std::uint32_t, Inlining> inlining;
  std::unordered_set<std::uint32_t> called_plainly;
  for (const Edge& edge : edges) {
    if (abs_wrapping(edge.weight) < edge_cutoff) continue;
    if (edge.is_inlined) {
      inlining[edge.callee] = Inlining::Full;
    } else {
      called_plainly.insert(edge.callee);
    }
  }
  for (auto& [node, kind] : inlining) {
    if (called_plainly.contains(node)) kind = Inlining::Partial;
  }
  return inlining;
}

TopReport make_top_report(const ProfileHeader& header, SampleView samples, const TopNodes& top,
                          const ReportOptions& options) {
  TopReport report;
  report.sample_type = samples.type;
  report.total = samples.total;
  report.dropped_nodes = top.trimmed.dropped;
  report.row_count = top.trimmed.count;
  report.is_cut = top.trimmed.order.size() < top.trimmed.count;
  const double nodefraction = options.trim ? options.nodefraction : 0;
  report.dropped_below =
      abs_wrapping(truncate_to_int64(static_cast<double>(samples.total) * nodefraction));

  std::int64_t smallest = 0;
  for (const std::uint32_t index : top.trimmed.order) {
    const Node& node = top.nodes[index];
    TopRow row{.name = std::string(top.name(index)),
               .flat = flat_of(node),
               .cum = cum_of(node),
               .inlining = Inlining::None};
    if (const auto it = top.inlining.find(index); it != top.inlining.end()) {
      row.inlining = it->second;
    }
    smallest = smallest_size(smallest, node);
    report.shown = add_wrapping(report.shown, row.flat);
    report.rows.push_back(std::move(row));
  }
  if (!report.rows.empty()) choose_output_unit(samples.format, smallest, samples.total);
  report.format = samples.format;
  if (!options.compact_labels) report.header = header_lines(header, samples);
  return report;
}

}  // namespace plumb
