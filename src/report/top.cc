// SPDX-License-Identifier: Apache-2.0
#include "report/top.h"

#include <nlohmann/json.hpp>

#include "base/checked.h"
#include "base/strings.h"
#include "base/units.h"
#include "graph/graph_parts.h"
#include "report/apply_filters.h"
#include "report/json_text.h"
#include "report/top_rows.h"

namespace plumb {
namespace {

std::string_view inlining_text(Inlining inlining) {
  switch (inlining) {
    case Inlining::Full:
      return " (inline)";
    case Inlining::Partial:
      return " (partial-inline)";
    default:
      return "";
  }
}

}  // namespace

std::string_view to_string(Inlining inlining) {
  switch (inlining) {
    case Inlining::Full:
      return "all";
    case Inlining::Partial:
      return "some";
    default:
      return "none";
  }
}

std::string_view top_hint(const TopReport& report) {
  constexpr double kNearlyAll = 0.9;
  if (report.sample_type != "goroutine") return {};
  for (const TopRow& row : report.rows) {
    const bool is_park = row.name == "runtime.gopark" || row.name.starts_with("runtime.gopark ");
    if (!is_park) continue;
    const auto flat = static_cast<double>(row.flat);
    if (flat <= 0 || flat < kNearlyAll * static_cast<double>(report.total)) return {};
    return "Nearly all wait, in runtime.gopark: the command leaks tells what for, and whether they "
           "leak.";
  }
  return {};
}

TopReport build_top(const ReportInput& input) {
  const Profile& profile = input.profile;
  const Weights& weights = input.samples.weights;
  const NodeTable table = build_nodes(profile);
  const NodeSums sums = sum_nodes_with(input.memo, profile, table, weights);

  const TrimmedNodes trimmed =
      trim_nodes(sums.nodes, trim_options(input.options), [&](std::uint32_t a, std::uint32_t b) {
        return compare_printable_names(profile, table.nodes[a], table.nodes[b]);
      });

  std::vector<std::string> names(table.nodes.size());
  std::vector<bool> kept(table.nodes.size());
  // Edges tell who was inlined, which few can have been.
  std::vector<bool> may_be_inlined(table.nodes.size());
  bool is_any_inlined = false;
  for (const std::uint32_t node : trimmed.order) {
    names[node] = printable_name(profile, table.nodes[node]);
    kept[node] = true;
    const std::int64_t inlined = sums.inlined[node];
    may_be_inlined[node] = inlined > 0 && inlined >= trimmed.edge_cutoff;
    is_any_inlined = is_any_inlined || may_be_inlined[node];
  }
  std::vector<Edge> edges;
  if (is_any_inlined) {
    edges = find_edges(profile, table, weights, trimmed.is_everything ? nullptr : &kept,
                       &may_be_inlined);
  }
  TopNodes shown{.nodes = sums.nodes,
                 .inlining = inlining_of(edges, trimmed.edge_cutoff),
                 .trimmed = trimmed,
                 .name = [&](std::uint32_t node) { return std::string_view(names[node]); }};
  TopReport report = make_top_report(header_of(profile), input.samples, shown, input.options);
  const std::vector<std::string> filters = filter_lines(input.active_filters);
  report.header.insert(report.header.end(), filters.begin(), filters.end());
  return report;
}

void render_top_text(const TopReport& report, Writer& out) {
  std::string text;
  for (const std::string& line : report.header) text += line + '\n';
  text += "Showing nodes accounting for " + report.format(report.shown) + ", " +
          short_percentage(report.shown, report.total) + " of " + report.format(report.total) +
          " total\n";
  if (report.total != 0 && report.dropped_nodes > 0) {
    text += "Dropped " + plural(report.dropped_nodes, "node") +
            " (cum <= " + report.format(report.dropped_below) + ")\n";
  }
  if (report.total != 0 && report.is_cut && !report.rows.empty()) {
    text += "Showing top " + std::to_string(report.rows.size()) + " nodes out of " +
            std::to_string(report.row_count) + '\n';
  }
  text += "      flat  flat%   sum%        cum   cum%\n";
  std::int64_t sum = 0;
  for (const TopRow& row : report.rows) {
    sum = add_wrapping(sum, row.flat);
    append_right(text, report.format(row.flat), 10);
    text += ' ' + format_percentage(row.flat, report.total);
    text += ' ' + format_percentage(sum, report.total) + ' ';
    append_right(text, report.format(row.cum), 10);
    text += ' ' + format_percentage(row.cum, report.total) + "  " + row.name;
    text += inlining_text(row.inlining);
    text += '\n';
    if (text.size() > 65536) {
      out << text;
      text.clear();
    }
  }
  out << text;
}

void render_top_json(const TopReport& report, Writer& out) {
  nlohmann::ordered_json json;
  json["schema"] = "plumb.top/1";
  json["sample_type"] = report.sample_type;
  json["unit"] = report.format.sample_unit;
  json["total"] = report.format.times_ratio(report.total);
  json["shown"] = report.format.times_ratio(report.shown);
  json["dropped_nodes"] = report.dropped_nodes;
  json["node_count"] = report.row_count;
  json["rows"] = nlohmann::ordered_json::array();
  for (const TopRow& row : report.rows) {
    nlohmann::ordered_json item;
    item["function"] = row.name;
    item["flat"] = report.format.times_ratio(row.flat);
    item["cum"] = report.format.times_ratio(row.cum);
    item["inlined"] = to_string(row.inlining);
    json["rows"].push_back(std::move(item));
  }
  out << to_json_text(json) << "\n";
}

}  // namespace plumb
