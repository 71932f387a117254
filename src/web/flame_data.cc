// SPDX-License-Identifier: Apache-2.0
#include "web/flame_data.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "base/checked.h"
#include "base/equal_rows.h"
#include "base/try.h"
#include "graph/nodes.h"
#include "model/regexp.h"
#include "report/flame_trie.h"
#include "report/sample_view.h"
#include "web/age_bounds.h"
#include "web/flame_mix.h"
#include "web/view_text.h"

namespace plumb::web {
namespace {

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out += static_cast<char>(value | 0x80U);
  out += static_cast<char>(value);
}

std::uint64_t zigzag(std::int64_t value) {
  const std::uint64_t sign = value < 0 ? ~std::uint64_t{0} : 0;
  return (static_cast<std::uint64_t>(value) << 1U) ^ sign;
}

std::uint64_t size_of(std::int64_t value) {
  return static_cast<std::uint64_t>(abs_saturating(value));
}

// As pprof's flame graph: "main.work:12", without the file, which is told apart.
std::string name_of(const Profile& profile, const NodeInfo& node) {
  if (node.name.index == 0) return printable_name(profile, node);
  std::string name(profile.text(node.name));
  if (node.line != 0) name += ':' + std::to_string(node.line);
  if (node.column != 0) name += ':' + std::to_string(node.column);
  return name;
}

// The names and files of the nodes that occur, each once.
class NameTable {
 public:
  NameTable(const Profile& profile, const NodeTable& table)
      : profile_(profile), table_(table), index_of_(table.nodes.size(), kNone) {
    names_.push_back("root");
    file_of_.push_back(0);
    files_.push_back("");
    file_index_[0] = 0;
  }

  std::uint32_t index(std::uint32_t info) {
    if (index_of_[info] != kNone) return index_of_[info];
    const NodeInfo& node = table_.nodes[info];
    index_of_[info] = static_cast<std::uint32_t>(names_.size());
    names_.push_back(name_of(profile_, node));
    file_of_.push_back(file(node.file));
    return index_of_[info];
  }

  // What stands for boxes that were folded.
  std::uint32_t smaller() {
    if (smaller_ == kNone) {
      smaller_ = static_cast<std::uint32_t>(names_.size());
      names_.push_back("(smaller boxes)");
      file_of_.push_back(0);
    }
    return smaller_;
  }

  void fill(Json& data) {
    data["names"] = std::move(names_);
    data["files"] = std::move(files_);
    data["file_of"] = std::move(file_of_);
  }

 private:
  std::uint32_t file(StringId id) {
    const auto [row, is_new] = file_index_.emplace(id.index, files_.size());
    if (is_new) files_.push_back(profile_.text(id));
    return row->second;
  }

  const Profile& profile_;
  const NodeTable& table_;
  std::vector<std::uint32_t> index_of_;  // By node; kNone: not met yet.
  Json names_ = Json::array();
  Json files_ = Json::array();
  Json file_of_ = Json::array();
  std::uint32_t smaller_ = kNone;
  std::map<std::uint32_t, std::uint32_t> file_index_;  // By StringId.
};

// The frames of nodes, as the reports of pprof have them.
class NodeStacks final : public FlameStacks {
 public:
  NodeStacks(const ReportInput& input, const NodeTable& table)
      : profile_(input.profile), column_(input.samples.weights.value), table_(table) {}

  [[nodiscard]] std::size_t sample_count() const override { return profile_.sample_count(); }
  [[nodiscard]] std::size_t frame_count() const override { return table_.nodes.size(); }
  [[nodiscard]] std::int64_t value(std::size_t sample) const override {
    return profile_.values(sample)[column_];
  }
  void append(std::size_t sample, std::vector<std::uint32_t>& frames) override {
    profile_.read_stack(sample, stack_);
    for (std::size_t at = stack_.size(); at-- > 0;) {
      const auto nodes = table_.of(stack_[at]);
      for (std::size_t line = nodes.size(); line-- > 0;) {
        frames.push_back(nodes[line] * 2 + (line + 1 != nodes.size() ? 1 : 0));
      }
    }
  }
  // Nodes have the order in which the profile names them.
  [[nodiscard]] bool comes_first(FrameIndex a, FrameIndex b) const override { return a < b; }

