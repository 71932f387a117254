// SPDX-License-Identifier: Apache-2.0
#include "report/callgrind.h"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/hash.h"
#include "base/strings.h"
#include "base/units.h"
#include "graph/edge_lists.h"

namespace plumb {
namespace {

// The function that a node is part of; in a call tree, as called from one place.
struct FunctionKey {
  NodeInfo info;
  std::uint32_t context = kNone;
  friend bool operator==(const FunctionKey&, const FunctionKey&) = default;
};

std::uint64_t name_key(const NodeInfo& info) {
  return std::uint64_t{info.file.index} << 32 | info.name.index;
}

struct FunctionHash {
  std::size_t operator()(const FunctionKey& key) const {
    const std::uint64_t hash = hash_mix(name_key(key.info) ^ kHashSeed,
                                        std::uint64_t{key.info.binary.index} << 32 | key.context);
    return hash_mix(hash, static_cast<std::uint64_t>(key.info.start_line));
  }
};

FunctionKey function_of(const GraphReport& report, const TrimmedNode& node) {
  FunctionKey key{.info = report.info(node), .context = node.context};
  if (key.info.address == 0 && key.info.line == 0) return key;
  key.info.address = 0;
  key.info.line = key.info.column = 0;
  return key;
}

std::vector<std::string> name_callees(const GraphReport& report) {
  const TrimmedGraph& graph = report.graph;
  std::unordered_map<FunctionKey, std::size_t, FunctionHash> number_of_function;
  std::unordered_map<std::uint64_t, std::size_t> count_of_name;
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < graph.shown_count; ++i) {
    const FunctionKey key = function_of(report, graph.nodes[i]);
    std::size_t& count = count_of_name[name_key(key.info)];
    const auto [it, is_new] = number_of_function.try_emplace(key, count + 1);
    if (is_new) ++count;
    numbers.push_back(it->second);
  }
  std::vector<std::string> names(graph.nodes.size());
  for (std::size_t i = 0; i < graph.shown_count; ++i) {
    const NodeInfo& info = report.info(graph.nodes[i]);
    names[i] = report.profile.text(info.name);
    const std::size_t count = count_of_name[name_key(info)];
    if (count > 1)
      names[i] += " [" + std::to_string(numbers[i]) + "/" + std::to_string(count) + "]";
  }
  return names;
}

// Names that were written before are written as their number.
class NameList {
 public:
  std::string compressed(std::string_view name) {
    if (name.empty()) return {};
    const auto [it, is_new] = numbers_.try_emplace(name, numbers_.size() + 1);
    std::string text = "(" + std::to_string(it->second) + ")";
    if (is_new) text += ' ' + std::string(name);
    return text;
  }

 private:
  std::unordered_map<std::string_view, std::size_t> numbers_;  // Views the report.
};

class CallgrindText {
 public:
  CallgrindText(const CallgrindReport& report, Writer& out)
      : report_(report), graph_(report.graph.graph), edges_(graph_), out_(out) {}

  void write() {
    const ValueFormat& format = report_.graph.format;
    out_ << "positions: instr line\nevents: " << report_.graph.sample_type << "("
         << format.output_unit << ")\n";
    for (std::uint32_t i = 0; i < graph_.shown_count && !out_.is_closed(); ++i) add_node(i);
  }

 private:
  [[nodiscard]] std::string_view text(StringId id) const { return report_.graph.profile.text(id); }

  [[nodiscard]] std::string value(std::int64_t value) const {
    const ValueFormat& format = report_.graph.format;
    const Scaled scaled = scale_value(value, format.sample_unit, format.output_unit);
    return std::to_string(truncate_to_int64(scaled.value));
  }

  // Relative to the node before if that is shorter.
  [[nodiscard]] std::string address(std::uint64_t address) const {
    std::string absolute = "0x" + to_hex(address);
    if (previous_ == nullptr) return absolute;
    if (previous_->address == address) return "*";
    const auto difference = static_cast<std::int64_t>(address - previous_->address);
    std::string relative = (difference > 0 ? "+" : "") + std::to_string(difference);
    return relative.size() < absolute.size() ? relative : absolute;
  }

  void add_node(std::uint32_t index) {
    const TrimmedNode& node = graph_.nodes[index];
    const NodeInfo& info = report_.graph.info(node);
    if (previous_ == nullptr || info.binary != previous_->binary || info.file != previous_->file ||
        info.name != previous_->name) {
      out_ << "\nob=" << binaries_.compressed(text(info.binary))
           << "\nfl=" << files_.compressed(text(info.file))
           << "\nfn=" << names_.compressed(text(info.name)) << "\n";
    }
    out_ << address(info.address) << " " << std::to_string(info.line) << " "
         << value(flat_of(node.sums)) << "\n";
    for (const std::uint32_t edge : edges_.out_of(index)) add_call(graph_.edges[edge]);
    previous_ = &info;
  }

  void add_call(const Edge& edge) {
    const NodeInfo& callee = report_.graph.info(graph_.nodes[edge.callee]);
    out_ << "cfl=" << files_.compressed(text(callee.file))
         << "\ncfn=" << names_.compressed(report_.callee_names[edge.callee]) << "\ncalls=0 "
         << address(callee.address) << " " << std::to_string(callee.line) << "\n* * "
         << value(edge.weight) << "\n";
  }

  const CallgrindReport& report_;
  const TrimmedGraph& graph_;
  EdgeLists edges_;
  Writer& out_;
  NameList binaries_;
  NameList files_;
  NameList names_;
  const NodeInfo* previous_ = nullptr;
};

}  // namespace

CallgrindReport build_callgrind(const ReportInput& input) {
  CallgrindReport report{.graph = build_graph_report(input), .callee_names = {}};
  report.callee_names = name_callees(report.graph);
  return report;
}

void render_callgrind_text(const CallgrindReport& report, Writer& out) {
  CallgrindText(report, out).write();
}

}  // namespace plumb
