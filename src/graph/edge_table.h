// SPDX-License-Identifier: Apache-2.0
// EdgeTable: the edges of a graph while it is built, found by their two ends.

#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "graph/graph.h"

namespace plumb {

/// Open addressing over a vector of edges. Not thread-safe.
class EdgeTable {
 public:
  EdgeTable() : slots_(kFirstSize) {}

  /// The index of the edge, which is new and without weight if it was not there.
  std::uint32_t find_or_add(std::uint32_t caller, std::uint32_t callee) {
    const std::size_t slot = slot_of(caller, callee);
    if (slots_[slot] != 0) return slots_[slot] - 1;
    edges_.push_back({.caller = caller, .callee = callee});
    const auto index = static_cast<std::uint32_t>(edges_.size() - 1);
    slots_[slot] = index + 1;
    if (edges_.size() * 2 > slots_.size()) grow();
    return index;
  }

  Edge& operator[](std::uint32_t index) { return edges_[index]; }
  [[nodiscard]] const std::vector<Edge>& edges() const { return edges_; }
  std::vector<Edge> take() { return std::move(edges_); }

 private:
  static constexpr std::size_t kFirstSize = 64;

  [[nodiscard]] std::size_t slot_of(std::uint32_t caller, std::uint32_t callee) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash_mix(std::uint64_t{caller} << 32 | callee, kHashSeed) & mask;
    while (slots_[slot] != 0) {
      const Edge& edge = edges_[slots_[slot] - 1];
      if (edge.caller == caller && edge.callee == callee) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  void grow() {
    slots_.assign(slots_.size() * 4, 0);
    for (std::uint32_t i = 0; i < edges_.size(); ++i) {
      slots_[slot_of(edges_[i].caller, edges_[i].callee)] = i + 1;
    }
  }

  std::vector<Edge> edges_;
  std::vector<std::uint32_t> slots_;  // 0 is free, else an index + 1.
};

}  // namespace plumb
