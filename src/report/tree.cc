// SPDX-License-Identifier: Apache-2.0
#include "report/tree.h"

#include <numeric>
#include <utility>

#include "base/checked.h"
#include "base/strings.h"
#include "base/try.h"
#include "base/units.h"
#include "graph/edge_lists.h"
#include "report/argument.h"

namespace plumb {
namespace {

constexpr std::string_view kRule =
    "----------------------------------------------------------+-------------\n";
constexpr std::string_view kLegend =
    "      flat  flat%   sum%        cum   cum%   calls calls% + context \t \t \n";

class TreeText {
 public:
  TreeText(const TreeReport& report, Writer& out)
      : report_(report.graph), edges_(report.graph.graph), out_(out) {}

  void add_entry(std::uint32_t index) {
    const TrimmedNode& node = report_.graph.nodes[index];
    const std::int64_t cum = cum_of(node.sums);
    out_ << kRule;
    line_.clear();
    for (const std::uint32_t edge : edges_.into(index)) add_edge(edge, &Edge::caller, cum);
    add_node(node, cum);
    for (const std::uint32_t edge : edges_.out_of(index)) add_edge(edge, &Edge::callee, cum);
    out_ << line_;
  }

 private:
  void add_node(const TrimmedNode& node, std::int64_t cum) {
    const std::int64_t flat = flat_of(node.sums);
    sum_ = add_wrapping(sum_, flat);
    append_right(line_, report_.format(flat), 10);
    line_ += ' ' + format_percentage(flat, report_.total);
    line_ += ' ' + format_percentage(sum_, report_.total) + ' ';
    append_right(line_, report_.format(cum), 10);
    line_ += ' ' + format_percentage(cum, report_.total);
    line_ += "                | " + report_.graph.name(node) + '\n';
  }

  // The line of what is at the other end of an edge.
  void add_edge(std::uint32_t index, std::uint32_t Edge::*end, std::int64_t cum) {
    const Edge& edge = report_.graph.edges[index];
    append_right(line_, report_.format(edge.weight), 50);
    line_ += ' ' + format_percentage(edge.weight, cum) + " |   ";
    line_ += report_.graph.name(report_.graph.nodes[edge.*end]);
    line_ += edge.is_inlined ? " (inline)\n" : "\n";
  }

  const GraphReport& report_;
  EdgeLists edges_;
  Writer& out_;
  std::string line_;
  std::int64_t sum_ = 0;  // Of flat values so far.
};

}  // namespace

TreeReport build_tree(const ReportInput& input) {
  TreeReport report{.graph = build_graph_report(input), .rows = {}};
  report.rows.resize(report.graph.graph.shown_count);
  std::iota(report.rows.begin(), report.rows.end(), 0U);
  return report;
}

Result<TreeReport> build_peek(const ReportInput& input, const std::string& pattern,
                              ContextSums with_context) {
  TRY_ASSIGN(const Regexp regexp, compile_argument(pattern));
  TreeReport report{.graph = build_matching_graph_report(input, regexp, with_context), .rows = {}};
  const TrimmedGraph& graph = report.graph.graph;
  for (std::uint32_t i = 0; i < graph.shown_count; ++i) {
    if (graph.matches[graph.nodes[i].info]) report.rows.push_back(i);
  }
  if (report.rows.empty()) {
    return Error(ErrorCode::Usage, "no matches found for regexp: " + pattern);
  }
  return report;
}

void render_tree_text(const TreeReport& report, Writer& out) {
  for (const std::string& line : summary_lines(report.graph, false)) out << line << "\n";
  out << kRule << kLegend;
  TreeText text(report, out);
  for (const std::uint32_t row : report.rows) {
    if (out.is_closed()) return;
    text.add_entry(row);
  }
  if (report.graph.graph.shown_count > 0) out << kRule;
}

void render_tree_json(TreeReport report, std::string_view schema, Writer& out) {
  TrimmedGraph& graph = report.graph.graph;
  std::vector<bool> is_context(graph.nodes.size(), true);
  for (const std::uint32_t row : report.rows) is_context[row] = false;
  std::vector<bool> is_used(graph.nodes.size());
  for (const std::uint32_t row : report.rows) is_used[row] = true;
  std::erase_if(graph.edges, [&](const Edge& edge) {
    return is_context[edge.caller] && is_context[edge.callee];
  });
  for (const Edge& edge : graph.edges) is_used[edge.caller] = is_used[edge.callee] = true;

  std::vector<std::uint32_t> moved(graph.nodes.size());
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
    if (!is_used[i]) continue;
    moved[i] = count;
    graph.nodes[count] = graph.nodes[i];
    is_context[count] = is_context[i];
    ++count;
  }
  graph.nodes.resize(count);
  for (Edge& edge : graph.edges) {
    edge.caller = moved[edge.caller];
    edge.callee = moved[edge.callee];
  }
  render_graph_json(report.graph, schema, is_context, out);
}

}  // namespace plumb
