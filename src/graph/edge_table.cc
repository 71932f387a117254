// SPDX-License-Identifier: Apache-2.0
#include "graph/edge_table.h"

#include <algorithm>

namespace plumb {

EdgeTable::Row& EdgeTable::add_after_growing(std::uint32_t caller, std::uint32_t callee,
                                             std::uint32_t hash_of_edge) {
  std::vector<Row> old(rows_.size() * 2);
  old.swap(rows_);
  for (const Row& row : old) {
    if (row.caller == kFree) continue;
    find(row.caller, row.callee, hash(row.caller, row.callee)) = row;
  }
  Row& row = find(caller, callee, hash_of_edge);
  row.caller = caller;
  row.callee = callee;
  return row;
}

void EdgeTable::add(const EdgeTable& other) {
  for (const Row& row : other.rows_) {
    if (row.caller == kFree) continue;
    find_or_add(row.caller, row.callee, hash(row.caller, row.callee))
        .add(row.weight, row.divisor, row.is_residual, row.is_inlined);
  }
}

std::vector<Edge> EdgeTable::sorted_edges(std::size_t node_count) const {
  std::vector<std::uint32_t> next(node_count + 1);
  for (const Row& row : rows_) {
    if (row.caller != kFree) ++next[row.caller + 1];
  }
  for (std::size_t i = 1; i < next.size(); ++i) next[i] += next[i - 1];
  std::vector<Edge> edges(used_);
  for (const Row& row : rows_) {
    if (row.caller == kFree) continue;
    edges[next[row.caller]++] = {.caller = row.caller,
                                 .callee = row.callee,
                                 .weight = row.weight,
                                 .weight_divisor = row.divisor,
                                 .is_residual = row.is_residual,
                                 .is_inlined = row.is_inlined};
  }
  // next[i] is now where the edges of caller i end.
  std::size_t begin = 0;
  for (std::size_t i = 0; i < node_count; ++i) {
    std::sort(edges.begin() + static_cast<std::ptrdiff_t>(begin), edges.begin() + next[i],
              [](const Edge& a, const Edge& b) { return a.callee < b.callee; });
    begin = next[i];
  }
  return edges;
}

}  // namespace plumb
