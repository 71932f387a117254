// SPDX-License-Identifier: Apache-2.0
// All stacks are written out once, the root first, and sorted as in radix sort: those of a node
// into heaps by their next location. A few stacks are sorted by comparing. Which of two locations
// comes first does not matter, as long as equal ones stand together.

#include "graph/stack_trie.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

namespace plumb {
namespace {

class TrieBuilder {
 public:
  explicit TrieBuilder(const Profile& profile) : heaps_(profile.locations.size()) {
    const std::size_t count = profile.sample_count();
    rows_.reserve(count);
    std::size_t frames = 0;
    for (std::size_t i = 0; i < count; ++i) frames += profile.stack(i).size();
    locations_.reserve(frames);
    std::vector<LocationId> stack;
    for (std::size_t i = 0; i < count; ++i) {
      profile.read_stack(i, stack);
      rows_.push_back({locations_.size(), static_cast<std::uint32_t>(stack.size()),
                       static_cast<std::uint32_t>(i)});
      for (std::size_t at = stack.size(); at-- > 0;) locations_.push_back(stack[at].index);
    }
    other_rows_.resize(count);
    trie_.leaf_of.resize(count);
  }

  StackTrie build() {
    trie_.nodes.emplace_back();
    parents_.push_back(0);
    Work root;
    root.end = static_cast<std::uint32_t>(rows_.size());
    split(root);
    while (!todo_.empty()) {
      const Work work = todo_.back();
      todo_.pop_back();
      add_node(work);
    }
    set_ends();
    return std::move(trie_);
  }

 private:
  // The stack of a sample.
  struct Row {
    std::size_t first = 0;  // In locations_.
    std::uint32_t count = 0;
    std::uint32_t sample = 0;
  };

  // Stacks that begin with the same `depth` locations: a part of the rows of one side.
  struct Work {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t depth = 0;
    std::uint32_t parent = 0;
    bool is_other_side = false;
    bool is_sorted = false;
  };

  // Stacks of a node with the same next location.
  struct Heap {
    std::uint32_t count = 0;
    std::uint32_t next = 0;  // Where the next of them goes.
  };

  static constexpr std::size_t kFew = 8;

  [[nodiscard]] std::span<Row> rows_of(const Work& work) {
    return std::span(work.is_other_side ? other_rows_ : rows_)
        .subspan(work.begin, work.end - work.begin);
  }

  // `work` has the depth of the parent.
  void add_node(Work work) {
    const std::span<Row> rows = rows_of(work);
    StackTrie::Node node;
    node.first_leaf = static_cast<std::uint32_t>(trie_.sample_of.size());
    node.location.index = locations_[rows[0].first + work.depth];
    if (!work.is_sorted && rows.size() <= kFew) {
      sort(rows, work.depth);
      work.is_sorted = true;
    }
    work.depth = work.is_sorted ? common_depth(rows.front(), rows.back(), work.depth)
                                : common_depth(rows, work.depth);
    node.depth = work.depth;
    parents_.push_back(work.parent);
    work.parent = static_cast<std::uint32_t>(trie_.nodes.size());
    trie_.nodes.push_back(node);
    work.is_sorted ? split_sorted(work) : split(work);
  }

  void sort(std::span<Row> rows, std::uint32_t depth) const {
    const auto comes_first = [this, depth](const Row& a, const Row& b) {
      const std::size_t common = std::min(a.count, b.count) - depth;
      const int order =
          std::memcmp(locations_.data() + a.first + depth, locations_.data() + b.first + depth,
                      common * sizeof(std::uint32_t));
      if (order != 0) return order < 0;
      return a.count != b.count ? a.count < b.count : a.sample < b.sample;
    };
    std::sort(rows.begin(), rows.end(), comes_first);
  }

  [[nodiscard]] std::uint32_t common_depth(const Row& a, const Row& b, std::uint32_t depth) const {
    const std::uint32_t least = std::min(a.count, b.count);
    while (depth < least && locations_[a.first + depth] == locations_[b.first + depth]) ++depth;
    return depth;
  }

  [[nodiscard]] std::uint32_t common_depth(std::span<const Row> rows, std::uint32_t depth) const {
    const auto goes_on = [&](const Row& row) {
      return depth < row.count &&
             locations_[row.first + depth] == locations_[rows[0].first + depth];
    };
    while (std::ranges::all_of(rows, goes_on)) ++depth;
    return depth;
  }

