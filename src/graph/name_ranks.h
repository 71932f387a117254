// SPDX-License-Identifier: Apache-2.0
// NameRanks: the printable names of nodes in order, so that nodes are compared by numbers.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/nodes.h"

namespace plumb {

struct NameRanks {
  std::vector<std::string> names;    ///< Sorted as bytes; no two are equal.
  std::vector<std::uint32_t> ranks;  ///< By node of the table: index in `names`, or kNone.
};

/// Ranks the nodes for which `is_used` is true. Addresses sort as numbers, because they are written
/// with all their digits.
NameRanks rank_names(const Profile& profile, const NodeTable& table,
                     const std::vector<bool>& is_used);

}  // namespace plumb
