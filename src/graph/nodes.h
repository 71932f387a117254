// SPDX-License-Identifier: Apache-2.0
// From locations to nodes: which entries of a report the frames of a profile stand for.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/profile.h"

namespace plumb {

/// What makes two frames the same node. How much of it is filled depends on how the profile was
/// aggregated (model/aggregate.h); what is blank there is blank here.
struct NodeInfo {
  StringId name;
  StringId file;
  std::int64_t line = 0;
  std::int64_t column = 0;
  std::uint64_t address = 0;
  StringId binary;              ///< Only if the name is empty, or with_binaries was asked for.
  std::int64_t start_line = 0;  ///< As binary.
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

/// Whether functions of the same name in different binaries are different nodes.
enum class WithBinaries : std::uint8_t { No, Yes };

/// Makes the nodes of all locations of an aggregated profile.
NodeTable build_nodes(const Profile& profile, WithBinaries with_binaries = WithBinaries::No);

/// The name of a node as reports show it: "main.work", "main.work main.go:12",
/// "0000000000401000 main.work main.go:12", "[binary]", "<unknown>".
std::string printable_name(const Profile& profile, const NodeInfo& node);

/// Orders nodes by printable name, addresses as numbers: negative, zero, positive.
int compare_printable_names(const Profile& profile, const NodeInfo& a, const NodeInfo& b);

}  // namespace plumb
