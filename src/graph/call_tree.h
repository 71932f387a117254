// SPDX-License-Identifier: Apache-2.0
// CallTree: a node for each way from the root, as pprof's option call_tree wants it.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "graph/graph.h"

namespace plumb {

/// Not thread-safe.
class CallTree {
 public:
  static constexpr std::uint32_t kNoParent = UINT32_MAX;

  /// A node below its parent, which has a smaller index. The edge between them weighs as much as
  /// the node: every sample with it came that way.
  struct Row {
    std::uint32_t parent = kNoParent;
    std::uint32_t info = 0;  ///< Index in the NodeTable.
    Node sums;
    bool is_inlined = true;  ///< Into the parent, in all samples.
  };

  CallTree(const Profile& profile, const NodeTable& table, const Weights& weights);

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

  /// Replaces `path` with the rows of a stack (leaf first) that was in the profile, from the root.
  /// Stacks of samples that weigh nothing may have none, which ends the path.
  void find_path(std::span<const LocationId> stack, std::vector<std::uint32_t>& path) const;

 private:
  void add_sample(std::span<const LocationId> stack, std::int64_t value, std::int64_t divisor);
  std::uint32_t find_or_add(std::uint32_t parent, std::uint32_t info);
  [[nodiscard]] std::size_t slot_of(std::uint32_t parent, std::uint32_t info) const;
  void grow();

  const NodeTable& table_;
  std::vector<Row> rows_;
  std::vector<std::uint32_t> slots_;  // Open addressing over rows_: 0 is free, else index + 1.
};

}  // namespace plumb
