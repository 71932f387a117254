// SPDX-License-Identifier: Apache-2.0
#include "report/graph_report.h"

#include <algorithm>
#include <utility>

#include "base/checked.h"
#include "base/paths.h"
#include "base/strings.h"
#include "base/units.h"
#include "graph/graph_parts.h"
#include "graph/weights.h"
#include "report/apply_filters.h"
#include "report/top_rows.h"

namespace plumb {
namespace {

// Whether functions of the same name in different binaries differ.
WithBinaries with_binaries(ReportKind kind) {
  return kind == ReportKind::Callgrind ? WithBinaries::Yes : WithBinaries::No;
}

GraphOptions graph_options(const ReportInput& input) {
  const bool is_drawn = input.kind == ReportKind::Dot;
  GraphOptions options;
  options.memo = input.memo;
  options.trim = trim_options(input.options);
  options.with_edges = input.kind == ReportKind::TopProto ? WithEdges::No : WithEdges::Yes;
  options.call_tree = input.options.call_tree && (is_drawn || input.kind == ReportKind::Callgrind);
  options.is_drawn = is_drawn;
  if (!is_drawn) return options;
  options.tags.bytes_unit = input.label_units.of(input.profile.strings.find("bytes"));
  options.tags.output_unit = input.options.unit;
  return options;
}

std::int64_t smallest_shown(const TrimmedGraph& graph) {
  std::int64_t smallest = 0;
  for (std::size_t i = 0; i < graph.shown_count; ++i) {
    smallest = smallest_size(smallest, graph.nodes[i].sums);
  }
  return smallest;
}

void choose_unit(GraphReport& report, ReportKind kind) {
  if (report.graph.shown_count == 0) return;
  std::int64_t smallest = smallest_shown(report.graph);
  if (kind != ReportKind::Callgrind) {
    choose_output_unit(report.format, smallest, report.total);
    return;
  }
  // Callgrind's numbers are integers: the smallest must not be scaled away.
  if (smallest == 0) smallest = report.total;
  choose_output_unit(report.format, smallest, smallest);
}

// The least of the values of all samples, which are positive or 0, and whose sum is a number. 0:
// none is like that, or they are not.
std::int64_t least_sample(const Profile& profile, const Weights& weights) {
  std::int64_t least = 0;
  std::int64_t total = 0;
  bool are_plain = !weights.divisor.has_value();
  for_each_weight(profile, weights, 0, profile.sample_count(), [&](std::size_t, Weight weight) {
    are_plain =
        are_plain && weight.value > 0 && !__builtin_add_overflow(total, weight.value, &total);
    if (least == 0 || weight.value < least) least = weight.value;
  });
  return are_plain ? least : 0;
}

// As choose_unit() where other nodes may have a cum that is not known, but at least `least`.
void choose_unit_of_part(GraphReport& report, const ReportInput& input, std::int64_t least) {
  std::int64_t smallest = smallest_shown(report.graph);
  if (smallest == 0) return;
  if (choose_output_unit_within(report.format, least, smallest, report.total)) return;
  const NodeSums all =
      sum_nodes_with(input.memo, report.profile, report.table, input.samples.weights);
  for (const Node& sums : all.nodes) {
    smallest = smallest_size(smallest, sums);
  }
  choose_output_unit(report.format, smallest, report.total);
}

// `least`: what least_sample() says where the options ask for matches only.
GraphReport build_report(const ReportInput& input, const GraphOptions& options,
                         std::int64_t least) {
  const Profile& profile = input.profile;
  GraphReport report{.profile = profile,
                     .table = build_nodes(profile, with_binaries(input.kind)),
                     .graph = {},
                     .header = {},
                     .active_filters = input.active_filters,
                     .title = {},
                     .sample_type = input.samples.type,
                     .format = input.samples.format,
                     .bytes_unit = options.tags.bytes_unit};
  report.graph = build_trimmed_graph(profile, report.table, input.samples.weights, options);
  report.total = input.samples.total;
  const auto below = [&report](double fraction) {
    return abs_wrapping(truncate_to_int64(static_cast<double>(report.total) * fraction));
  };
  report.nodes_below = below(options.trim.nodefraction);
  report.edges_below = below(options.trim.edgefraction);
  for (std::size_t i = 0; i < report.graph.shown_count; ++i) {
    report.shown = add_wrapping(report.shown, flat_of(report.graph.nodes[i].sums));
  }
  if (options.matches_only) {
    choose_unit_of_part(report, input, least);
  } else {
    choose_unit(report, input.kind);
  }
  if (input.kind == ReportKind::Dot || !input.options.compact_labels) {
    SampleView samples = input.samples;
    samples.format = report.format;
    report.header = header_lines(header_of(profile), samples);
  }
  const bool has_title = !profile.mappings.empty() && profile.mappings[0].file.index != 0;
  if (has_title) report.title = path_base(profile.text(profile.mappings[0].file));
  return report;
}

}  // namespace

GraphReport build_graph_report(const ReportInput& input) {
  return build_report(input, graph_options(input), 0);
}

GraphReport build_matching_graph_report(const ReportInput& input, const Regexp& pattern,
                                        ContextSums with_context) {
  GraphOptions options = graph_options(input);
  options.edges_of = &pattern;
  std::int64_t least = 0;
  if (with_context == ContextSums::No) least = least_sample(input.profile, input.samples.weights);
  options.matches_only = least != 0;
  return build_report(input, options, least);
}

std::vector<std::string> trim_lines(const GraphReport& report, bool with_edges) {
  const TrimmedGraph& graph = report.graph;
  std::vector<std::string> lines;
  if (report.total == 0) return lines;
  if (graph.dropped_nodes > 0) {
    lines.push_back("Dropped " + plural(graph.dropped_nodes, "node") +
                    " (cum <= " + report.format(report.nodes_below) + ")");
  }
  if (with_edges && graph.dropped_edges > 0) {
    lines.push_back("Dropped " + plural(graph.dropped_edges, "edge") +
                    " (freq <= " + report.format(report.edges_below) + ")");
  }
  if (graph.shown_count > 0 && graph.shown_count < graph.node_count) {
    lines.push_back("Showing top " + std::to_string(graph.shown_count) + " nodes out of " +
                    std::to_string(graph.node_count));
  }
  return lines;
}

std::vector<std::string> summary_lines(const GraphReport& report, bool with_edges) {
  std::vector<std::string> lines = report.header;
  const auto add = [&lines](const std::vector<std::string>& more) {
    lines.insert(lines.end(), more.begin(), more.end());
  };
  add(filter_lines(report.active_filters));
  lines.push_back("Showing nodes accounting for " + report.format(report.shown) + ", " +
                  short_percentage(report.shown, report.total) + " of " +
                  report.format(report.total) + " total");
  add(trim_lines(report, with_edges));
  return lines;
}

}  // namespace plumb
