// SPDX-License-Identifier: Apache-2.0
#include "report/disasm.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "base/cancellation.h"
#include "base/paths.h"
#include "base/strings.h"
#include "base/try.h"
#include "base/units.h"
#include "graph/cell_sums.h"
#include "graph/nodes.h"
#include "graph/trim.h"
#include "report/argument.h"
#include "report/build_check.h"
#include "report/json_text.h"
#include "report/list.h"
#include "symbols/demangle.h"
#include "symbols/object_file.h"

namespace plumb {
namespace {

// A node of the profile at its place in a binary.
struct PlacedNode {
  std::uint64_t address = 0;
  std::uint32_t node = 0;
};

// A function of a binary that was asked for.
struct Wanted {
  std::shared_ptr<ObjectFile> object;
  ObjectSymbol symbol;
  std::vector<PlacedNode> nodes;  // With samples, by address.
  Node sum;                       // Of the nodes, if only the largest are wanted.
};

MappedRange range_of(const Mapping& mapping) {
  return {.start = mapping.start, .limit = mapping.limit, .offset = mapping.offset};
}

class DisasmBuilder {
 public:
  DisasmBuilder(const ReportInput& input, const Notice& notice)
      : input_(input),
        profile_(input.profile),
        notice_(notice),
        build_check_(profile_, notice),
        table_(build_nodes(profile_, WithBinaries::Yes)) {
    CellMap cells(profile_.locations.size());
    for (std::uint32_t i = 0; i < profile_.locations.size(); ++i) {
      for (const std::uint32_t node : table_.of({i})) cells.add(node, node == table_.of({i})[0]);
      cells.end_location(i);
    }
    sums_ = sum_cells(profile_, input.samples.weights, cells);
    sums_.resize(table_.nodes.size());
  }

  Result<DisasmReport> build(std::string_view argument, std::size_t most) {
    TRY_ASSIGN(const Regexp regexp, compile_argument(argument));
    const std::optional<std::uint64_t> address = address_argument(argument);
    const bool has_symbols = find_symbols(regexp, address);
    std::erase_if(wanted_, [](const Wanted& wanted) { return wanted.nodes.empty(); });
    if (wanted_.empty()) return nothing_found(argument, address, has_symbols);
    keep_largest(most);
    std::ranges::stable_sort(wanted_, [](const Wanted& a, const Wanted& b) {
      const std::string& name_a = a.symbol.names.front();
      const std::string& name_b = b.symbol.names.front();
      return name_a != name_b ? name_a < name_b : a.symbol.start < b.symbol.start;
    });
    DisasmReport report{.sample_type = input_.samples.type,
                        .format = input_.samples.format,
                        .total = input_.samples.total,
                        .routines = {}};
    for (Wanted& wanted : wanted_) {
      if (is_cancelled()) return report;
      TRY_ASSIGN(DisasmRoutine routine, disassemble(wanted));
      report.routines.push_back(std::move(routine));
    }
    if (!input_.options.recursive_sums) count_once(report);
    return report;
  }

 private:
  static Error nothing_found(std::string_view argument, std::optional<std::uint64_t> address,
                             bool has_symbols) {
    if (!address) {
      return {ErrorCode::Usage, "no matches found for regexp " + std::string(argument)};
    }
    const std::string hex = "0x" + to_hex(*address);
    if (!has_symbols) return {ErrorCode::Usage, "no matches found for address " + hex};
    return {ErrorCode::Usage, "address " + hex +
                                  " found in binary, but the corresponding symbols do not have "
                                  "samples in the profile"};
  }

  void keep_largest(std::size_t most) {
    if (wanted_.size() <= most) return;
    for (Wanted& wanted : wanted_) wanted.sum = sum_of(wanted);
    std::ranges::stable_sort(wanted_, [](const Wanted& a, const Wanted& b) {
      return a.sum.flat != b.sum.flat ? a.sum.flat > b.sum.flat : a.sum.cum > b.sum.cum;
    });
    wanted_.resize(most);
  }

  [[nodiscard]] Node sum_of(const Wanted& wanted) const {
    Node sum;
    for (const PlacedNode& placed : wanted.nodes) add_sums(sum, sums_[placed.node]);
    return sum;
  }

  // Fills wanted_; false if no binary has a symbol like that.
  bool find_symbols(const Regexp& regexp, std::optional<std::uint64_t> address) {
    std::set<std::uint32_t> files;  // Of binaries with samples that match.
    for (std::uint32_t i = 0; i < table_.nodes.size(); ++i) {
      const NodeInfo& node = table_.nodes[i];
      if (node.binary.index == 0 || !has_samples(i)) continue;
      if (files.contains(node.binary.index)) continue;
      // What is printed has an address in front and a place behind: ^main.work$ is of the name.
      if (regexp.matches(profile_.text(node.name)) ||
          regexp.matches(printable_name(profile_, node))) {
        files.insert(node.binary.index);
      }
    }
    bool found = false;
    for (std::uint32_t i = 0; i < profile_.mappings.size(); ++i) {
      const Mapping& mapping = profile_.mappings[i];
      const bool holds = address && mapping.start <= *address && *address <= mapping.limit;
      if (files.contains(mapping.file.index) || holds) {
        found = find_symbols_in(MappingId{i}, regexp, address) || found;
      }
    }
    return found;
  }