  // The stacks that end at the node.
  void add_leaf(std::span<const Row> rows) {
    if (rows.empty()) return;
    const auto leaf = static_cast<std::uint32_t>(trie_.sample_of.size());
    trie_.sample_of.push_back(rows[0].sample);
    for (const Row& row : rows) trie_.leaf_of[row.sample] = leaf;
  }

  // Children of a node whose stacks are sorted.
  void split_sorted(Work work) {
    const std::span<const Row> rows = rows_of(work);
    std::size_t at = 0;
    while (at < rows.size() && rows[at].count == work.depth) ++at;
    add_leaf(rows.first(at));
    const std::size_t todo_before = todo_.size();
    const std::uint32_t begin = work.begin;
    while (at < rows.size()) {
      const std::uint32_t location = locations_[rows[at].first + work.depth];
      work.begin = begin + static_cast<std::uint32_t>(at);
      while (at < rows.size() && locations_[rows[at].first + work.depth] == location) ++at;
      work.end = begin + static_cast<std::uint32_t>(at);
      todo_.push_back(work);
    }
    std::reverse(todo_.begin() + static_cast<std::ptrdiff_t>(todo_before), todo_.end());
  }

  // The same; children's stacks go to the other side.
  void split(Work work) {
    const std::span<const Row> rows = rows_of(work);
    const std::uint32_t ended = fill_heaps(rows, work.depth);
    std::uint32_t next = work.begin + ended;
    work.is_other_side = !work.is_other_side;
    const std::size_t todo_before = todo_.size();
    for (const std::uint32_t location : met_) {
      heaps_[location].next = work.begin = next;
      work.end = next += heaps_[location].count;
      todo_.push_back(work);
    }
    std::reverse(todo_.begin() + static_cast<std::ptrdiff_t>(todo_before), todo_.end());
    std::vector<Row>& to = work.is_other_side ? other_rows_ : rows_;
    for (const Row& row : rows) {
      if (row.count != work.depth) to[heaps_[locations_[row.first + work.depth]].next++] = row;
    }
    for (const std::uint32_t location : met_) heaps_[location] = {};
  }

  // Counts the stacks of each next location. Those that end here are a leaf; returns how many.
  std::uint32_t fill_heaps(std::span<const Row> rows, std::uint32_t depth) {
    // Locations lie anywhere in memory: they are asked for long before they are needed.
    constexpr std::size_t kAhead = 24;
    std::uint32_t ended = 0;
    met_.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Row& row = rows[i];
      if (i + kAhead < rows.size()) {
        __builtin_prefetch(locations_.data() + rows[i + kAhead].first + depth);
      }
      if (row.count == depth) {
        if (ended++ == 0) trie_.sample_of.push_back(row.sample);
        trie_.leaf_of[row.sample] = static_cast<std::uint32_t>(trie_.sample_of.size() - 1);
        continue;
      }
      const std::uint32_t location = locations_[row.first + depth];
      if (heaps_[location].count++ == 0) met_.push_back(location);
    }
    return ended;
  }

  void set_ends() {
    const auto count = static_cast<std::uint32_t>(trie_.nodes.size());
    for (std::uint32_t i = count; i-- > 0;) {
      StackTrie::Node& node = trie_.nodes[i];
      node.end = std::max(node.end, i + 1);
      StackTrie::Node& parent = trie_.nodes[parents_[i]];
      parent.end = std::max(parent.end, node.end);
    }
    trie_.nodes.emplace_back().first_leaf = static_cast<std::uint32_t>(trie_.sample_of.size());
    trie_.nodes.shrink_to_fit();
    trie_.sample_of.shrink_to_fit();
  }

  std::vector<std::uint32_t> locations_;  // Of all stacks, the root first.
  std::vector<Row> rows_;
  std::vector<Row> other_rows_;
  std::vector<Heap> heaps_;         // By location.
  std::vector<std::uint32_t> met_;  // Locations with a heap.
  std::vector<Work> todo_;
  std::vector<std::uint32_t> parents_;  // By node.
  StackTrie trie_;
};

}  // namespace

StackTrie build_stack_trie(const Profile& profile) {
  return TrieBuilder(profile).build();
}

}  // namespace plumb
