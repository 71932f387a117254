// SPDX-License-Identifier: Apache-2.0
// All stacks are written out once, the root first. Then, from the root, the paths of a box are
// sorted into heaps by their next frame, as in radix sort, and a heap that is large enough is a
// box. No path is looked at beyond the last box that it is part of, and nothing is hashed.

#include "report/flame_tree.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/checked.h"

namespace plumb {
namespace {

struct Path {
  std::size_t first = 0;    // In the list of all frames.
  std::uint32_t count = 0;  // Frames.
  bool is_cut = false;      // More frames follow, above the last row.
  std::int64_t value = 0;
};

// Paths of all samples, in their order.
struct Paths {
  std::vector<Path> paths;
  std::vector<std::uint32_t> frames;  // As FlameStacks::append() writes them.
  std::int64_t size = 0;
  std::int64_t net = 0;
  bool has_negative = false;
};

Paths read_paths(FlameStacks& stacks) {
  Paths all;
  all.paths.reserve(stacks.sample_count());
  for (std::size_t i = 0; i < stacks.sample_count(); ++i) {
    const std::int64_t value = stacks.value(i);
    if (value == 0) continue;
    Path path{.first = all.frames.size(), .count = 0, .is_cut = false, .value = value};
    stacks.append(i, all.frames);
    const std::size_t count = all.frames.size() - path.first;
    path.is_cut = count > kMostFlameRows;
    path.count = static_cast<std::uint32_t>(std::min<std::size_t>(count, kMostFlameRows));
    all.frames.resize(path.first + path.count);
    all.size = add_saturating(all.size, abs_saturating(value));
    all.net = add_saturating(all.net, value);
    all.has_negative = all.has_negative || value < 0;
    all.paths.push_back(path);
  }
  return all;
}

// What begins with the same frames. Cheap to clear: only those that were met.
struct Heap {
  std::int64_t size = 0;
  std::int64_t net = 0;
  std::uint32_t count = 0;  // Paths.
  std::uint32_t next = 0;   // Where the next path goes; kNone: the heap is too small.
  bool is_inlined = true;   // In all of them.
};

class TreeBuilder {
 public:
  TreeBuilder(const Paths& paths, const FlameStacks& stacks, std::int64_t least,
              std::size_t most_boxes)
      : frames_(paths.frames),
        stacks_(stacks),
        least_(least),
        most_boxes_(most_boxes),
        sides_{paths.paths, std::vector<Path>(paths.paths.size())},
        keys_(paths.paths.size()),
        heaps_(stacks.frame_count()) {
    FlameBox root;
    root.size = paths.size;
    root.net = paths.net;
    tree_.boxes.push_back(root);
    tree_.least = least;
    tree_.has_negative = paths.has_negative;
    todo_.push_back({0, 0, static_cast<std::uint32_t>(paths.paths.size()), 0});
  }

  // False if there are too many boxes.
  bool build(FlameTree& tree) {
    while (!todo_.empty()) {
      const Work work = todo_.back();
      todo_.pop_back();
      split(work);
      if (tree_.boxes.size() > most_boxes_) return false;
    }
    tree = std::move(tree_);
    return true;
  }

 private:
  // A box whose paths are sides_[side][begin .. end); those of its children go to the other side.
  struct Work {
    std::uint32_t box = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t side = 0;
  };

  void split(const Work& work) {
    // Frames lie anywhere in memory: they are asked for long before they are needed.
    constexpr std::uint32_t kAhead = 24;
    const std::vector<Path>& from = sides_[work.side];
    const std::uint32_t row = tree_.boxes[work.box].row;
    met_.clear();
    for (std::uint32_t i = work.begin; i < work.end; ++i) {
      if (i + kAhead < work.end) __builtin_prefetch(frames_.data() + from[i + kAhead].first + row);
      keys_[i] = count(from[i], row, work.box);
    }
    const std::size_t large = choose_large(work.box);
    std::uint32_t next = work.begin;
    for (std::size_t i = 0; i < large; ++i) {
      Heap& heap = heaps_[met_[i]];
      heap.next = next;
      next += heap.count;
    }
    std::vector<Path>& to = sides_[1 - work.side];
    for (std::uint32_t i = work.begin; large > 0 && i < work.end; ++i) {
      if (keys_[i] == kNone) continue;
      Heap& heap = heaps_[keys_[i]];
      if (heap.next != kNone) to[heap.next++] = from[i];
    }
    add_boxes(work, large);
    for (const FrameIndex frame : met_) heaps_[frame] = {};
  }

  // The frame of a path above `row`; kNone: it ends there.
  FrameIndex count(const Path& path, std::uint32_t row, std::uint32_t box_index) {
    const std::int64_t size = abs_saturating(path.value);
    if (path.count == row) {
      FlameBox& box = tree_.boxes[box_index];
      std::int64_t& part = path.is_cut ? box.folded : box.self;
      part = add_saturating(part, size);
      if (path.is_cut) box.folded_net = add_saturating(box.folded_net, path.value);
      return kNone;
    }
    const std::uint32_t coded = frames_[path.first + row];
    Heap& heap = heaps_[coded / 2];
    if (heap.count == 0) met_.push_back(coded / 2);
    ++heap.count;
    heap.next = kNone;
    heap.size = add_saturating(heap.size, size);
    heap.net = add_saturating(heap.net, path.value);
    heap.is_inlined = heap.is_inlined && coded % 2 == 1;
    return coded / 2;
  }

