// SPDX-License-Identifier: Apache-2.0
#include "graph/nodes.h"

#include "base/dedup_table.h"
#include "base/hash.h"
#include "base/paths.h"
#include "base/strings.h"

namespace plumb {
namespace {

std::uint64_t hash_of(const NodeInfo& node) {
  std::uint64_t hash = hash_mix(std::uint64_t{node.name.index} << 32 | node.file.index,
                                kHashSeed ^ static_cast<std::uint64_t>(node.line));
  hash = hash_mix(hash ^ node.address, static_cast<std::uint64_t>(node.column) ^ kHashSeed);
  return hash_mix(hash ^ node.binary.index, static_cast<std::uint64_t>(node.start_line));
}

class NodeMaker {
 public:
  NodeMaker(const Profile& profile, WithBinaries with_binaries)
      : profile_(profile), with_binaries_(with_binaries == WithBinaries::Yes) {}

  NodeTable make() {
    table_.first.reserve(profile_.locations.size() + 1);
    table_.location_nodes.reserve(profile_.locations.size());
    table_.nodes.reserve(profile_.lines.size());  // Address space, not memory.
    known_.reserve(profile_.functions.size());
    for (const Location& location : profile_.locations) {
      table_.first.push_back(static_cast<std::uint32_t>(table_.location_nodes.size()));
      for (const Line& line : profile_.lines_of(location)) add(node_of_line(location, line));
      if (location.line_count == 0) {
        NodeInfo node;
        node.address = location.address;
        node.binary = binary_of(location);
        add(node);
      }
    }
    table_.first.push_back(static_cast<std::uint32_t>(table_.location_nodes.size()));
    return std::move(table_);
  }

 private:
  void add(const NodeInfo& node) {
    const auto next = static_cast<std::uint32_t>(table_.nodes.size());
    const std::uint32_t row = known_.find_or_add(
        hash_of(node), next, [&](std::uint32_t other) { return table_.nodes[other] == node; });
    table_.location_nodes.push_back(row);
    if (row != next) return;
    table_.nodes.push_back(node);
    // More nodes than functions: one for each line, then.
    if (next == profile_.functions.size()) known_.reserve(profile_.lines.size());
  }

  [[nodiscard]] StringId binary_of(const Location& location) const {
    if (location.mapping.index == kNone) return {};
    return profile_.mappings[location.mapping.index].file;
  }

  [[nodiscard]] NodeInfo node_of_line(const Location& location, const Line& line) const {
    const Function& function = profile_.function(line.function);
    NodeInfo node;
    node.name = function.name;
    node.file = function.file;
    node.line = line.line;
    node.column = line.column;
    node.address = location.address;
    if (!with_binaries_ && node.name.index != 0) return node;
    node.binary = binary_of(location);
    node.start_line = function.start_line;
    return node;
  }

  const Profile& profile_;
  const bool with_binaries_;
  NodeTable table_;
  DedupTable known_;
};

// The place of a node in the source, as far as it is known: "main.go:12:3", "main.go", "".
std::string place_of(const Profile& profile, const NodeInfo& node) {
  std::string place(profile.text(node.file));
  if (node.line == 0) return place;
  place += ':' + std::to_string(node.line);
  if (node.column != 0) place += ':' + std::to_string(node.column);
  return place;
}

}  // namespace

NodeTable build_nodes(const Profile& profile, WithBinaries with_binaries) {
  return NodeMaker(profile, with_binaries).make();
}

std::string printable_name(const Profile& profile, const NodeInfo& node) {
  std::string name;
  const auto add = [&name](std::string_view part) {
    if (!name.empty()) name += ' ';
    name += part;
  };
  if (node.address != 0) add(to_hex(node.address, 16));
  if (node.name.index != 0) add(profile.text(node.name));
  const std::string place = place_of(profile, node);
  if (!place.empty()) {
    add(place);
  } else if (node.name.index != 0) {
    return name;
  } else if (node.binary.index != 0) {
    add("[" + std::string(path_base(profile.text(node.binary))) + "]");
  } else {
    add("<unknown>");
  }
  return name;
}

int compare_printable_names(const Profile& profile, const NodeInfo& a, const NodeInfo& b) {
  if (a == b) return 0;
  if (a.address != 0 && b.address != 0 && a.address != b.address) {
    return a.address < b.address ? -1 : 1;
  }
  return printable_name(profile, a).compare(printable_name(profile, b));
}

}  // namespace plumb
