// SPDX-License-Identifier: Apache-2.0
// All stacks are written out once, the root first. Then they are sorted into heaps by their next
// frame, as radix sort does, from the root on: a heap that is large enough is a box and is sorted
// further. No stack is looked at beyond the last box that it is part of.

#include "web/flame_rows.h"

#include <algorithm>

#include "base/checked.h"

namespace plumb::web {
namespace {

// Deeper stacks are cut there.
constexpr std::uint32_t kMostDepth = 2000;
// So many frames make so few boxes that all can be shown.
constexpr std::size_t kFewFrames = 100'000;

struct Path {
  std::uint64_t first = 0;  // In Paths::frames.
  std::uint32_t depth = 0;
  std::int64_t value = 0;
};

struct Paths {
  std::vector<Path> paths;
  std::vector<std::uint32_t> frames;  // Twice the node, plus 1 if it was inlined.
  std::int64_t total = 0;             // Sum of |value|.
  std::int64_t net = 0;
  bool has_negative = false;
};

Paths read_paths(const ReportInput& input, const NodeTable& table) {
  Paths all;
  all.paths.reserve(input.profile.sample_count());
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < input.profile.sample_count(); ++i) {
    const std::int64_t value = input.profile.values(i)[input.samples.weights.value];
    if (value == 0) continue;
    Path path{.first = all.frames.size(), .depth = 0, .value = value};
    input.profile.read_stack(i, stack);
    for (std::size_t at = stack.size(); at-- > 0 && path.depth < kMostDepth;) {
      const auto nodes = table.of(stack[at]);
      for (std::size_t line = nodes.size(); line-- > 0;) {
        all.frames.push_back(nodes[line] * 2 + (line + 1 != nodes.size() ? 1 : 0));
      }
      path.depth = static_cast<std::uint32_t>(all.frames.size() - path.first);
    }
    all.total = add_saturating(all.total, abs_saturating(value));
    all.net = add_saturating(all.net, value);
    all.has_negative = all.has_negative || value < 0;
    all.paths.push_back(path);
  }
  return all;
}

// What begins with the same frames.
struct Heap {
  std::int64_t size = 0;
  std::int64_t net = 0;
  std::uint32_t count = 0;
  std::uint32_t next = 0;  // Where the next path of it goes.
  bool is_inlined = true;  // In all of them.
};

class RowBuilder {
 public:
  RowBuilder(const Paths& paths, std::size_t nodes, std::int64_t least, std::size_t most_rows)
      : frames_(paths.frames),
        least_(least),
        most_rows_(most_rows),
        paths_(paths.paths),
        moved_(paths.paths.size()),
        keys_(paths.paths.size()),
        heaps_(nodes) {
    rows_.push_back({.info = FlameRow::kRoot, .size = paths.total, .net = paths.net});
    todo_.push_back({0, 0, 0, static_cast<std::uint32_t>(paths_.size())});
  }

  // False if there are too many.
  bool build(std::vector<FlameRow>& rows) {
    while (!todo_.empty()) {
      const Work work = todo_.back();
      todo_.pop_back();
      split(work);
      if (rows_.size() > most_rows_) return false;
    }
    rows = std::move(rows_);
    return true;
  }

 private:
  // A box at `depth` whose paths are paths_[begin .. end).
  struct Work {
    std::uint32_t row = 0;
    std::uint32_t depth = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };

  void split(const Work& work) {
    // Frames lie anywhere in memory: they are asked for long before they are needed.
    constexpr std::uint32_t kAhead = 24;
    met_.clear();
    for (std::uint32_t i = work.begin; i < work.end; ++i) {
      if (i + kAhead < work.end) {
        __builtin_prefetch(frames_.data() + paths_[i + kAhead].first + work.depth);
      }
      count(i, work);
    }
    choose(work);
    // Paths of boxes come to the front, those of a box side by side.
    for (std::uint32_t i = work.begin; i < work.end; ++i) {
      if (keys_[i] == kNone) continue;
      Heap& heap = heaps_[keys_[i]];
      if (heap.next != kNone) moved_[heap.next++] = paths_[i];
    }
    const std::uint32_t end = add_boxes(work);
    std::copy(moved_.begin() + work.begin, moved_.begin() + end, paths_.begin() + work.begin);
    for (const std::uint32_t node : met_) heaps_[node] = {};
  }

  void count(std::uint32_t i, const Work& work) {
    const Path& path = paths_[i];
    const std::int64_t size = abs_saturating(path.value);
    if (path.depth == work.depth) {
      FlameRow& row = rows_[work.row];
      row.self = add_saturating(row.self, size);
      keys_[i] = kNone;
      return;
    }
    const std::uint32_t frame = frames_[path.first + work.depth];
    keys_[i] = frame / 2;
    Heap& heap = heaps_[frame / 2];
    if (heap.count++ == 0) met_.push_back(frame / 2);
    heap.size = add_saturating(heap.size, size);
    heap.net = add_saturating(heap.net, path.value);
    heap.is_inlined = heap.is_inlined && frame % 2 == 1;
  }

  // Gives the large heaps their places, and makes one box of the small ones.
  void choose(const Work& work) {
    std::uint32_t next = work.begin;
    FlameRow smaller{.parent = work.row, .info = FlameRow::kSmaller};
    for (const std::uint32_t node : met_) {
      Heap& heap = heaps_[node];
      if (heap.size < least_) {
        heap.next = kNone;
        smaller.size = add_saturating(smaller.size, heap.size);
        smaller.net = add_saturating(smaller.net, heap.net);
        continue;
      }
      heap.next = next;
      next += heap.count;
    }
    smaller.self = smaller.size;
    if (smaller.size > 0) rows_.push_back(smaller);
  }

  // Returns where the paths of boxes end.
  std::uint32_t add_boxes(const Work& work) {
    std::uint32_t end = work.begin;
    for (const std::uint32_t node : met_) {
      const Heap& heap = heaps_[node];
      if (heap.next == kNone) continue;
      todo_.push_back({static_cast<std::uint32_t>(rows_.size()), work.depth + 1, end, heap.next});
      end = heap.next;
      rows_.push_back({.parent = work.row,
                       .info = node,
                       .size = heap.size,
                       .net = heap.net,
                       .is_inlined = heap.is_inlined});
    }
    return end;
  }

  const std::vector<std::uint32_t>& frames_;
  const std::int64_t least_;
  const std::size_t most_rows_;
  std::vector<FlameRow> rows_;
  std::vector<Path> paths_;  // Those of a box side by side.
  std::vector<Path> moved_;
  std::vector<std::uint32_t> keys_;  // By path: the node at the depth that is sorted; or kNone.
  std::vector<Heap> heaps_;          // By node.
  std::vector<std::uint32_t> met_;   // Nodes with a heap, in order of first appearance.
  std::vector<Work> todo_;
};

}  // namespace

FlameRows build_flame_rows(const ReportInput& input, const NodeTable& table) {
  const Paths paths = read_paths(input, table);
  FlameRows out;
  out.has_negative = paths.has_negative;
  const bool is_small = paths.frames.size() <= kFewFrames;
  // A third of a pixel, or a whole one where there are very many boxes.
  double share = is_small ? 0 : 1.0 / 4'000;
  for (;; share *= 4) {
    out.least = std::max<std::int64_t>(
        1, static_cast<std::int64_t>(static_cast<double>(paths.total) * share));
    const std::size_t most = is_small || share > 0.01 ? SIZE_MAX : kMostFlameRows;
    if (RowBuilder(paths, table.nodes.size(), out.least, most).build(out.rows)) return out;
  }
}

}  // namespace plumb::web