 private:
  const Profile& profile_;
  const std::size_t column_;
  const NodeTable& table_;
  std::vector<LocationId> stack_;
};

// Writes boxes as columns, in the order of a walk; what is folded stands behind the other children.
class ColumnWriter {
 public:
  ColumnWriter(const FlameTree& tree, const FlameMix& mix, NameTable& names)
      : tree_(tree), mix_(mix), names_(names), first_(tree.boxes.size() + 1, 0) {
    // Children stand side by side, in order.
    for (std::uint32_t i = 1; i < tree.boxes.size(); ++i) {
      std::uint32_t& first = first_[tree.boxes[i].parent];
      if (first == 0) first = i;
    }
  }

  std::string write(Json& data) {
    std::vector<std::uint32_t> todo = {0};
    while (!todo.empty()) {
      const std::uint32_t index = todo.back();
      todo.pop_back();
      const bool is_folded = index >= tree_.boxes.size();
      const FlameBox& box = tree_.boxes[is_folded ? index - tree_.boxes.size() : index];
      add_mix(index);
      if (is_folded) {
        add(names_.smaller(), box.row + 1, false, box.folded, box.folded_net);
        continue;
      }
      add(index == 0 ? 0 : names_.index(box.frame), box.row, box.is_inlined, box.self, box.net);
      push_children(index, todo);
    }
    data["rows"] = rows_;
    data["columns"] = {{"name", name_.size()}, {"up", up_.size()}, {"self", self_.size()}};
    if (tree_.has_negative) data["columns"]["net"] = net_.size();
    if (!mix_.is_empty()) data["columns"]["mix"] = mix_text_.size();
    return name_ + up_ + self_ + net_ + mix_text_;
  }

 private:
  // Of a folded part: the number of its box, counted on behind all boxes.
  void push_children(std::uint32_t index, std::vector<std::uint32_t>& todo) const {
    const auto count = static_cast<std::uint32_t>(tree_.boxes.size());
    if (tree_.boxes[index].folded > 0) todo.push_back(count + index);
    if (first_[index] == 0) return;
    std::uint32_t end = first_[index];
    while (end < count && tree_.boxes[end].parent == index) ++end;
    while (end > first_[index]) todo.push_back(--end);
  }

  void add_mix(std::uint32_t target) {
    if (mix_.is_empty()) return;
    const auto parts = equal_rows(mix_.parts, target, &MixPart::target);
    append_varint(mix_text_, parts.size());
    for (const MixPart& part : parts) append_varint(mix_text_, part.mix_class);
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      append_varint(mix_text_, size_of(parts[i].size));
    }
  }

  void add(std::uint32_t name, std::uint32_t depth, bool is_inlined, std::int64_t self,
           std::int64_t net) {
    const std::uint32_t climb = rows_ == 0 ? 0 : depth_ + 1 - depth;
    depth_ = depth;
    ++rows_;
    append_varint(name_, name);
    append_varint(up_, std::uint64_t{climb} * 2 + (is_inlined ? 1 : 0));
    append_varint(self_, size_of(self));
    if (tree_.has_negative) append_varint(net_, zigzag(net));
  }

  const FlameTree& tree_;
  const FlameMix& mix_;
  NameTable& names_;
  std::vector<std::uint32_t> first_;  // Per box: its first child; 0: none.
  std::uint32_t depth_ = 0;           // Of the row before.
  std::size_t rows_ = 0;
  std::string name_;
  std::string up_;
  std::string self_;
  std::string net_;
  std::string mix_text_;
};

