// SPDX-License-Identifier: Apache-2.0
// The views of code: source with its instructions, and disassembly.

#include <algorithm>
#include <string>

#include "base/strings.h"
#include "base/try.h"
#include "report/disasm.h"
#include "report/weblist.h"
#include "symbols/demangle.h"
#include "web/view_text.h"
#include "web/views.h"

namespace plumb::web {
namespace {

// Nothing instead of zeros, which are most of the lines.
void add_values(Json& json, const ValueFormat& format, std::int64_t flat, std::int64_t cum) {
  if (flat != 0) json["flat_text"] = format(flat);
  if (cum != 0) json["cum_text"] = format(cum);
}

Json instruction_json(const ValueFormat& format, const WebListInstruction& instruction) {
  Json json = {{"address", to_hex(instruction.address)}, {"text", instruction.text}};
  add_values(json, format, instruction.flat, instruction.cum);
  if (!instruction.file.empty()) {
    json["place"] = instruction.file + ':' + std::to_string(instruction.line);
  }
  if (instruction.starts_block) json["gap"] = true;
  if (!instruction.calls.empty()) {
    Json calls = Json::array();
    for (const WebListCall& call : instruction.calls) {
      calls.push_back({{"text", std::string(trim(call.text))},
                       {"place", call.file + ':' + std::to_string(call.line)}});
    }
    json["calls"] = std::move(calls);
  }
  return json;
}

Json line_json(const ValueFormat& format, const WebListLine& line) {
  Json json = {{"line", line.number}, {"text", line.text}};
  add_values(json, format, line.flat, line.cum);
  Json instructions = Json::array();
  for (const WebListInstruction& instruction : line.instructions) {
    if (instruction.text.empty() && instruction.calls.empty()) continue;
    instructions.push_back(instruction_json(format, instruction));
  }
  if (!instructions.empty()) json["instructions"] = std::move(instructions);
  return json;
}

Json function_json(const WebListReport& report, const WebListFunction& function) {
  Json json = {{"name", function.name}, {"percent", short_percentage(function.cum, report.total)}};
  add_values(json, report.format, function.flat, function.cum);
  Json lines = Json::array();
  for (const WebListLine& line : function.lines) lines.push_back(line_json(report.format, line));
  json["lines"] = std::move(lines);
  return json;
}

Json routine_json(const DisasmReport& report, const DisasmRoutine& routine) {
  const std::string symbol = routine.names.empty() ? "" : routine.names.front();
  Json json = {{"name", demangle(symbol, DemangleMode::Simple).value_or(symbol)},
               {"binary", routine.binary},
               {"percent", short_percentage(routine.cum, report.total)}};
  add_values(json, report.format, routine.flat, routine.cum);
  Json lines = Json::array();
  for (const DisasmLine& line : routine.lines) {
    Json item = {{"address", to_hex(line.address)}, {"text", line.text}};
    add_values(item, report.format, line.flat, line.cum);
    if (!line.file.empty()) item["place"] = line.file + ':' + std::to_string(line.line);
    if (!line.function.empty()) item["function"] = line.function;
    lines.push_back(std::move(item));
  }
  json["lines"] = std::move(lines);
  return json;
}

}  // namespace

Result<Json> build_source_view(const ViewInput& input) {
  fill_legend(input);
  const ReportOptions& options = input.report.options;
  SourceFiles sources(options.source_path, options.trim_path);
  TRY_ASSIGN(const WebListReport report, build_weblist(input.report, input.argument, sources,
                                                       input.notice, {.files = kMostEntries}));
  Json files = Json::array();
  for (const WebListFile& file : report.files) {
    Json functions = Json::array();
    for (const WebListFunction& function : file.functions) {
      functions.push_back(function_json(report, function));
    }
    files.push_back({{"path", file.path}, {"functions", std::move(functions)}});
  }
  return Json{{"files", std::move(files)}};
}

Result<Json> build_disasm_view(const ViewInput& input) {
  fill_legend(input);
  TRY_ASSIGN(const DisasmReport report,
             build_disasm(input.report, input.argument, input.notice, kMostEntries));
  std::vector<const DisasmRoutine*> order;
  for (const DisasmRoutine& routine : report.routines) order.push_back(&routine);
  std::ranges::stable_sort(order, std::ranges::greater(), [](const auto* r) { return r->flat; });
  Json routines = Json::array();
  for (const DisasmRoutine* const routine : order) {
    routines.push_back(routine_json(report, *routine));
  }
  return Json{{"routines", std::move(routines)}};
}

}  // namespace plumb::web
