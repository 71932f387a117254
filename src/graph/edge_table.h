// SPDX-License-Identifier: Apache-2.0
// EdgeTable: the edges of a graph while it is built, found by their two ends.

#pragma once

#include <cstdint>
#include <vector>

#include "base/checked.h"
#include "graph/graph.h"

namespace plumb {

/// Most calls of a function come from one place: the first caller of each node is kept beside the
/// others, where no search is needed. Those are found by open addressing. Not thread-safe.
class EdgeTable {
 public:
  /// 32 bytes, so that none lies in two lines of the cache.
  struct Row {
    std::uint32_t caller = kFree;
    std::uint32_t callee = 0;
    std::uint32_t sample = 0;  // The last one that was added.
    bool is_residual = false;
    bool is_inlined = true;
    std::int64_t weight = 0;
    std::int64_t divisor = 0;

    void add(std::int64_t more_weight, std::int64_t more_divisor, bool over_gap, bool inlined) {
      weight = add_wrapping(weight, more_weight);
      divisor = add_wrapping(divisor, more_divisor);
      is_residual = is_residual || over_gap;
      is_inlined = is_inlined && inlined;
    }
  };

  /// For nodes below `node_count`; others have all their callers among the others.
  explicit EdgeTable(std::size_t node_count) : first_callers_(node_count), rows_(kFirstSize) {}

  /// Fetches where the edges of `callee` are likely to be.
  void prefetch(std::uint32_t callee) const {
    if (callee < first_callers_.size()) __builtin_prefetch(&first_callers_[callee], 1);
  }

  /// The edge, which is new and without weight if it was not there. Valid until the next call.
  Row& find_or_add(std::uint32_t caller, std::uint32_t callee) {
    if (callee >= first_callers_.size()) return find_or_add_other(caller, callee);
    Row& first = first_callers_[callee];
    if (first.caller == caller) return first;
    if (first.caller != kFree) return find_or_add_other(caller, callee);
    first.caller = caller;
    first.callee = callee;
    return first;
  }

  /// All edges by caller and callee; the table has none afterwards. Requires: these are less than
  /// `node_count`.
  std::vector<Edge> take_sorted(std::size_t node_count);

 private:
  static constexpr std::size_t kFirstSize = 64;
  static constexpr std::uint32_t kFree = UINT32_MAX;

  Row& find_or_add_other(std::uint32_t caller, std::uint32_t callee);
  [[nodiscard]] std::size_t place_of(std::uint32_t caller, std::uint32_t callee) const;
  void grow();

  /// Calls `take(row)` for each edge.
  template <typename Take>
  void for_each(const Take& take) const {
    for (const std::vector<Row>* const rows : {&first_callers_, &rows_}) {
      for (const Row& row : *rows) {
        if (row.caller != kFree) take(row);
      }
    }
  }

  std::vector<Row> first_callers_;  // By callee.
  std::vector<Row> rows_;           // All others.
  std::size_t used_ = 0;            // Of rows_.
};

/// Sorts by caller and callee.
void sort_edges_by_ends(std::vector<Edge>& edges);

/// Adds up two lists of edges, each by caller and callee; so is the sum.
std::vector<Edge> add_edges(std::vector<Edge> a, const std::vector<Edge>& b);

}  // namespace plumb
