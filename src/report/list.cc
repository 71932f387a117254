// SPDX-License-Identifier: Apache-2.0
#include "report/list.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/cancellation.h"
#include "base/strings.h"
#include "base/try.h"
#include "base/units.h"
#include "graph/cell_sums.h"
#include "graph/nodes.h"
#include "graph/trim.h"
#include "model/string_matches.h"
#include "report/argument.h"
#include "report/json_text.h"

namespace plumb {
namespace {

constexpr std::int64_t kContextLines = 5;  // Lines shown around those with samples.

// What is known of a line: the nodes that stand for it.
struct LineCell {
  Node sum;
  std::int64_t start_line = 0;  // Of its function; 0: not known.
};

struct Routine {
  Node sum;
  std::map<std::int64_t, LineCell> lines;  // By number.
};

using RoutineKey = std::pair<std::string_view, std::string_view>;  // Function and file.
using Routines = std::map<RoutineKey, Routine>;

class ListBuilder {
 public:
  ListBuilder(const ReportInput& input, const Regexp& pattern)
      : input_(input), profile_(input.profile), table_(build_nodes(profile_, WithBinaries::Yes)) {
    row_of_node_.assign(table_.nodes.size(), kNone);
    StringMatches names(profile_.strings, pattern);
    for (std::uint32_t i = 0; i < table_.nodes.size(); ++i) {
      if (!names.matches(table_.nodes[i].name)) continue;
      row_of_node_[i] = static_cast<std::uint32_t>(rows_.size());
      rows_.push_back({.node = i});
    }
    number_cells();
  }

  // The functions with samples that match, by lines.
  Routines build() {
    std::vector<bool> has_samples;
    std::vector<Node> sums = sum_rows(&has_samples);
    bool is_complete = true;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      rows_[i].is_shown = is_listed(sums[i], input_.options.drop_negative);
      is_complete = is_complete && (rows_[i].is_shown || !has_samples[i]);
      if (rows_[i].is_shown) add_node(table_.nodes[rows_[i].node], sums[i]);
    }
    if (input_.options.recursive_sums) return std::move(routines_);
    if (!is_complete) sums = sum_rows(nullptr);  // Without the nodes that are not shown.
    for (const Row& row : rows_) {
      if (!row.is_shown) continue;
      const NodeInfo& node = table_.nodes[row.node];
      Routine& routine = routines_[key_of(node)];
      routine.sum = sums[row.routine_cell];
      routine.lines[node.line].sum = sums[row.line_cell];
    }
    return std::move(routines_);
  }

 private:
  // A node that matches. Its own cell is its number.
  struct Row {
    std::uint32_t node = 0;
    std::uint32_t routine_cell = 0;
    std::uint32_t line_cell = 0;
    bool is_shown = true;
  };

  [[nodiscard]] RoutineKey key_of(const NodeInfo& node) const {
    return {profile_.text(node.name), profile_.text(node.file)};
  }

  // Behind those of the nodes, a cell for each function and one for each line of it.
  void number_cells() {
    auto next = static_cast<std::uint32_t>(rows_.size());
    std::map<std::pair<RoutineKey, std::optional<std::int64_t>>, std::uint32_t> cells;
    const auto cell = [&](const RoutineKey& key, std::optional<std::int64_t> line) {
      const auto [known, is_new] = cells.try_emplace({key, line}, next);
      if (is_new) ++next;
      return known->second;
    };
    for (Row& row : rows_) {
      const NodeInfo& node = table_.nodes[row.node];
      row.routine_cell = cell(key_of(node), std::nullopt);
      row.line_cell = cell(key_of(node), node.line);
    }
  }

  // pprof's way: a node for each line of each binary, added up.
  void add_node(const NodeInfo& node, const Node& sum) {
    Routine& routine = routines_[key_of(node)];
    LineCell& line = routine.lines[node.line];
    line.start_line = node.start_line;
    add_sums(line.sum, sum);
    add_sums(routine.sum, sum);
  }

  // The sums of all cells of the rows that are shown.
  std::vector<Node> sum_rows(std::vector<bool>* has_samples) {
    CellMap map(profile_.locations.size());
    for (std::uint32_t i = 0; i < profile_.locations.size(); ++i) {
      const auto nodes = table_.of({i});
      for (std::size_t line = 0; line < nodes.size(); ++line) {
        const std::uint32_t number = row_of_node_[nodes[line]];
        if (number == kNone || !rows_[number].is_shown) continue;
        for (const std::uint32_t cell :
             {number, rows_[number].routine_cell, rows_[number].line_cell}) {
          map.add(cell, line == 0);
        }
      }
      map.end_location(i);
    }
    return sum_cells(profile_, input_.samples.weights, map, has_samples);
  }

