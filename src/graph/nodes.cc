// SPDX-License-Identifier: Apache-2.0
#include "graph/nodes.h"

#include <unordered_map>

#include "base/hash.h"
#include "base/paths.h"

namespace plumb {
namespace {

struct NodeInfoHash {
  std::size_t operator()(const NodeInfo& node) const {
    const std::uint64_t names = std::uint64_t{node.name.index} << 32 | node.binary.index;
    return hash_mix(names ^ kHashSeed, static_cast<std::uint64_t>(node.start_line));
  }
};

NodeInfo node_of_line(const Profile& profile, const Location& location, const Line& line) {
  const Function& function = profile.function(line.function);
  NodeInfo node{.name = function.name, .binary = {}, .start_line = 0};
  if (node.name.index != 0) return node;
  if (location.mapping.index != kNone) node.binary = profile.mappings[location.mapping.index].file;
  node.start_line = function.start_line;
  return node;
}

}  // namespace

NodeTable build_function_nodes(const Profile& profile) {
  NodeTable table;
  std::unordered_map<NodeInfo, std::uint32_t, NodeInfoHash> known;
  const auto add = [&](const NodeInfo& node) {
    const auto [it, is_new] =
        known.try_emplace(node, static_cast<std::uint32_t>(table.nodes.size()));
    if (is_new) table.nodes.push_back(node);
    table.location_nodes.push_back(it->second);
  };
  table.first.reserve(profile.locations.size() + 1);
  for (const Location& location : profile.locations) {
    table.first.push_back(static_cast<std::uint32_t>(table.location_nodes.size()));
    for (const Line& line : profile.lines_of(location)) add(node_of_line(profile, location, line));
    if (location.line_count > 0) continue;
    NodeInfo node;
    if (location.mapping.index != kNone) {
      node.binary = profile.mappings[location.mapping.index].file;
    }
    add(node);
  }
  table.first.push_back(static_cast<std::uint32_t>(table.location_nodes.size()));
  return table;
}

std::string printable_name(const Profile& profile, const NodeInfo& node) {
  if (node.name.index != 0) return std::string(profile.text(node.name));
  if (node.binary.index == 0) return "<unknown>";
  return "[" + std::string(path_base(profile.text(node.binary))) + "]";
}

}  // namespace plumb
