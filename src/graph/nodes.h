// SPDX-License-Identifier: Apache-2.0
// From locations to nodes: which entries of a report the frames of a profile stand for.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/profile.h"

namespace plumb {

/// What makes two frames the same node: at function granularity the name; of frames without a name,
/// the binary (and the line where a nameless function starts).
struct NodeInfo {
  StringId name;
  StringId binary;              ///< Only if the name is empty.
  std::int64_t start_line = 0;  ///< Only if the name is empty.
  friend bool operator==(const NodeInfo&, const NodeInfo&) = default;
};

/// The nodes of a profile, and those of each location.
struct NodeTable {
  std::vector<NodeInfo> nodes;

  /// Nodes of a location, innermost inlined function first. Never empty.
  [[nodiscard]] std::span<const std::uint32_t> of(LocationId id) const {
    return std::span(location_nodes)
        .subspan(first[id.index], first[id.index + 1] - first[id.index]);
  }

  std::vector<std::uint32_t> location_nodes;  ///< Of all locations, end to end.
  std::vector<std::uint32_t> first;           ///< Per location, and one more.
};

/// Makes the nodes of all locations at function granularity.
NodeTable build_function_nodes(const Profile& profile);

/// "main.work", "[binary]", "<unknown>".
std::string printable_name(const Profile& profile, const NodeInfo& node);

}  // namespace plumb