  bool find_symbols_in(MappingId id, const Regexp& regexp, std::optional<std::uint64_t> address) {
    const Mapping& mapping = profile_.mappings[id.index];
    auto opened = ObjectFile::open(std::string(profile_.text(mapping.file)));
    if (!opened) {
      notice_(opened.error().message());
      return false;
    }
    const std::shared_ptr<ObjectFile> object = *std::move(opened);
    build_check_.look_at(mapping, *object);
    const std::vector<PlacedNode> nodes = place_nodes(*object, id);
    std::vector<ObjectSymbol> symbols;
    if (address) {
      const auto place = object->object_address(range_of(mapping), *address);
      if (place) symbols = object->symbols(nullptr, *place);
    } else {
      symbols = object->symbols(nullptr);
      std::erase_if(symbols, [&](const ObjectSymbol& symbol) {
        return std::ranges::none_of(symbol.names,
                                    [&](const std::string& name) { return regexp.matches(name); });
      });
    }
    for (ObjectSymbol& symbol : symbols) {
      Wanted& wanted = wanted_.emplace_back();
      wanted.object = object;
      const auto begin = std::ranges::lower_bound(nodes, symbol.start, {}, &PlacedNode::address);
      const auto end = std::ranges::lower_bound(nodes, symbol.limit, {}, &PlacedNode::address);
      if (begin < end) wanted.nodes.assign(begin, end);
      wanted.symbol = std::move(symbol);
    }
    return !symbols.empty();
  }

  // The nodes with samples in a mapping, by address in the binary.
  std::vector<PlacedNode> place_nodes(ObjectFile& object, MappingId id) {
    std::vector<PlacedNode> placed;
    std::vector<bool> is_placed(table_.nodes.size());
    const MappedRange range = range_of(profile_.mappings[id.index]);
    for (std::uint32_t i = 0; i < profile_.locations.size(); ++i) {
      if (profile_.locations[i].mapping != id) continue;
      for (const std::uint32_t node : table_.of({i})) {
        if (is_placed[node] || !has_samples(node)) continue;
        is_placed[node] = true;
        const auto address = object.object_address(range, table_.nodes[node].address);
        if (address) placed.push_back({*address, node});
      }
    }
    std::ranges::stable_sort(placed, {}, &PlacedNode::address);
    return placed;
  }

  [[nodiscard]] bool has_samples(std::uint32_t node) const {
    return is_listed(sums_[node], input_.options.drop_negative);
  }

  Result<DisasmRoutine> disassemble(Wanted& wanted) {
    const auto syntax = input_.options.intel_syntax ? AssemblySyntax::Intel : AssemblySyntax::Usual;
    TRY_ASSIGN(const std::vector<Instruction> instructions,
               wanted.object->disassemble(wanted.symbol.start, wanted.symbol.limit, syntax));
    DisasmRoutine routine;
    routine.names = wanted.symbol.names;
    routine.binary = wanted.object->path();
    const Node sum = sum_of(wanted);
    routine.flat = sum.flat;
    routine.cum = sum.cum;
    std::size_t next = 0;  // Of the nodes.
    for (std::size_t i = 0; i < instructions.size(); ++i) {
      const bool is_last = i + 1 == instructions.size();
      const std::uint64_t limit = is_last ? UINT64_MAX : instructions[i + 1].address;
      routine.lines.push_back(make_line(instructions[i], wanted, limit, next));
    }
    return routine;
  }

  static std::string readable(const std::string& function) {
    return demangle(function, DemangleMode::Simple).value_or(function);
  }

  // Takes the nodes from `next` up to `limit`: a sample may point into an instruction.
  DisasmLine make_line(const Instruction& instruction, Wanted& wanted, std::uint64_t limit,
                       std::size_t& next) {
    DisasmLine line;
    line.address = instruction.address;
    line.text = instruction.text;
    line.line = instruction.line;
    // The symbol says it already, except where code was inlined; Go's disassembler never does.
    if (!wanted.object->is_go()) line.function = readable(instruction.function);
    if (!instruction.file.empty()) line.file = path_base(instruction.file);
    Node sum;
    for (; next < wanted.nodes.size() && wanted.nodes[next].address < limit; ++next) {
      const NodeInfo& node = table_.nodes[wanted.nodes[next].node];
      add_sums(sum, sums_[wanted.nodes[next].node]);
      if (node.file.index != 0 && line.file.empty())
        line.file = path_base(profile_.text(node.file));
      if (line.line == 0) line.line = node.line;
      if (line.function.empty()) line.function = profile_.text(node.name);
    }
    line.flat = flat_of(sum);
    line.cum = cum_of(sum);
    return line;
  }

