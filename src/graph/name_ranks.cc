// SPDX-License-Identifier: Apache-2.0
#include "graph/name_ranks.h"

#include <algorithm>
#include <utility>

namespace plumb {

NameRanks rank_names(const Profile& profile, const NodeTable& table,
                     const std::vector<bool>& is_used) {
  std::vector<std::pair<std::string, std::uint32_t>> named;
  named.reserve(static_cast<std::size_t>(std::ranges::count(is_used, true)));
  for (std::uint32_t i = 0; i < table.nodes.size(); ++i) {
    if (is_used[i]) named.emplace_back(printable_name(profile, table.nodes[i]), i);
  }
  std::ranges::sort(named);
  NameRanks result;
  result.ranks.assign(table.nodes.size(), kNone);
  for (auto& [name, node] : named) {
    if (result.names.empty() || result.names.back() != name) {
      result.names.push_back(std::move(name));
    }
    result.ranks[node] = static_cast<std::uint32_t>(result.names.size() - 1);
  }
  return result;
}

}  // namespace plumb
