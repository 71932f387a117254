// SPDX-License-Identifier: Apache-2.0
// From the root, the paths of a box are sorted into heaps by their next frame, as in radix sort,
// and a heap that is large enough is a box. No path is looked at beyond the last box that it is
// part of, and nothing is hashed.

#include "report/flame_tree.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "base/cancellation.h"
#include "base/checked.h"
#include "report/flame_paths.h"

namespace plumb {
namespace {

constexpr std::size_t kTooSmall = SIZE_MAX;

// What begins with the same frames. Cheap to clear: only those that were met.
struct Heap {
  std::int64_t size = 0;
  std::int64_t net = 0;
  std::uint32_t count = 0;       // Paths.
  std::size_t next = kTooSmall;  // Where the next path goes.
  bool is_inlined = true;        // In all of them.
};

class TreeBuilder {
 public:
  TreeBuilder(FlamePaths& paths, const FlameTotals& totals, std::int64_t least,
              std::size_t most_boxes)
      : paths_(paths), least_(least), most_boxes_(most_boxes), heaps_(paths.frame_count()) {
    FlameBox root;
    root.size = totals.size;
    root.net = totals.net;
    tree_.boxes.push_back(root);
    tree_.least = least;
    tree_.has_negative = totals.has_negative;
    paths.start(waiting_);
    todo_.push_back({0, 0});
  }

  // False if there are too many boxes.
  bool build(FlameTree& tree) {
    for (std::size_t done = 0; !todo_.empty() && !is_cancelled_at(done); ++done) {
      const Work work = todo_.back();
      todo_.pop_back();
      split(work);
      if (tree_.boxes.size() > most_boxes_) return false;
    }
    tree = std::move(tree_);
    return true;
  }

 private:
  // A box whose paths are waiting_[begin ..]: those of boxes that are done later lie before them.
  struct Work {
    std::uint32_t box = 0;
    std::size_t begin = 0;
  };

  void split(const Work& work) {
    here_.clear();
    FlameBox& box = tree_.boxes[work.box];
    box.self = paths_.step(std::span<const FlamePath>(waiting_).subspan(work.begin), here_);
    waiting_.resize(work.begin);
    if (box.row == kMostFlameRows) {
      for (const FlamePath& path : here_) fold(box, path.size, path.net);
      tree_.folded = add_saturating(tree_.folded, box.folded);
      return;
    }
    fill_heaps();
    const std::size_t large = choose_large(work.box);
    std::size_t end = work.begin;
    for (std::size_t i = large; i-- > 0;) {
      heaps_[met_[i]].next = end;
      end += heaps_[met_[i]].count;
    }
    waiting_.resize(end);
    for (const FlamePath& path : here_) {
      Heap& heap = heaps_[path.frame / 2];
      if (heap.next != kTooSmall) waiting_[heap.next++] = path;
    }
    add_boxes(work.box, large);
    for (const FrameIndex frame : met_) heaps_[frame] = {};
  }

  static void fold(FlameBox& box, std::int64_t size, std::int64_t net) {
    box.folded = add_saturating(box.folded, size);
    box.folded_net = add_saturating(box.folded_net, net);
  }

  void fill_heaps() {
    met_.clear();
    for (const FlamePath& path : here_) {
      Heap& heap = heaps_[path.frame / 2];
      if (heap.count == 0) met_.push_back(path.frame / 2);
      ++heap.count;
      heap.size = add_saturating(heap.size, path.size);
      heap.net = add_saturating(heap.net, path.net);
      heap.is_inlined = heap.is_inlined && path.frame % 2 == 1;
    }
  }

  // Brings the frames of large heaps to the front of met_, heaviest first, and counts the others as
  // folded. Returns how many are large.
  std::size_t choose_large(std::uint32_t box_index) {
    const auto is_large = [this](FrameIndex frame) { return heaps_[frame].size >= least_; };
    const auto end = std::stable_partition(met_.begin(), met_.end(), is_large);
    std::sort(met_.begin(), end, [this](FrameIndex a, FrameIndex b) {
      if (heaps_[a].size != heaps_[b].size) return heaps_[a].size > heaps_[b].size;
      return paths_.comes_first(a, b);
    });
    FlameBox& box = tree_.boxes[box_index];
    for (auto at = end; at != met_.end(); ++at) fold(box, heaps_[*at].size, heaps_[*at].net);
    tree_.folded = add_saturating(tree_.folded, box.folded);
    if (box.folded > 0) tree_.rows = std::max(tree_.rows, box.row + 2);
    return static_cast<std::size_t>(end - met_.begin());
  }

  // Their paths wait in the opposite order.
  void add_boxes(std::uint32_t parent_index, std::size_t large) {
    const FlameBox parent = tree_.boxes[parent_index];
    const double whole = static_cast<double>(tree_.boxes[0].size);
    double begin = parent.begin;
    const std::size_t todo_before = todo_.size();
    for (std::size_t i = 0; i < large; ++i) {
      const Heap& heap = heaps_[met_[i]];
      FlameBox box;
      box.frame = met_[i];
      box.parent = parent_index;
      box.row = parent.row + 1;
      box.begin = begin;
      box.size = heap.size;
      box.net = heap.net;
      box.is_inlined = heap.is_inlined;
      tree_.rows = std::max(tree_.rows, box.row + 1);
      todo_.push_back({static_cast<std::uint32_t>(tree_.boxes.size()), heap.next - heap.count});
      tree_.boxes.push_back(box);
      begin += static_cast<double>(heap.size) / whole;
    }
    std::reverse(todo_.begin() + static_cast<std::ptrdiff_t>(todo_before), todo_.end());
  }

