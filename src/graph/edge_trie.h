// SPDX-License-Identifier: Apache-2.0
// EdgeTrie: the edges between the nodes that a report will keep, counted before it is known which
// these are.
//
// pprof draws edges between kept nodes only; which are kept is known when all samples were seen.
// Holding the samples until then takes memory in proportion to the input, reading them twice takes
// twice the time. Instead each node gets a rank from a look at the first samples: it will be kept
// for Sure, Maybe, or None of it. A stack is walked from the root. Its context is the nearest Sure
// ancestor and the Maybe nodes below it: a trie that forgets all above a Sure node. Once it is
// known which Maybe nodes are kept, the caller of a context is the innermost kept node in it, and
// the cells add up to exact edges. If a rank turns out wrong, resolve() says so, and the samples
// have to be read again with exact ranks.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/checked.h"
#include "base/hash.h"
#include "base/release.h"
#include "graph/graph.h"

namespace plumb {

enum class Rank : std::uint8_t { None, Sure, Maybe };

/// Not thread-safe.
class EdgeTrie {
 public:
  /// Where the last lookup for one line of one location led. Zero-initialised by its owner.
  struct Memo {
    std::uint32_t context = 0;
    std::uint32_t cell = 0;
  };

  /// Keeps at most `max_cells` cells of 24 bytes (and 8 bytes of table each). Requires: less than
  /// 2^26.
  explicit EdgeTrie(std::uint32_t max_cells);

  /// Starts a stack.
  void begin_sample() {
    ++epoch_;
    context_ = 0;
    counted_.clear();
  }

  /// Takes the next node of rank Sure or Maybe, from the root. `inlined`: the node's line is not
  /// the outermost of its location. `repeated`: the node was already in this stack. `memo` belongs
  /// to the line, so that node and `inlined` are always the same for it.
  void add(std::uint32_t node, Rank rank, bool inlined, bool repeated, std::int64_t weight,
           Memo& memo) {
    if (rank == Rank::Sure) {
      // A node is not its own caller.
      if (context_ != 0 && context_ != sure_context(node)) {
        count(find(node, inlined, memo), repeated, weight);
      }
      context_ = sure_context(node);
      return;
    }
    if (is_inside(node)) return;
    const std::uint32_t cell = find(node, inlined, memo);
    if (context_ != 0) count(cell, repeated, weight);
    if (cell != 0) context_ = kCellBit | cell;
  }

  /// The context so far, for callers that keep it in a register while they pass Sure nodes whose
  /// callers nobody wants to know.
  [[nodiscard]] std::uint32_t context() const { return context_; }
  void set_context(std::uint32_t context) { context_ = context; }
  static std::uint32_t sure_context(std::uint32_t node) { return node + 1; }

  /// As add() with Rank::Maybe, for a node whose callers nobody wants to know.
  void pass_maybe(std::uint32_t node, bool inlined, Memo& memo) {
    if (is_inside(node)) return;
    const std::uint32_t cell = find(node, inlined, memo);
    if (cell != 0) context_ = kCellBit | cell;
  }

  /// True once there is no room for more cells: nothing can be resolved any more.
  [[nodiscard]] bool overflowed() const { return overflowed_; }

  /// Frees what only add() and pass_maybe() need, which may not be called any more.
  void end_counting() {
    release(slots_);
    release(counted_);
  }

  /// The edges between the nodes of `kept` (by node). Nothing if it overflowed.
  ///
  /// Requires: all kept nodes were Sure or Maybe, and all Sure ones are kept.
  [[nodiscard]] std::optional<std::vector<Edge>> resolve(const std::vector<bool>& kept) const;

 private:
  static constexpr std::uint32_t kCellBit = 0x80000000;
  static constexpr std::uint32_t kNoCaller = UINT32_MAX;
  static constexpr std::uint32_t kIndexMask = 0x03FFFFFF;

  struct Cell {
    std::uint32_t context = 0;  // 0: none; node + 1 of a Sure node; kCellBit | cell of a Maybe one.
    std::uint32_t node = 0;
    std::uint32_t epoch = 0;         // The last sample that came by.
    std::uint32_t samples : 31 = 0;  // How many were counted.
    std::uint32_t inlined : 1 = 0;
    std::int64_t weight = 0;
  };

  // Of a cell in slots_.
  struct Place {
    std::size_t slot = 0;
    std::uint32_t tag = 0;
  };

  // Samples of a recursive node that were counted in a cell although an earlier cell of the same
  // stack may turn out to be the same edge: then they count there only.
  struct Repeats {
    std::int64_t weight = 0;
    std::uint32_t samples = 0;
  };
  using RepeatKey = std::vector<std::uint32_t>;  // The cell, then the earlier ones.

  // True if the context ends in the Maybe node `node`.
  [[nodiscard]] bool is_inside(std::uint32_t node) const {
    return (context_ & kCellBit) != 0 && cells_[context_ & ~kCellBit].node == node;
  }

  std::uint32_t find(std::uint32_t node, bool inlined, Memo& memo) {
    if (memo.context == context_ && memo.cell != 0) return memo.cell;
    memo.context = context_;
    return memo.cell = find_slow(node, inlined);
  }

  void count(std::uint32_t index, bool repeated, std::int64_t weight) {
    Cell& cell = cells_[index];
    if (cell.epoch == epoch_) return;  // This sample has been counted for the pair.
    cell.epoch = epoch_;
    if (repeated && !note_repeat(index, weight)) return;
    counted_.push_back(index);
    ++cell.samples;
    cell.weight = add_wrapping(cell.weight, weight);
  }

  std::uint32_t find_slow(std::uint32_t node, bool inlined);
  [[nodiscard]] Place place_of(std::uint32_t context, std::uint32_t node, bool inlined) const;
  bool note_repeat(std::uint32_t index, std::int64_t weight);
  void grow();
  [[nodiscard]] std::uint32_t caller_of(const Cell& cell, const std::vector<bool>& kept) const;

  std::uint32_t max_cells_;
  std::vector<Cell> cells_;  // Cell 0 takes what finds no place.
  // Open addressing over cells_; 0 is free. Above the index stand some bits of the hash, so that
  // few cells are looked at in vain.
  std::vector<std::uint32_t> slots_;
  std::vector<std::uint32_t> counted_;  // Cells in which this sample was counted, from the root.
  std::map<RepeatKey, Repeats> repeats_;
  std::uint32_t context_ = 0;
  std::uint32_t epoch_ = 0;
  bool overflowed_ = false;
};

}  // namespace plumb
