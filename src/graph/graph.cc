// SPDX-License-Identifier: Apache-2.0
// Nearly every stack has each node once. Then a node's cum is the sum of what its lines are worth,
// and so is an edge's weight: a stack is added up in one place per frame, the slot of its line,
// which remembers from which caller it was last reached. Only when another caller comes does the
// slot hand its sum on to the tables. Stacks with recursion take a slower way.

#include "graph/graph.h"

#include "base/checked.h"
#include "graph/edge_table.h"

namespace plumb {
namespace {

// A node in 31 bits and, in the lowest, whether nodes were left out behind it.
using CallerWord = std::uint32_t;
constexpr std::uint32_t kNoNode = 0x7FFFFFFF;
constexpr CallerWord kNoCaller = kNoNode << 1;
constexpr CallerWord kUnusedSlot = kNoCaller - 2;

// One line of one location.
struct Slot {
  std::int64_t weight = 0;
  std::int64_t divisor = 0;
  std::uint32_t node : 31 = kNoNode;
  std::uint32_t is_inlined : 1 = 0;
  CallerWord caller = kUnusedSlot;
};

// The lines of all locations, each location's from the outermost. Lines whose node is not kept are
// gaps; slot 0 is one that all locations without anything else share.
class SlotTable {
 public:
  SlotTable(const NodeTable& table, const std::vector<bool>* kept) : slots_(1) {
    const std::size_t location_count = table.first.size() - 1;
    ranges_.reserve(location_count);
    for (std::uint32_t i = 0; i < location_count; ++i) add(table.of({i}), kept);
  }

  struct Range {
    std::uint32_t begin = 0;
    std::uint32_t end = 1;
  };
  [[nodiscard]] Range of(LocationId id) const { return ranges_[id.index]; }
  Slot& operator[](std::uint32_t index) { return slots_[index]; }
  std::vector<Slot>& all() { return slots_; }

 private:
  void add(std::span<const std::uint32_t> nodes, const std::vector<bool>* kept) {
    const auto begin = static_cast<std::uint32_t>(slots_.size());
    bool any_kept = false;
    for (std::size_t line = nodes.size(); line-- > 0;) {
      const std::uint32_t node = nodes[line];
      Slot slot;
      if (kept == nullptr || (*kept)[node]) {
        slot.node = node & kNoNode;
        slot.is_inlined = line + 1 == nodes.size() ? 0 : 1;
        any_kept = true;
      }
      slots_.push_back(slot);
    }
    if (any_kept) {
      ranges_.push_back({begin, static_cast<std::uint32_t>(slots_.size())});
    } else {
      slots_.resize(begin);
      ranges_.push_back({});
    }
  }

  std::vector<Slot> slots_;
  std::vector<Range> ranges_;
};

class GraphBuilder {
 public:
  GraphBuilder(const NodeTable& table, const std::vector<bool>* kept, WithEdges with_edges)
      : slots_(table, kept),
        with_edges_(with_edges == WithEdges::Yes),
        nodes_(table.nodes.size()),
        node_seen_in_(table.nodes.size()) {}

  // `stack` is leaf first.
  void add_sample(std::span<const LocationId> stack, std::int64_t value, std::int64_t divisor) {
    if (value == 0 && divisor == 0) return;
    ++sample_;
    const CallerWord leaf =
        find_path(stack) ? add_recursive(value, divisor) : add_plain(value, divisor);
    if (leaf == kNoCaller || (leaf & 1) != 0) return;
    Node& node = nodes_[leaf >> 1];
    node.flat = add_wrapping(node.flat, value);
    node.flat_divisor = add_wrapping(node.flat_divisor, divisor);
  }

  Graph take() {
    for (Slot& slot : slots_.all()) hand_on(slot);
    return {.nodes = std::move(nodes_), .edges = edges_.take()};
  }

 private:
  // Puts the slots of the stack into path_, from the root; true if a node is there twice.
  bool find_path(std::span<const LocationId> stack) {
    bool has_repeats = false;
    path_.clear();
    for (std::size_t i = stack.size(); i-- > 0;) {
      const SlotTable::Range range = slots_.of(stack[i]);
      for (std::uint32_t index = range.begin; index < range.end; ++index) {
        path_.push_back(index);
        const std::uint32_t node = slots_[index].node;
        if (node == kNoNode) continue;
        has_repeats |= node_seen_in_[node] == sample_;
        node_seen_in_[node] = sample_;
      }
    }
    return has_repeats;
  }