  // Replaces the sums of functions by those in which each sample counts once.
  void count_once(DisasmReport& report) {
    std::vector<std::vector<std::uint32_t>> routines_of(table_.nodes.size());
    for (std::uint32_t i = 0; i < wanted_.size(); ++i) {
      for (const PlacedNode& placed : wanted_[i].nodes) routines_of[placed.node].push_back(i);
    }
    CellMap cells(profile_.locations.size());
    for (std::uint32_t i = 0; i < profile_.locations.size(); ++i) {
      const auto nodes = table_.of({i});
      for (std::size_t line = 0; line < nodes.size(); ++line) {
        for (const std::uint32_t routine : routines_of[nodes[line]]) {
          cells.add(routine, line == 0);
        }
      }
      cells.end_location(i);
    }
    const std::vector<Node> sums = sum_cells(profile_, input_.samples.weights, cells);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      report.routines[i].flat = sums[i].flat;
      report.routines[i].cum = sums[i].cum;
    }
  }

  const ReportInput& input_;
  const Profile& profile_;
  const Notice& notice_;
  BuildCheck build_check_;
  NodeTable table_;
  std::vector<Node> sums_;  // By node.
  std::vector<Wanted> wanted_;
};

std::string place_text(const DisasmLine& line) {
  std::string text = line.function.empty() ? "" : line.function + ' ';
  if (line.file.empty()) return text;
  text += line.file;
  if (line.line != 0) text += ':' + std::to_string(line.line);
  return text;
}

void append_values(std::string& text, const ValueFormat& format, const DisasmLine& line) {
  append_right(text, value_or_dot(format, line.flat), 10);
  text += ' ';
  append_right(text, value_or_dot(format, line.cum), 10);
  text += ' ';
  append_right(text, to_hex(line.address), 10);
  text += ": ";
}

void append_line(std::string& text, const ValueFormat& format, const DisasmLine& line,
                 const std::string& place) {
  constexpr std::size_t kTextColumns = 40;
  constexpr std::size_t kPlaceColumn = 74;
  if (!place.empty() && line.text.size() >= kTextColumns) {
    text.append(kPlaceColumn, ' ');
    text += ';' + place + '\n';
  }
  append_values(text, format, line);
  text += line.text;
  if (!place.empty() && line.text.size() < kTextColumns) {
    text.append(kTextColumns - rune_count(line.text), ' ');
    text += ';' + place;
  }
  text += '\n';
}

}  // namespace

Result<DisasmReport> build_disasm(const ReportInput& input, std::string_view argument,
                                  const Notice& notice, std::size_t most) {
  return DisasmBuilder(input, notice).build(argument, most);
}

void render_disasm_text(const DisasmReport& report, Writer& out) {
  out << "Total: " << report.format(report.total) << "\n";
  for (const DisasmRoutine& routine : report.routines) {
    std::string text = "ROUTINE ======================== " + routine.names.front() + '\n';
    for (std::size_t i = 1; i < routine.names.size(); ++i) {
      text += "    AKA ======================== " + routine.names[i] + '\n';
    }
    append_right(text, report.format(routine.flat), 10);
    text += ' ';
    append_right(text, report.format(routine.cum), 10);
    text += " (flat, cum) " + format_percentage(routine.cum, report.total) + " of Total\n";
    const DisasmLine* before = nullptr;
    for (const DisasmLine& line : routine.lines) {
      const bool is_new = before == nullptr || line.function != before->function ||
                          line.file != before->file || line.line != before->line;
      append_line(text, report.format, line, is_new ? place_text(line) : std::string());
      before = &line;
    }
    out << text;
  }
}

void render_disasm_json(const DisasmReport& report, Writer& out) {
  nlohmann::ordered_json json;
  json["schema"] = "plumb.disasm/1";
  json["sample_type"] = report.sample_type;
  json["unit"] = report.format.sample_unit;
  json["total"] = report.format.times_ratio(report.total);
  json["routines"] = nlohmann::ordered_json::array();
  for (const DisasmRoutine& routine : report.routines) {
    nlohmann::ordered_json item;
    item["names"] = routine.names;
    item["binary"] = routine.binary;
    item["flat"] = report.format.times_ratio(routine.flat);
    item["cum"] = report.format.times_ratio(routine.cum);
    item["instructions"] = nlohmann::ordered_json::array();
    for (const DisasmLine& line : routine.lines) {
      item["instructions"].push_back({{"address", "0x" + to_hex(line.address)},
                                      {"flat", report.format.times_ratio(line.flat)},
                                      {"cum", report.format.times_ratio(line.cum)},
                                      {"text", line.text},
                                      {"function", line.function},
                                      {"file", line.file},
                                      {"line", line.line}});
    }
    json["routines"].push_back(std::move(item));
  }
  out << to_json_text(json) << "\n";
}

}  // namespace plumb
