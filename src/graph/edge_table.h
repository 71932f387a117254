// SPDX-License-Identifier: Apache-2.0
// EdgeTable: the edges of a graph while it is built, found by their two ends.

#pragma once

#include <cstdint>
#include <vector>

#include "base/checked.h"
#include "base/hash.h"
#include "graph/graph.h"

namespace plumb {

/// Open addressing; an edge is one place in memory, which can be fetched ahead. Not thread-safe.
class EdgeTable {
 public:
  struct Row {
    std::uint32_t caller = kFree;
    std::uint32_t callee = 0;
    std::int64_t weight = 0;
    std::int64_t divisor = 0;
    std::uint32_t sample = 0;  // The last one that was added.
    bool is_residual = false;
    bool is_inlined = true;

    void add(std::int64_t more_weight, std::int64_t more_divisor, bool over_gap, bool inlined) {
      weight = add_wrapping(weight, more_weight);
      divisor = add_wrapping(divisor, more_divisor);
      is_residual = is_residual || over_gap;
      is_inlined = is_inlined && inlined;
    }
  };

  EdgeTable() : rows_(kFirstSize) {}

  static std::uint32_t hash(std::uint32_t caller, std::uint32_t callee) {
    return static_cast<std::uint32_t>(hash_mix(std::uint64_t{caller} << 32 | callee, kHashSeed));
  }
  void prefetch(std::uint32_t hash) const { __builtin_prefetch(&rows_[hash & mask()], 1); }

  /// The edge, which is new and without weight if it was not there. Valid until the next call.
  Row& find_or_add(std::uint32_t caller, std::uint32_t callee, std::uint32_t hash) {
    Row& row = find(caller, callee, hash);
    if (row.caller != kFree) return row;
    if (++used_ * 3 > rows_.size() * 2) return add_after_growing(caller, callee, hash);
    row.caller = caller;
    row.callee = callee;
    return row;
  }

  /// Adds the edges of another table.
  void add(const EdgeTable& other);

  /// All edges by caller and callee. `node_count`: more than any end of an edge.
  [[nodiscard]] std::vector<Edge> sorted_edges(std::size_t node_count) const;

 private:
  static constexpr std::size_t kFirstSize = 64;
  static constexpr std::uint32_t kFree = UINT32_MAX;

  [[nodiscard]] std::size_t mask() const { return rows_.size() - 1; }

  Row& find(std::uint32_t caller, std::uint32_t callee, std::uint32_t hash) {
    std::size_t at = hash & mask();
    for (;; at = (at + 1) & mask()) {
      Row& row = rows_[at];
      if (row.caller == kFree || (row.caller == caller && row.callee == callee)) return row;
    }
  }

  Row& add_after_growing(std::uint32_t caller, std::uint32_t callee, std::uint32_t hash);

  std::vector<Row> rows_;
  std::size_t used_ = 0;
};

}  // namespace plumb