  // Brings the frames of large heaps to the front of met_, heaviest first, and counts the others as
  // folded. Returns how many are large.
  std::size_t choose_large(std::uint32_t box_index) {
    const auto is_large = [this](FrameIndex frame) { return heaps_[frame].size >= least_; };
    const auto end = std::stable_partition(met_.begin(), met_.end(), is_large);
    std::sort(met_.begin(), end, [this](FrameIndex a, FrameIndex b) {
      if (heaps_[a].size != heaps_[b].size) return heaps_[a].size > heaps_[b].size;
      return stacks_.comes_first(a, b);
    });
    FlameBox& box = tree_.boxes[box_index];
    for (auto at = end; at != met_.end(); ++at) {
      box.folded = add_saturating(box.folded, heaps_[*at].size);
      box.folded_net = add_saturating(box.folded_net, heaps_[*at].net);
    }
    tree_.folded = add_saturating(tree_.folded, box.folded);
    if (box.folded > 0) tree_.rows = std::max(tree_.rows, box.row + 2);
    return static_cast<std::size_t>(end - met_.begin());
  }

  void add_boxes(const Work& work, std::size_t large) {
    const FlameBox parent = tree_.boxes[work.box];
    const double whole = static_cast<double>(tree_.boxes[0].size);
    double begin = parent.begin;
    std::uint32_t first = work.begin;
    const std::size_t todo_before = todo_.size();
    for (std::size_t i = 0; i < large; ++i) {
      const Heap& heap = heaps_[met_[i]];
      FlameBox box;
      box.frame = met_[i];
      box.parent = work.box;
      box.row = parent.row + 1;
      box.begin = begin;
      box.size = heap.size;
      box.net = heap.net;
      box.is_inlined = heap.is_inlined;
      tree_.rows = std::max(tree_.rows, box.row + 1);
      todo_.push_back({static_cast<std::uint32_t>(tree_.boxes.size()), first, first + heap.count,
                       1 - work.side});
      tree_.boxes.push_back(box);
      begin += static_cast<double>(heap.size) / whole;
      first += heap.count;
    }
    std::reverse(todo_.begin() + static_cast<std::ptrdiff_t>(todo_before), todo_.end());
  }

  const std::vector<std::uint32_t>& frames_;
  const FlameStacks& stacks_;
  const std::int64_t least_;
  const std::size_t most_boxes_;
  FlameTree tree_;
  std::array<std::vector<Path>, 2> sides_;  // Paths of a box side by side.
  std::vector<FrameIndex> keys_;            // By path: its frame above the row at hand, or kNone.
  std::vector<Heap> heaps_;                 // By frame.
  std::vector<FrameIndex> met_;             // Frames with a heap.
  std::vector<Work> todo_;
};

// The frames of a report.
class NamedStacks final : public FlameStacks {
 public:
  NamedStacks(const ReportInput& input, const FrameNames& frames, bool is_inverted)
      : input_(input), frames_(frames), is_inverted_(is_inverted) {}

  [[nodiscard]] std::size_t sample_count() const override { return input_.profile.sample_count(); }
  [[nodiscard]] std::size_t frame_count() const override { return frames_.all().size(); }
  [[nodiscard]] std::int64_t value(std::size_t sample) const override {
    return sample_value(input_, sample);
  }
  void append(std::size_t sample, std::vector<std::uint32_t>& frames) override {
    input_.profile.read_stack(sample, stack_);
    frames_.read(stack_, path_);
    if (is_inverted_) std::ranges::reverse(path_);
    for (const FrameIndex frame : path_) frames.push_back(frame * 2);
  }
  [[nodiscard]] bool comes_first(FrameIndex a, FrameIndex b) const override {
    return frames_.all()[a].name < frames_.all()[b].name;
  }

 private:
  const ReportInput& input_;
  const FrameNames& frames_;
  const bool is_inverted_;
  std::vector<LocationId> stack_;
  std::vector<FrameIndex> path_;
};

std::int64_t least_size(std::int64_t total, double share) {
  constexpr double kMost = 9e18;  // A double near the largest integer does not fit into one.
  const double least = std::ceil(static_cast<double>(total) * share);
  return static_cast<std::int64_t>(std::clamp(least, 1.0, kMost));
}

}  // namespace

FlameTree build_flame_tree(FlameStacks& stacks, const FlameOptions& options) {
  constexpr double kLargeShare = 0.01;  // There cannot be many boxes that are larger.
  constexpr double kStep = 4;
  const Paths paths = read_paths(stacks);
  double share = paths.frames.size() <= options.few_frames ? 0 : options.least_share;
  for (;; share *= kStep) {
    const bool is_last = share == 0 || share > kLargeShare;
    const std::size_t most = is_last ? SIZE_MAX : options.most_boxes;
    FlameTree tree;
    if (TreeBuilder(paths, stacks, least_size(paths.size, share), most).build(tree)) return tree;
  }
}

FlameTree build_flame_tree(const ReportInput& input, const FrameNames& frames,
                           const FlameOptions& options) {
  NamedStacks stacks(input, frames, options.is_inverted);
  return build_flame_tree(stacks, options);
}

}  // namespace plumb