  const ReportInput& input_;
  const Profile& profile_;
  NodeTable table_;
  std::vector<std::uint32_t> row_of_node_;  // By node: in rows_, or kNone.
  std::vector<Row> rows_;
  Routines routines_;
};

// The lines from a margin before the first with samples, or from the start of the function, to a
// margin behind the last.
std::vector<ListLine> list_lines(const Routine& routine, std::string_view file,
                                 SourceFiles& sources) {
  std::int64_t start = INT64_MAX;
  for (const auto& [number, line] : routine.lines) {
    start = std::min(start, line.start_line != 0 ? line.start_line : number - kContextLines);
  }
  start = std::max<std::int64_t>(start, 1);
  const std::int64_t last = routine.lines.rbegin()->first;
  std::vector<ListLine> lines;
  for (std::int64_t number = start; number <= last + kContextLines; ++number) {
    const auto text = sources.line(file, number);
    if (!text) break;
    ListLine& row = lines.emplace_back();
    row.number = number;
    row.text = *text;
    const auto counted = routine.lines.find(number);
    if (counted == routine.lines.end()) continue;
    row.flat = counted->second.sum.flat;
    row.cum = counted->second.sum.cum;
  }
  return lines;
}

}  // namespace

Result<ListReport> build_list(const ReportInput& input, std::string_view pattern,
                              SourceFiles& sources) {
  TRY_ASSIGN(const Regexp regexp, compile_argument(pattern));
  const Routines routines = ListBuilder(input, regexp).build();
  if (routines.empty()) {
    return Error(ErrorCode::Usage, "no matches found for regexp: " + std::string(pattern));
  }
  ListReport report{.sample_type = input.samples.type,
                    .format = input.samples.format,
                    .total = input.samples.total,
                    .routines = {}};
  std::map<std::string_view, bool> has_file;
  for (const auto& [key, routine] : routines) {
    bool& known = has_file[key.first];
    known = known || !key.second.empty();
  }
  for (const auto& [key, routine] : routines) {
    if (is_cancelled()) break;
    if (key.second.empty() && has_file[key.first]) continue;
    ListRoutine& row = report.routines.emplace_back();
    row.function = key.first;
    row.file = key.second;
    row.flat = routine.sum.flat;
    row.cum = routine.sum.cum;
    if (row.file.empty()) continue;
    row.lines = list_lines(routine, row.file, sources);
    if (const Error* const error = sources.error(row.file)) {
      row.lines.clear();
      row.error = error->message();
    }
  }
  return report;
}

std::string value_or_dot(const ValueFormat& format, std::int64_t value) {
  return value == 0 ? "." : format(value);
}

void render_list_text(const ListReport& report, Writer& out) {
  out << "Total: " << report.format(report.total) << "\n";
  for (const ListRoutine& routine : report.routines) {
    if (routine.file.empty()) {
      out << "No source information for " << routine.function << "\n";
      continue;
    }
    std::string text =
        "ROUTINE ======================== " + routine.function + " in " + routine.file + '\n';
    append_right(text, report.format(routine.flat), 10);
    text += ' ';
    append_right(text, report.format(routine.cum), 10);
    text += " (flat, cum) " + format_percentage(routine.cum, report.total) + " of Total\n";
    if (!routine.error.empty()) text += " Error: " + routine.error + '\n';
    for (const ListLine& line : routine.lines) {
      append_right(text, value_or_dot(report.format, line.flat), 10);
      text += ' ';
      append_right(text, value_or_dot(report.format, line.cum), 10);
      text += ' ';
      append_right(text, std::to_string(line.number), 6);
      text += ':' + line.text + '\n';
    }
    out << text;
  }
}

void render_list_json(const ListReport& report, Writer& out) {
  nlohmann::ordered_json json;
  json["schema"] = "plumb.list/1";
  json["sample_type"] = report.sample_type;
  json["unit"] = report.format.sample_unit;
  json["total"] = report.format.times_ratio(report.total);
  json["routines"] = nlohmann::ordered_json::array();
  for (const ListRoutine& routine : report.routines) {
    nlohmann::ordered_json item;
    item["function"] = routine.function;
    item["file"] = routine.file;
    item["flat"] = report.format.times_ratio(routine.flat);
    item["cum"] = report.format.times_ratio(routine.cum);
    if (!routine.error.empty()) item["error"] = routine.error;
    item["lines"] = nlohmann::ordered_json::array();
    for (const ListLine& line : routine.lines) {
      item["lines"].push_back({{"line", line.number},
                               {"flat", report.format.times_ratio(line.flat)},
                               {"cum", report.format.times_ratio(line.cum)},
                               {"text", line.text}});
    }
    json["routines"].push_back(std::move(item));
  }
  out << to_json_text(json) << "\n";
}

}  // namespace plumb