  FlamePaths& paths_;
  const std::int64_t least_;
  const std::size_t most_boxes_;
  FlameTree tree_;
  std::vector<FlamePath> waiting_;  // Of boxes that are not done.
  std::vector<FlamePath> here_;     // Of the box at hand, with the frame above it.
  std::vector<Heap> heaps_;         // By frame.
  std::vector<FrameIndex> met_;     // Frames with a heap.
  std::vector<Work> todo_;
};

// Stacks one by one, each written out.
class SeparatePaths final : public FlamePaths {
 public:
  explicit SeparatePaths(FlameStacks& stacks) : stacks_(stacks) {
    paths_.reserve(stacks.sample_count());
    for (std::size_t i = 0; i < stacks.sample_count(); ++i) {
      const std::int64_t value = stacks.value(i);
      if (value != 0) add(i, value);
    }
  }

  [[nodiscard]] const FlameTotals& totals() const { return totals_; }
  [[nodiscard]] std::size_t size() const { return frames_.size(); }
  [[nodiscard]] std::size_t frame_count() const override { return stacks_.frame_count(); }
  [[nodiscard]] bool comes_first(FrameIndex a, FrameIndex b) const override {
    return stacks_.comes_first(a, b);
  }
  void start(std::vector<FlamePath>& out) override { out = paths_; }

  std::int64_t step(std::span<const FlamePath> paths, std::vector<FlamePath>& out) override {
    // Frames lie anywhere in memory: they are asked for long before they are needed.
    constexpr std::size_t kAhead = 24;
    std::int64_t ended = 0;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      if (i + kAhead < paths.size()) __builtin_prefetch(frames_.data() + paths[i + kAhead].at);
      FlamePath path = paths[i];
      if (path.left == 0) {
        ended = add_saturating(ended, path.size);
        continue;
      }
      path.frame = frames_[path.at++];
      --path.left;
      out.push_back(path);
    }
    return ended;
  }

 private:
  void add(std::size_t sample, std::int64_t value) {
    FlamePath path;
    path.at = frames_.size();
    path.size = abs_saturating(value);
    path.net = value;
    stacks_.append(sample, frames_);
    // One more than is shown tells that there are more.
    const std::size_t count = frames_.size() - path.at;
    path.left = static_cast<std::uint32_t>(std::min<std::size_t>(count, kMostFlameRows + 1));
    frames_.resize(path.at + path.left);
    totals_.size = add_saturating(totals_.size, path.size);
    totals_.net = add_saturating(totals_.net, value);
    totals_.has_negative = totals_.has_negative || value < 0;
    paths_.push_back(path);
  }

  FlameStacks& stacks_;
  FlameTotals totals_;
  std::vector<FlamePath> paths_;
  std::vector<std::uint32_t> frames_;  // As FlameStacks::append() writes them.
};

// The frames of a report.
class NamedStacks final : public FlameStacks {
 public:
  NamedStacks(const ReportInput& input, const FrameNames& frames, bool is_inverted)
      : input_(input), frames_(frames), is_inverted_(is_inverted) {
    if (input.options.drop_negative) sums_ = sum_stacks(input, frames);
  }

  [[nodiscard]] std::size_t sample_count() const override {
    return sums_ ? sums_->size() : input_.profile.sample_count();
  }
  [[nodiscard]] std::size_t frame_count() const override { return frames_.all().size(); }
  [[nodiscard]] std::int64_t value(std::size_t sample) const override {
    return sums_ ? (*sums_)[sample].value : sample_value(input_, sample);
  }
  void append(std::size_t sample, std::vector<std::uint32_t>& frames) override {
    input_.profile.read_stack(sums_ ? (*sums_)[sample].sample : sample, stack_);
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
  std::optional<std::vector<StackSum>> sums_;  // In place of samples: these may cancel out.
  std::vector<LocationId> stack_;
  std::vector<FrameIndex> path_;
};

std::int64_t least_size(std::int64_t total, double share) {
  constexpr double kMost = 9e18;  // A double near the largest integer does not fit into one.
  const double least = std::ceil(static_cast<double>(total) * share);
  return static_cast<std::int64_t>(std::clamp(least, 1.0, kMost));
}

}  // namespace

FlameTree build_flame_tree(FlamePaths& paths, const FlameTotals& totals,
                           const FlameOptions& options) {
  constexpr double kLargeShare = 0.01;  // There cannot be many boxes that are larger.
  constexpr double kStep = 4;
  double share = totals.are_few ? 0 : options.least_share;
  for (;; share *= kStep) {
    const bool is_last = share == 0 || share > kLargeShare;
    const std::size_t most = is_last ? SIZE_MAX : options.most_boxes;
    FlameTree tree;
    if (TreeBuilder(paths, totals, least_size(totals.size, share), most).build(tree)) return tree;
  }
}

FlameTree build_flame_tree(FlameStacks& stacks, const FlameOptions& options) {
  SeparatePaths paths(stacks);
  FlameTotals totals = paths.totals();
  totals.are_few = paths.size() <= options.few_frames;
  return build_flame_tree(paths, totals, options);
}

FlameTree build_flame_tree(const ReportInput& input, const FrameNames& frames,
                           const FlameOptions& options) {
  NamedStacks stacks(input, frames, options.is_inverted);
  return build_flame_tree(stacks, options);
}

}  // namespace plumb
