// SPDX-License-Identifier: Apache-2.0
#include "graph/edge_table.h"

#include <algorithm>
#include <tuple>

#include "base/hash.h"
#include "base/release.h"

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
  if (++used_ * 4 > rows_.size() * 3) {
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

std::vector<Edge> EdgeTable::take_sorted(std::size_t node_count) {
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
  release(first_callers_);
  release(rows_);
  // next[i] is now where the edges of caller i end.
  std::size_t begin = 0;
  for (std::size_t i = 0; i < node_count; ++i) {
    std::sort(edges.begin() + static_cast<std::ptrdiff_t>(begin), edges.begin() + next[i],
              [](const Edge& a, const Edge& b) { return a.callee < b.callee; });
    begin = next[i];
  }
  return edges;
}

namespace {

bool precedes(const Edge& a, const Edge& b) {
  return std::tie(a.caller, a.callee) < std::tie(b.caller, b.callee);
}

}  // namespace

void sort_edges_by_ends(std::vector<Edge>& edges) {
  std::ranges::sort(edges, precedes);
}

std::vector<Edge> add_edges(std::vector<Edge> a, const std::vector<Edge>& b) {
  if (b.empty()) return a;
  std::vector<Edge> sum;
  sum.reserve(a.size() + b.size());
  auto other = b.begin();
  for (Edge& edge : a) {
    for (; other != b.end() && precedes(*other, edge); ++other) sum.push_back(*other);
    if (other != b.end() && !precedes(edge, *other)) {
      edge.weight = add_wrapping(edge.weight, other->weight);
      edge.weight_divisor = add_wrapping(edge.weight_divisor, other->weight_divisor);
      edge.is_residual = edge.is_residual || other->is_residual;
      edge.is_inlined = edge.is_inlined && other->is_inlined;
      ++other;
    }
    sum.push_back(edge);
  }
  sum.insert(sum.end(), other, b.end());
  return sum;
}

}  // namespace plumb
