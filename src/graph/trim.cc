// SPDX-License-Identifier: Apache-2.0
#include "graph/trim.h"

#include <algorithm>

#include "base/checked.h"
#include "base/units.h"

namespace plumb {

bool is_listed(const Node& node, bool drop_negative) {
  if (node.cum == 0 && node.flat == 0) return false;
  if (!drop_negative) return true;
  return node.flat > 0 || (node.flat == 0 && node.cum >= 0);
}

std::int64_t trim_cutoff(std::int64_t total, double fraction) {
  return abs_wrapping(truncate_to_int64(static_cast<double>(total) * fraction));
}

TrimmedNodes trim_nodes(const std::vector<Node>& nodes, const TrimOptions& options,
                        const std::function<int(std::uint32_t, std::uint32_t)>& compare_names) {
  TrimmedNodes trimmed;
  std::int64_t total = 0;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (!is_listed(nodes[i], options.drop_negative)) continue;
    trimmed.order.push_back(i);
    total = add_wrapping(total, nodes[i].flat);
  }
  trimmed.edge_cutoff = trim_cutoff(total, options.edgefraction);
  const std::int64_t node_cutoff = trim_cutoff(total, options.nodefraction);
  if (node_cutoff > 0) {
    trimmed.dropped = std::erase_if(
        trimmed.order, [&](std::uint32_t i) { return abs_wrapping(nodes[i].cum) < node_cutoff; });
  }
  trimmed.count = trimmed.order.size();
  std::ranges::sort(trimmed.order, [&](std::uint32_t a, std::uint32_t b) {
    const std::int64_t flat_a = abs_wrapping(nodes[a].flat);
    const std::int64_t flat_b = abs_wrapping(nodes[b].flat);
    const std::int64_t cum_a = abs_wrapping(nodes[a].cum);
    const std::int64_t cum_b = abs_wrapping(nodes[b].cum);
    const std::int64_t first_a = options.by_cum ? cum_a : flat_a;
    const std::int64_t first_b = options.by_cum ? cum_b : flat_b;
    if (first_a != first_b) return first_a > first_b;
    if (const int names = compare_names(a, b); names != 0) return names < 0;
    const std::int64_t second_a = options.by_cum ? flat_a : cum_a;
    const std::int64_t second_b = options.by_cum ? flat_b : cum_b;
    if (second_a != second_b) return second_a > second_b;
    return a < b;
  });
  if (options.nodecount > 0) {
    const auto most = static_cast<std::uint64_t>(options.nodecount);
    trimmed.order.resize(std::min<std::uint64_t>(trimmed.count, most));
    // A node of the smallest integer weighs less than nothing to pprof.
    std::erase_if(trimmed.order, [&](std::uint32_t i) { return abs_wrapping(nodes[i].cum) < 0; });
  }
  trimmed.is_everything = trimmed.dropped == 0 && trimmed.order.size() == trimmed.count;
  return trimmed;
}

}  // namespace plumb
