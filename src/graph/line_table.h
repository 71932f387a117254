// SPDX-License-Identifier: Apache-2.0
// LineTable: from the locations of stacks to nodes, for the loops that add up millions of stacks.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "graph/nodes.h"
#include "model/profile.h"

namespace plumb {

/// The nodes of each location. Those that are kept are numbered anew, so that tables of them are
/// small; in place of any other stands gap().
class LineTable {
 public:
  /// `ends`: samples without these are of no interest; null: without a node that is kept.
  LineTable(const NodeTable& table, const std::vector<bool>* kept, const std::vector<bool>* ends)
      : node_count_(table.nodes.size()) {
    std::vector<std::uint32_t> numbers(node_count_, kNone);
    for (std::uint32_t node = 0; node < node_count_; ++node) {
      if (kept != nullptr && !(*kept)[node]) continue;
      numbers[node] = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back(node);
    }
    gap_ = static_cast<std::uint32_t>(nodes_.size());
    std::ranges::replace(numbers, kNone, gap_);
    const std::size_t location_count = table.first.size() - 1;
    entries_.reserve(location_count);
    for (std::uint32_t i = 0; i < location_count; ++i) add(table.of({i}), numbers);
    lists_.resize(lists_.size() + kMostAtOnce);
    if (kept == nullptr && ends == nullptr) return;
    matters_.resize(location_count / kWordBits + 1);
    for (std::uint32_t i = 0; i < location_count; ++i) {
      const bool matters =
          ends == nullptr
              ? entries_[i] != gap_
              : std::ranges::any_of(table.of({i}), [ends](auto n) { return (*ends)[n]; });
      if (matters) matters_[i / kWordBits] |= std::uint32_t{1} << i % kWordBits;
    }
  }

  /// All numbers are below it: that of the nodes that are kept.
  [[nodiscard]] std::uint32_t gap() const { return gap_; }

  /// By number: the index in the NodeTable. Ascending.
  [[nodiscard]] std::span<const std::uint32_t> nodes() const { return nodes_; }
  [[nodiscard]] std::size_t node_count() const { return node_count_; }  ///< Of the NodeTable.

  /// Few stacks do, where the graph is for a screen. Which frame it is is hard to predict: there is
  /// no branch.
  [[nodiscard]] bool any_matters(std::span<const LocationId> stack) const {
    if (matters_.empty()) return true;
    std::uint32_t found = 0;
    for (const LocationId id : stack) {
      found |= matters_[id.index / kWordBits] >> id.index % kWordBits;
    }
    return (found & 1) != 0;
  }

  void prefetch(LocationId id) const { __builtin_prefetch(&entries_[id.index]); }

  /// The node of the outermost line; with kManyBit if there are others.
  static constexpr std::uint32_t kManyBit = 0x80000000;
  [[nodiscard]] std::uint32_t entry(LocationId id) const { return entries_[id.index]; }

  /// The nodes of the others, from the outermost; behind them, kMostAtOnce readable elements.
  /// Requires: there are some.
  static constexpr std::size_t kMostAtOnce = 4;
  [[nodiscard]] std::span<const std::uint32_t> inlined(LocationId id) const {
    const std::uint32_t* const list = &lists_[places_[id.index]];
    return {list + 1, *list};
  }

  [[nodiscard]] std::uint32_t innermost(LocationId id) const {
    const std::uint32_t outermost = entry(id);
    return outermost < kManyBit ? outermost : inlined(id).back();
  }

 private:
  void add(std::span<const std::uint32_t> nodes, std::span<const std::uint32_t> numbers) {
    const bool any_kept =
        std::ranges::any_of(nodes, [&](std::uint32_t node) { return numbers[node] != gap_; });
    if (nodes.size() == 1 || !any_kept) {
      entries_.push_back(numbers[nodes[0]]);
      return;
    }
    places_.resize(entries_.size());
    places_.push_back(static_cast<std::uint32_t>(lists_.size()));
    entries_.push_back(numbers[nodes.back()] | kManyBit);
    lists_.push_back(static_cast<std::uint32_t>(nodes.size() - 1));
    for (std::size_t line = nodes.size() - 1; line-- > 0;) lists_.push_back(numbers[nodes[line]]);
  }

  static constexpr std::uint32_t kWordBits = 32;

  const std::size_t node_count_;
  std::uint32_t gap_ = 0;
  std::vector<std::uint32_t> nodes_;    // By number.
  std::vector<std::uint32_t> entries_;  // By location.
  std::vector<std::uint32_t> places_;   // By location: of its list in lists_.
  std::vector<std::uint32_t> lists_;    // Count, then nodes; end to end.
  std::vector<std::uint32_t> matters_;  // Bits by location; empty: all do.
};

}  // namespace plumb
