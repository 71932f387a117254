// SPDX-License-Identifier: Apache-2.0
#include "web/flame_data.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "base/checked.h"
#include "base/paths.h"
#include "graph/nodes.h"
#include "report/sample_view.h"
#include "web/flame_rows.h"
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
    if (info == FlameRow::kRoot) return 0;
    if (info == FlameRow::kSmaller) return smaller();
    if (index_of_[info] != kNone) return index_of_[info];
    const NodeInfo& node = table_.nodes[info];
    index_of_[info] = static_cast<std::uint32_t>(names_.size());
    names_.push_back(name_of(node));
    file_of_.push_back(file(node.file));
    return index_of_[info];
  }

  void fill(Json& data) {
    data["names"] = std::move(names_);
    data["files"] = std::move(files_);
    data["file_of"] = std::move(file_of_);
  }

 private:
  std::uint32_t smaller() {
    if (smaller_ == kNone) {
      smaller_ = static_cast<std::uint32_t>(names_.size());
      names_.push_back("(smaller boxes)");
      file_of_.push_back(0);
    }
    return smaller_;
  }

  // As pprof's flame graph: "main.work:12", without the file, which is told apart.
  [[nodiscard]] std::string name_of(const NodeInfo& node) const {
    if (node.name.index == 0) return printable_name(profile_, node);
    std::string name(profile_.text(node.name));
    if (node.line != 0) name += ':' + std::to_string(node.line);
    if (node.column != 0) name += ':' + std::to_string(node.column);
    return name;
  }

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

// Writes the rows as columns, in the order of a walk.
class ColumnWriter {
 public:
  ColumnWriter(const std::vector<FlameRow>& rows, NameTable& names, bool has_negative)
      : rows_(rows), names_(names), has_negative_(has_negative) {
    sort_children();
  }

  std::string write(Json& data) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> todo = {{0, 0}};  // Row, depth.
    std::uint32_t depth_before = 0;
    while (!todo.empty()) {
      const auto [row, depth] = todo.back();
      todo.pop_back();
      add(rows_[row], row == 0 ? 0 : depth_before + 1 - depth);
      depth_before = depth;
      for (std::uint32_t i = first_[row + 1]; i-- > first_[row];) {
        todo.emplace_back(children_[i], depth + 1);
      }
    }
    data["rows"] = rows_.size();
    data["columns"] = {{"name", name_.size()}, {"up", up_.size()}, {"self", self_.size()}};
    if (has_negative_) data["columns"]["net"] = net_.size();
    return name_ + up_ + self_ + net_;
  }

 private:
  void sort_children() {
    first_.assign(rows_.size() + 1, 0);
    for (std::size_t i = 1; i < rows_.size(); ++i) ++first_[rows_[i].parent + 1];
    for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
    children_.resize(rows_.size() - 1);
    std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
    for (std::uint32_t i = 1; i < rows_.size(); ++i) children_[next[rows_[i].parent]++] = i;
    for (std::size_t i = 0; i + 1 < first_.size(); ++i) {
      // Of equal ones the first in the profile stays the first.
      std::stable_sort(children_.begin() + first_[i], children_.begin() + first_[i + 1],
                       [this](auto a, auto b) { return rows_[a].size > rows_[b].size; });
    }
  }

  void add(const FlameRow& row, std::uint32_t climb) {
    append_varint(name_, names_.index(row.info));
    append_varint(up_, std::uint64_t{climb} * 2 + (row.is_inlined ? 1 : 0));
    append_varint(self_, size_of(row.self));
    if (has_negative_) append_varint(net_, zigzag(row.net));
  }

  const std::vector<FlameRow>& rows_;
  NameTable& names_;
  bool has_negative_;
  std::vector<std::uint32_t> first_;     // Per row, into children_, and one more.
  std::vector<std::uint32_t> children_;  // Of all rows, end to end, the heaviest first.
  std::string name_;
  std::string up_;
  std::string self_;
  std::string net_;
};

}  // namespace

Result<std::string> build_flame_data(const ViewInput& input, const Query& /*query*/, Json& data) {
  fill_legend(input);
  const Profile& profile = input.report.profile;
  const NodeTable table = build_nodes(profile);
  const FlameRows built = build_flame_rows(input.report, table);
  NameTable names(profile, table);
  std::string columns = ColumnWriter(built.rows, names, built.has_negative).write(data);
  data["cut_below"] = built.least > 1 ? Json(input.report.samples.format(built.least)) : nullptr;
  names.fill(data);
  return columns;
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
