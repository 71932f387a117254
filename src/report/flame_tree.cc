// SPDX-License-Identifier: Apache-2.0
// Three passes.
//
// 1. The size of each frame over all samples. A box is never larger than its frame.
// 2. Paths: each stack up to the first frame that is too small to be seen anywhere.
// 3. Boxes, from the root: the paths of a box are sorted into heaps by their next frame, as in
// radix
//    sort, and a heap that is large enough is a box. No path is looked at beyond the last box that
//    it is part of, and nothing is hashed.

#include "report/flame_tree.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/checked.h"

namespace plumb {
namespace {

struct Path {
  std::size_t first = 0;    // In the list of all frames.
  std::uint32_t count = 0;  // Frames.
  bool is_cut = false;      // More frames follow, too small to be seen.
  std::int64_t value = 0;
};

// Paths of all samples, in their order.
struct Paths {
  std::vector<Path> paths;
  std::vector<FrameIndex> frames;
};

// A row per frame that is cheap to clear: only the frames that were touched.
struct Heap {
  std::int64_t size = 0;
  std::int64_t net = 0;
  std::uint32_t count = 0;  // Paths.
  std::uint32_t next = 0;   // Where the next path goes; kNone: the heap is too small.
};

class StackReader {
 public:
  StackReader(const ReportInput& input, const FrameNames& frames, bool is_inverted)
      : profile_(input.profile), frames_(frames), is_inverted_(is_inverted) {}

  // The frames of a sample, those that stand at the root of the picture first.
  const std::vector<FrameIndex>& read(std::size_t sample) {
    profile_.read_stack(sample, stack_);
    frames_.read(stack_, path_);
    if (is_inverted_) std::ranges::reverse(path_);
    return path_;
  }

 private:
  const Profile& profile_;
  const FrameNames& frames_;
  const bool is_inverted_;
  std::vector<LocationId> stack_;
  std::vector<FrameIndex> path_;
};

std::vector<std::int64_t> measure_frames(const ReportInput& input, const FrameNames& frames,
                                         StackReader& reader) {
  std::vector<std::int64_t> sizes(frames.all().size(), 0);
  std::vector<std::size_t> seen_in(frames.all().size(), SIZE_MAX);
  for (std::size_t i = 0; i < input.profile.sample_count(); ++i) {
    const std::int64_t size = abs_saturating(sample_value(input, i));
    if (size == 0) continue;
    for (const FrameIndex frame : reader.read(i)) {
      if (std::exchange(seen_in[frame], i) == i) continue;
      sizes[frame] = add_saturating(sizes[frame], size);
    }
  }
  return sizes;
}

Paths read_paths(const ReportInput& input, const std::vector<std::int64_t>& sizes,
                 std::int64_t least, StackReader& reader) {
  Paths all;
  for (std::size_t i = 0; i < input.profile.sample_count(); ++i) {
    const std::int64_t value = sample_value(input, i);
    if (value == 0) continue;
    Path path{.first = all.frames.size(), .count = 0, .is_cut = false, .value = value};
    for (const FrameIndex frame : reader.read(i)) {
      path.is_cut = sizes[frame] < least || path.count == kMostFlameRows;
      if (path.is_cut) break;
      all.frames.push_back(frame);
      ++path.count;
    }
    all.paths.push_back(path);
  }
  return all;
}

class TreeBuilder {
 public:
  TreeBuilder(const Paths& paths, const FrameNames& frames, std::int64_t least)
      : paths_(paths), frames_(frames), least_(least), heaps_(frames.all().size()) {
    for (std::uint32_t i = 0; i < paths.paths.size(); ++i) order_.push_back(i);
  }

  FlameTree build() {
    FlameBox root;
    for (const Path& path : paths_.paths) {
      root.size = add_saturating(root.size, abs_saturating(path.value));
      root.net = add_saturating(root.net, path.value);
      tree_.has_negative |= path.value < 0;
    }
    tree_.boxes.push_back(root);
    todo_.push_back({0, 0, static_cast<std::uint32_t>(order_.size())});
    while (!todo_.empty()) {
      const Work work = todo_.back();
      todo_.pop_back();
      split(work);
    }
    return std::move(tree_);
  }

 private:
  // A box whose paths are order_[begin .. end).
  struct Work {
    std::uint32_t box = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };

  void split(const Work& work) {
    const std::uint32_t row = tree_.boxes[work.box].row;
    met_.clear();
    for (std::uint32_t i = work.begin; i < work.end; ++i) count(paths_.paths[order_[i]], row, work);
    const std::size_t large = choose_large(work.box);
    std::uint32_t next = work.begin;
    for (std::size_t i = 0; i < large; ++i) {
      Heap& heap = heaps_[met_[i]];
      heap.next = next;
      next += heap.count;
    }
    move_paths(work, row);
    add_boxes(work, large);
    for (const FrameIndex frame : met_) heaps_[frame] = {};
  }

  void count(const Path& path, std::uint32_t row, const Work& work) {
    const std::int64_t size = abs_saturating(path.value);
    if (path.count == row) {
      FlameBox& box = tree_.boxes[work.box];
      std::int64_t& part = path.is_cut ? box.folded : box.self;
      part = add_saturating(part, size);
      return;
    }
    const FrameIndex frame = paths_.frames[path.first + row];
    Heap& heap = heaps_[frame];
    if (heap.count == 0) met_.push_back(frame);
    ++heap.count;
    heap.next = kNone;
    heap.size = add_saturating(heap.size, size);
    heap.net = add_saturating(heap.net, path.value);
  }

  // Brings the frames of large heaps to the front of met_, heaviest first, and counts the others as
  // folded. Returns how many are large.
  std::size_t choose_large(std::uint32_t box_index) {
    const auto is_large = [this](FrameIndex frame) { return heaps_[frame].size >= least_; };
    const auto end = std::partition(met_.begin(), met_.end(), is_large);
    std::sort(met_.begin(), end, [this](FrameIndex a, FrameIndex b) {
      if (heaps_[a].size != heaps_[b].size) return heaps_[a].size > heaps_[b].size;
      return frames_.all()[a].name < frames_.all()[b].name;
    });
    FlameBox& box = tree_.boxes[box_index];
    for (auto at = end; at != met_.end(); ++at) {
      box.folded = add_saturating(box.folded, heaps_[*at].size);
    }
    tree_.folded = add_saturating(tree_.folded, box.folded);
    if (box.folded > 0) tree_.rows = std::max(tree_.rows, box.row + 2);
    return static_cast<std::size_t>(end - met_.begin());
  }

  // Puts the paths of large heaps in the order of the heaps, to the front of the box's.
  void move_paths(const Work& work, std::uint32_t row) {
    moved_.resize(work.end - work.begin);
    for (std::uint32_t i = work.begin; i < work.end; ++i) {
      const Path& path = paths_.paths[order_[i]];
      if (path.count == row) continue;
      Heap& heap = heaps_[paths_.frames[path.first + row]];
      if (heap.next != kNone) moved_[heap.next++ - work.begin] = order_[i];
    }
    std::ranges::copy(moved_, order_.begin() + work.begin);
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
      tree_.rows = std::max(tree_.rows, box.row + 1);
      todo_.push_back({static_cast<std::uint32_t>(tree_.boxes.size()), first, first + heap.count});
      tree_.boxes.push_back(box);
      begin += static_cast<double>(heap.size) / whole;
      first += heap.count;
    }
    std::reverse(todo_.begin() + static_cast<std::ptrdiff_t>(todo_before), todo_.end());
  }

  const Paths& paths_;
  const FrameNames& frames_;
  const std::int64_t least_;
  FlameTree tree_;
  std::vector<std::uint32_t> order_;  // Paths, those of a box side by side.
  std::vector<std::uint32_t> moved_;
  std::vector<Heap> heaps_;      // By frame.
  std::vector<FrameIndex> met_;  // Frames with a heap.
  std::vector<Work> todo_;
};

}  // namespace

FlameTree build_flame_tree(const ReportInput& input, const FrameNames& frames,
                           const FlameOptions& options) {
  std::int64_t total = 0;
  for (std::size_t i = 0; i < input.profile.sample_count(); ++i) {
    total = add_saturating(total, abs_saturating(sample_value(input, i)));
  }
  constexpr double kMost = 9e18;  // A double near the largest integer does not fit into one.
  const double share = std::ceil(static_cast<double>(total) * options.least_share);
  const auto least = static_cast<std::int64_t>(std::clamp(share, 1.0, kMost));
  StackReader reader(input, frames, options.is_inverted);
  const std::vector<std::int64_t> sizes = measure_frames(input, frames, reader);
  const Paths paths = read_paths(input, sizes, least, reader);
  return TreeBuilder(paths, frames, least).build();
}

}  // namespace plumb
