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
#include "graph/graph.h"

namespace plumb {

enum class Rank : std::uint8_t { None, Sure, Maybe };

/// Not thread-safe.
class EdgeTrie {
 public:
  /// Keeps at most `max_cells` cells of 17 bytes (and 8 bytes of table each). Requires: less than
  /// 2^26.
  explicit EdgeTrie(std::uint32_t max_cells);

  /// Starts a stack.
  void begin_sample() {
    context_ = 0;
    counted_.clear();
  }

  /// Takes the next node of rank Sure or Maybe, from the root. `inlined`: the node's line is not
  /// the outermost of its location. `repeated`: the node was already in this stack.
  void add(std::uint32_t node, Rank rank, bool inlined, bool repeated, std::int64_t weight) {
    if (rank == Rank::Sure) {
      // A node is not its own caller.
      if (context_ != 0 && context_ != sure_context(node)) {
        count(find(node, inlined), repeated, weight);
      }
      context_ = sure_context(node);
      return;
    }
    if (is_inside(node)) return;
    const std::uint32_t cell = find(node, inlined);
    if (context_ != 0) count(cell, repeated, weight);
    if (cell != 0) context_ = kCellBit | cell;
  }

  /// The context so far, for callers that keep it in a register while they pass Sure nodes whose
  /// callers nobody wants to know.
  [[nodiscard]] std::uint32_t context() const { return context_; }
  void set_context(std::uint32_t context) { context_ = context; }
  static std::uint32_t sure_context(std::uint32_t node) { return node + 1; }

  /// As add() with Rank::Maybe, for a node whose callers nobody wants to know.
  void pass_maybe(std::uint32_t node, bool inlined) {
    if (is_inside(node)) return;
    const std::uint32_t cell = find(node, inlined);
    if (cell != 0) context_ = kCellBit | cell;
  }

  /// True once there is no room for more cells: nothing can be resolved any more.
  [[nodiscard]] bool overflowed() const { return overflowed_; }

  /// The edges between the nodes of `kept` (by node), in no order. Nothing if it overflowed. Last:
  /// nothing but overflowed() may be called any more.
  ///
  /// Requires: all kept nodes were Sure or Maybe, and all Sure ones are kept.
  [[nodiscard]] std::optional<std::vector<Edge>> resolve(const std::vector<bool>& kept);

  /// The same where samples were added and taken off again, with the weight negated; none of those
  /// that are left weighs less than nothing. An edge is there, and inlined or not, by those.
  [[nodiscard]] std::optional<std::vector<Edge>> resolve_left(const std::vector<bool>& kept);

 private:
  static constexpr std::uint32_t kCellBit = 0x80000000;
  static constexpr std::uint32_t kNoCaller = UINT32_MAX;
  static constexpr std::uint32_t kIndexMask = 0x03FFFFFF;
  static constexpr std::uint64_t kFibonacci = 0x9E3779B97F4A7C15;  // 2^64 over the golden ratio.
  static constexpr std::size_t kMostMemos = 16384;                 // As many as stay near a core.

  // What makes a cell: its context (0: none; node + 1 of a Sure node; kCellBit | cell of a Maybe
  // one), its node, and whether it is inlined there.
  using Key = std::uint64_t;
  static Key key_of(std::uint32_t context, std::uint32_t node, bool inlined) {
    return Key{context} << 32 | node << 1 | (inlined ? 1 : 0);
  }
  static std::uint32_t context_of(Key key) { return static_cast<std::uint32_t>(key >> 32); }
  static std::uint32_t node_of(Key key) { return static_cast<std::uint32_t>(key) >> 1; }
  static bool is_inlined(Key key) { return (key & 1) != 0; }

  // Where a lookup led not long ago.
  struct Memo {
    Key key = 0;
    std::uint32_t cell = 0;
  };

  using RepeatKey = std::vector<std::uint32_t>;  // The cell, then the earlier ones.

  // Of a cell in slots_.
  struct Place {
    std::size_t slot = 0;
    std::uint32_t tag = 0;
  };

  // True if the context ends in the Maybe node `node`.
  [[nodiscard]] bool is_inside(std::uint32_t node) const {
    return (context_ & kCellBit) != 0 && node_of(cells_[context_ & ~kCellBit]) == node;
  }

  std::uint32_t find(std::uint32_t node, bool inlined) {
    const Key key = key_of(context_, node, inlined);
    Memo& memo = memos_[key * kFibonacci >> memo_shift_];
    if (memo.key != key || memo.cell == 0) memo = {key, find_slow(key)};
    return memo.cell;
  }

  void count(std::uint32_t index, bool repeated, std::int64_t weight) {
    if (!repeated) {
      is_counted_[index] = 1;
    } else if (!note_repeat(index, weight)) {
      return;
    }
    counted_.push_back(index);
    weights_[index] = add_wrapping(weights_[index], weight);
  }

  void reserve(std::size_t count);
  void add_cell(Key key);
  std::uint32_t find_slow(Key key);
  [[nodiscard]] Place place_of(Key key) const;
  bool note_repeat(std::uint32_t index, std::int64_t weight);
  void grow();
  [[nodiscard]] std::uint32_t caller_of(Key cell, const std::vector<bool>& kept) const;
  void settle_repeats(const std::vector<bool>& kept);
  std::optional<std::vector<Edge>> resolve(const std::vector<bool>& kept, bool inlined_apart);

  std::uint32_t max_cells_;
  std::vector<Key> cells_;  // Cell 0 takes what finds no place.
  // By cell, apart from the keys: most frames need nothing else.
  std::vector<std::int64_t> weights_;
  std::vector<std::uint8_t> is_counted_;  // Of a sample that is in no doubt.
  // Open addressing over cells_; 0 is free. Above the index stand some bits of the hash, so that
  // few cells are looked at in vain.
  std::vector<std::uint32_t> slots_;
  std::vector<Memo> memos_;  // By the first bits of kFibonacci * key.
  unsigned memo_shift_;
  std::vector<std::uint32_t> counted_;  // Cells in which this sample was counted, from the root.
  // What samples of a recursive node weigh that were counted in a cell although an earlier cell of
  // the same stack may turn out to be the same edge: then they count there only.
  std::map<RepeatKey, std::int64_t> repeats_;
  std::uint32_t context_ = 0;
  bool overflowed_ = false;
};

}  // namespace plumb
