// SPDX-License-Identifier: Apache-2.0
#include "graph/edge_table.h"

#include <algorithm>

#include "base/hash.h"

namespace plumb {

// Where the edge is, or may be put.
std::size_t EdgeTable::place_of(std::uint32_t caller, std::uint32_t callee) const {
  const std::size_t mask = rows_.size() - 1;
  std::size_t at = hash_mix(std::uint64_t{caller} << 32 | callee, kHashSeed) & mask;
  for (;; at = (at + 1) & mask) {
    const Row& row = rows_[at];
    if (row.caller == kFree || (row.caller == caller && row.callee == callee)) return at;
  }
}

EdgeTable::Row& EdgeTable::find_or_add_other(std::uint32_t caller, std::uint32_t callee) {
  std::size_t at = place_of(caller, callee);
  if (rows_[at].caller != kFree) return rows_[at];
  if (++used_ * 3 > rows_.size() * 2) {
    grow();
    at = place_of(caller, callee);
  }
  rows_[at].caller = caller;
  rows_[at].callee = callee;
  return rows_[at];
}

void EdgeTable::grow() {
  std::vector<Row> old(rows_.size() * 2);
  old.swap(rows_);
  for (const Row& row : old) {
    if (row.caller != kFree) rows_[place_of(row.caller, row.callee)] = row;
  }
}

void EdgeTable::add(const EdgeTable& other) {
  other.for_each([this](const Row& row) {
    find_or_add(row.caller, row.callee)
        .add(row.weight, row.divisor, row.is_residual, row.is_inlined);
  });
}

std::vector<Edge> EdgeTable::sorted_edges(std::size_t node_count) const {
  std::vector<std::uint32_t> next(node_count + 1);
  for_each([&next](const Row& row) { ++next[row.caller + 1]; });
  for (std::size_t i = 1; i < next.size(); ++i) next[i] += next[i - 1];
  std::vector<Edge> edges(next.back());
  for_each([&](const Row& row) {
    edges[next[row.caller]++] = {.caller = row.caller,
                                 .callee = row.callee,
                                 .weight = row.weight,
                                 .weight_divisor = row.divisor,
                                 .is_residual = row.is_residual,
                                 .is_inlined = row.is_inlined};
  });
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