  CallerWord add_plain(std::int64_t value, std::int64_t divisor) {
    CallerWord caller = kNoCaller;
    for (const std::uint32_t index : path_) {
      Slot& slot = slots_[index];
      if (slot.node == kNoNode) {
        caller |= 1;
        continue;
      }
      const CallerWord from = with_edges_ ? caller : kNoCaller;
      if (slot.caller != from) {
        hand_on(slot);
        slot.caller = from;
      }
      slot.weight = add_wrapping(slot.weight, value);
      slot.divisor = add_wrapping(slot.divisor, divisor);
      caller = slot.node << 1;
    }
    return caller;
  }

  // Each node and each pair counts once.
  CallerWord add_recursive(std::int64_t value, std::int64_t divisor) {
    ++sample_;  // find_path() has seen all nodes.
    CallerWord caller = kNoCaller;
    for (const std::uint32_t index : path_) {
      const Slot& slot = slots_[index];
      if (slot.node == kNoNode) {
        caller |= 1;
        continue;
      }
      if (node_seen_in_[slot.node] != sample_) {
        node_seen_in_[slot.node] = sample_;
        add_to_cum(slot.node, value, divisor);
      }
      if (with_edges_ && caller >> 1 != slot.node) {
        add_to_edge(caller, slot, value, divisor, sample_);
      }
      caller = slot.node << 1;
    }
    return caller;
  }

  // Empties a slot into the tables.
  void hand_on(Slot& slot) {
    if (slot.caller == kUnusedSlot) return;
    add_to_cum(slot.node, slot.weight, slot.divisor);
    add_to_edge(slot.caller, slot, slot.weight, slot.divisor, 0);
    slot.weight = slot.divisor = 0;
  }

  void add_to_cum(std::uint32_t index, std::int64_t value, std::int64_t divisor) {
    Node& node = nodes_[index];
    node.cum = add_wrapping(node.cum, value);
    node.cum_divisor = add_wrapping(node.cum_divisor, divisor);
  }

  // `sample`: nothing is added if the edge has got something from it; 0: never mind.
  void add_to_edge(CallerWord caller, const Slot& slot, std::int64_t value, std::int64_t divisor,
                   std::uint64_t sample) {
    if (caller >> 1 == kNoNode) return;
    const std::uint32_t index = edges_.find_or_add(caller >> 1, slot.node);
    if (sample != 0) {
      if (edge_seen_in_.size() <= index) edge_seen_in_.resize(2 * std::size_t{index} + 64);
      if (edge_seen_in_[index] == sample) return;
      edge_seen_in_[index] = sample;
    }
    Edge& edge = edges_[index];
    edge.weight = add_wrapping(edge.weight, value);
    edge.weight_divisor = add_wrapping(edge.weight_divisor, divisor);
    edge.is_residual = edge.is_residual || (caller & 1) != 0;
    edge.is_inlined = edge.is_inlined && slot.is_inlined != 0;
  }

  SlotTable slots_;
  const bool with_edges_;
  std::vector<Node> nodes_;
  EdgeTable edges_;
  std::vector<std::uint32_t> path_;
  std::uint64_t sample_ = 0;                 // Grows with every sample, or by two.
  std::vector<std::uint64_t> node_seen_in_;  // The last sample with the node.
  std::vector<std::uint64_t> edge_seen_in_;  // The last one with recursion that added to the edge.
};

}  // namespace

Graph build_graph(const Profile& profile, const NodeTable& table, const Weights& weights,
                  const std::vector<bool>* kept, WithEdges with_edges) {
  GraphBuilder builder(table, kept, with_edges);
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    const auto values = profile.values(i);
    profile.read_stack(i, stack);
    builder.add_sample(stack, values[weights.value],
                       weights.divisor ? values[*weights.divisor] : 0);
  }
  return builder.take();
}

}  // namespace plumb
