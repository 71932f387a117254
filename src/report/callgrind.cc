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

// Gives the nodes of a report their names.
class FunctionNamer {
 public:
  explicit FunctionNamer(CallgrindReport& report) : report_(report), graph_(report.graph) {}

  void name_all() {
    const TrimmedGraph& graph = graph_.graph;
    index_of(std::string());
    number_functions();
    report_.callee_names.resize(graph.nodes.size());
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const NodeInfo& info = graph_.info(graph.nodes[i]);
      report_.function_names.push_back(index_of(info.name));
      if (i < graph.shown_count) report_.callee_names[i] = name_for_calls(i, info);
    }
  }

 private:
  // Numbers the different functions of each name and file.
  void number_functions() {
    std::unordered_map<FunctionKey, std::size_t, FunctionHash> known;
    for (std::size_t i = 0; i < graph_.graph.shown_count; ++i) {
      const FunctionKey key = function_of(graph_, graph_.graph.nodes[i]);
      std::size_t& count = count_of_name_[name_key(key.info)];
      const auto [it, is_new] = known.try_emplace(key, count + 1);
      if (is_new) ++count;
      numbers_.push_back(it->second);
    }
  }

  std::uint32_t name_for_calls(std::size_t node, const NodeInfo& info) {
    const std::size_t count = count_of_name_[name_key(info)];
    if (count == 1) return index_of(info.name);
    return index_of(std::string(graph_.profile.text(info.name)) + " [" +
                    std::to_string(numbers_[node]) + "/" + std::to_string(count) + "]");
  }

  std::uint32_t index_of(StringId id) {
    const auto [it, is_new] = index_of_id_.try_emplace(id.index, 0);
    if (is_new) it->second = index_of(std::string(graph_.profile.text(id)));
    return it->second;
  }

  std::uint32_t index_of(std::string name) {
    const auto next = static_cast<std::uint32_t>(report_.names.size());
    const auto [it, is_new] = index_of_text_.try_emplace(name, next);
    if (is_new) report_.names.push_back(std::move(name));
    return it->second;
  }

  CallgrindReport& report_;
  const GraphReport& graph_;
  std::unordered_map<std::uint64_t, std::size_t> count_of_name_;
  std::vector<std::size_t> numbers_;  // By node.
  std::unordered_map<std::uint32_t, std::uint32_t> index_of_id_;
  std::unordered_map<std::string, std::uint32_t> index_of_text_;
};

// Names that were written before are written as their number.
class NameList {
 public:
  // `key`: the same for the same name, small; 0 of the empty name.
  void append(std::string& out, std::uint32_t key, std::string_view name) {
    if (key == 0) return;
    if (key >= numbers_.size()) numbers_.resize(2 * std::size_t{key} + 64);
    std::uint32_t& number = numbers_[key];
    const bool is_new = number == 0;
    if (is_new) number = ++count_;
    out += '(';
    out += std::to_string(number);
    out += ')';
    if (!is_new) return;
    out += ' ';
    out += name;
  }

 private:
  std::vector<std::uint32_t> numbers_;  // By key; 0: not written yet.
  std::uint32_t count_ = 0;
};

class CallgrindText {
 public:
  CallgrindText(const CallgrindReport& report, Writer& out)
      : report_(report), graph_(report.graph.graph), edges_(graph_), out_(out) {
    const ValueFormat& format = report.graph.format;
    has_one_unit_ = format.output_unit != "minimum" && format.output_unit != "auto";
    if (has_one_unit_) scale_ = find_unit_scale(format.sample_unit, format.output_unit);
  }

  void write() {
    const ValueFormat& format = report_.graph.format;
    out_ << "positions: instr line\nevents: " << report_.graph.sample_type << "("
         << format.output_unit << ")\n";
    for (std::uint32_t i = 0; i < graph_.shown_count && !out_.is_closed(); ++i) add_node(i);
  }

 private:
  [[nodiscard]] std::string_view text(StringId id) const { return report_.graph.profile.text(id); }

  void append_value(std::int64_t value) {
    const ValueFormat& format = report_.graph.format;
    const double scaled = has_one_unit_
                              ? scale_(value)
                              : scale_value(value, format.sample_unit, format.output_unit).value;
    text_ += std::to_string(truncate_to_int64(scaled));
  }

  // Relative to the node before if that is shorter.
  void append_address(std::uint64_t address) {
    if (previous_ != nullptr && previous_->address == address) {
      text_ += '*';
      return;
    }
    const std::string absolute = "0x" + to_hex(address);
    if (previous_ == nullptr) {
      text_ += absolute;
      return;
    }
    const auto difference = static_cast<std::int64_t>(address - previous_->address);
    const std::string relative = (difference > 0 ? "+" : "") + std::to_string(difference);
    text_ += relative.size() < absolute.size() ? relative : absolute;
  }

  void add_node(std::uint32_t index) {
    const TrimmedNode& node = graph_.nodes[index];
    const NodeInfo& info = report_.graph.info(node);
    text_.clear();
    if (previous_ == nullptr || info.binary != previous_->binary || info.file != previous_->file ||
        info.name != previous_->name) {
      text_ += "\nob=";
      binaries_.append(text_, info.binary.index, text(info.binary));
      text_ += "\nfl=";
      files_.append(text_, info.file.index, text(info.file));
      text_ += "\nfn=";
      append_name(report_.function_names[index]);
      text_ += '\n';
    }
    append_cost(info, flat_of(node.sums));
    for (const std::uint32_t edge : edges_.out_of(index)) add_call(graph_.edges[edge]);
    out_ << text_;
    previous_ = &info;
  }

  void add_call(const Edge& edge) {
    const NodeInfo& callee = report_.graph.info(graph_.nodes[edge.callee]);
    text_ += "cfl=";
    files_.append(text_, callee.file.index, text(callee.file));
    text_ += "\ncfn=";
    append_name(report_.callee_names[edge.callee]);
    text_ += "\ncalls=0 ";
    append_place(callee);
    text_ += "\n* * ";
    append_value(edge.weight);
    text_ += '\n';
  }

  void append_name(std::uint32_t name) { names_.append(text_, name, report_.names[name]); }

  void append_cost(const NodeInfo& info, std::int64_t value) {
    append_place(info);
    text_ += ' ';
    append_value(value);
    text_ += '\n';
  }

  void append_place(const NodeInfo& info) {
    append_address(info.address);
    text_ += ' ';
    text_ += std::to_string(info.line);
  }

  const CallgrindReport& report_;
  const TrimmedGraph& graph_;
  EdgeLists edges_;
  Writer& out_;
  NameList binaries_;
  NameList files_;
  NameList names_;
  bool has_one_unit_ = false;
  UnitScale scale_;
  const NodeInfo* previous_ = nullptr;
  std::string text_;
};

}  // namespace

CallgrindReport build_callgrind(const ReportInput& input) {
  CallgrindReport report{
      .graph = build_graph_report(input), .names = {}, .function_names = {}, .callee_names = {}};
  FunctionNamer(report).name_all();
  return report;
}

void render_callgrind_text(const CallgrindReport& report, Writer& out) {
  CallgrindText(report, out).write();
}

}  // namespace plumb