Json mix_json(const FlameMix& mix) {
  if (mix.is_empty()) return nullptr;
  Json json = {{"states", mix.states}, {"classes", Json::array()}, {"age_bounds", nullptr}};
  for (const MixClass& one : mix.classes) json["classes"].push_back({one.state, one.age});
  if (mix.has_ages) json["age_bounds"] = std::vector(kAgeBounds.begin(), kAgeBounds.end() - 1);
  json["is_inferred"] = mix.is_inferred;
  return json;
}

}  // namespace

NodeTable build_page_nodes(const ReportInput& input) {
  NodeTable table = build_nodes(input.profile);
  if (input.hidden.empty()) return table;
  std::uint32_t kept = 0;
  for (std::size_t i = 0; i + 1 < table.first.size(); ++i) {
    const std::uint32_t begin = table.first[i];
    const std::uint32_t end = table.first[i + 1];
    table.first[i] = kept;
    if (input.hidden[i] != 0) continue;
    for (std::uint32_t k = begin; k < end; ++k) {
      table.location_nodes[kept++] = table.location_nodes[k];
    }
  }
  table.first.back() = kept;
  table.location_nodes.resize(kept);
  return table;
}

FlameTree build_page_tree(const ReportInput& input, const NodeTable& table,
                          const SortedStacks* sorted) {
  FlameOptions options;
  options.least_share = 1.0 / 4'000;  // A third of a pixel.
  options.few_frames = 100'000;       // They make so few boxes that all can be shown.
  options.most_boxes = kMostPageBoxes;
  if (sorted != nullptr) {
    const SortedSamples samples{sorted->trie, sorted->profile, input.profile,
                                input.samples.weights.value, table};
    if (auto tree = build_sorted_flame_tree(samples, options)) return *std::move(tree);
  }
  NodeStacks stacks(input, table);
  return build_flame_tree(stacks, options);
}

Result<std::string> build_flame_data(const ViewInput& input, const Query& /*query*/, Json& data) {
  fill_legend(input);
  const Profile& profile = input.report.profile;
  const NodeTable table = build_page_nodes(input.report);
  const FlameTree tree = build_page_tree(input.report, table, input.sorted);
  NameTable names(profile, table);
  NodeStacks stacks(input.report, table);
  const std::size_t column = input.report.samples.weights.value;
  const FlameMix mix = build_flame_mix(tree, stacks, profile, column);
  std::string columns = ColumnWriter(tree, mix, names).write(data);
  data["mix"] = mix_json(mix);
  data["cut_below"] = tree.least > 1 ? Json(input.report.samples.format(tree.least)) : nullptr;
  names.fill(data);
  return columns;
}

Result<Json> build_matched(const ReportInput& input, const Query& query) {
  TRY_ASSIGN(const Regexp regexp, Regexp::compile(query.get("q")));
  const Profile& profile = input.profile;
  const NodeTable table = build_nodes(profile);
  std::vector<std::uint8_t> nodes(table.nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    nodes[i] = regexp.matches(name_of(profile, table.nodes[i])) ? 1 : 0;
  }
  std::vector<std::uint8_t> locations(profile.locations.size());
  for (std::uint32_t i = 0; i < locations.size(); ++i) {
    for (const std::uint32_t node : table.of({i})) locations[i] |= nodes[node];
  }
  std::int64_t matched = 0;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    const std::int64_t size = abs_saturating(profile.values(i)[input.samples.weights.value]);
    total = add_saturating(total, size);
    for (const LocationId id : profile.stack(i)) {
      if (locations[id.index] == 0) continue;
      matched = add_saturating(matched, size);
      break;
    }
  }
  return Json{{"matched", matched}, {"total", total}};
}

std::string join_flame_data(std::string_view json, std::string_view columns) {
  std::string out = "PLFG";
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out += static_cast<char>((json.size() >> shift) & 0xffU);
  }
  out += json;
  out += columns;
  return out;
}

}  // namespace plumb::web
