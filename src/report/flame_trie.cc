// SPDX-License-Identifier: Apache-2.0
#include "report/flame_trie.h"

#include <cstdint>
#include <span>
#include <vector>

#include "base/checked.h"
#include "report/flame_paths.h"

namespace plumb {
namespace {

// Sums by leaf, each with those of all leaves before it.
struct LeafSums {
  std::vector<std::int64_t> sizes;
  std::vector<std::int64_t> nets;  // Empty if they are the sizes.
};

class LeafAdder {
 public:
  explicit LeafAdder(const SortedSamples& samples)
      : samples_(samples), sizes_(samples.trie.sample_of.size() + 1) {}

  // False: see build_sorted_flame_tree().
  bool add_all() {
    const Profile& all = samples_.all;
    const Profile& shown = samples_.shown;
    const std::vector<std::uint32_t>& leaf_of = samples_.trie.leaf_of;
    std::size_t at = 0;
    for (std::size_t i = 0; i < shown.sample_count(); ++i, ++at) {
      // Leaves lie anywhere: they are asked for long before they are needed.
      if (at + kAhead < leaf_of.size()) __builtin_prefetch(&sizes_[leaf_of[at + kAhead]], 1);
      const std::uint64_t key = shown.stack_key(i);
      while (at < all.sample_count() && all.stack_key(at) != key) ++at;
      if (at == all.sample_count()) return false;
      // Keys say which stack it is only within the same table of stacks.
      if (i == 0 && all.stack(at).bytes().data() != shown.stack(i).bytes().data()) return false;
      const std::int64_t value = shown.values(i)[samples_.column];
      if (value != 0 && !add(leaf_of[at], value)) return false;
    }
    return true;
  }

  // Of add_all().
  [[nodiscard]] FlameTotals totals() const { return totals_; }

  LeafSums take() {
    run_up(sizes_);
    run_up(nets_);
    return {std::move(sizes_), std::move(nets_)};
  }

 private:
  bool add(std::uint32_t leaf, std::int64_t value) {
    const std::int64_t size = abs_saturating(value);
    if (value < 0 && nets_.empty()) nets_ = sizes_;
    if (__builtin_add_overflow(totals_.size, size, &totals_.size)) return false;
    totals_.net += value;
    totals_.has_negative = totals_.has_negative || value < 0;
    sizes_[leaf + 1] += size;
    if (!nets_.empty()) nets_[leaf + 1] += value;
    return true;
  }

  static void run_up(std::vector<std::int64_t>& sums) {
    for (std::size_t i = 1; i < sums.size(); ++i) sums[i] += sums[i - 1];
  }

  static constexpr std::size_t kAhead = 24;

  const SortedSamples& samples_;
  FlameTotals totals_;
  std::vector<std::int64_t> sizes_;
  std::vector<std::int64_t> nets_;
};

class TriePaths final : public FlamePaths {
 public:
  TriePaths(const SortedSamples& samples, LeafSums sums)
      : trie_(samples.trie), all_(samples.all), table_(samples.table), sums_(std::move(sums)) {}

  [[nodiscard]] std::size_t frame_count() const override { return table_.nodes.size(); }
  [[nodiscard]] bool comes_first(FrameIndex a, FrameIndex b) const override { return a < b; }

  void start(std::vector<FlamePath>& out) override {
    frames_.clear();
    out.resize(1);
    out[0].node = 0;
  }

  std::int64_t step(std::span<const FlamePath> paths, std::vector<FlamePath>& out) override {
    std::int64_t ended = 0;
    for (FlamePath path : paths) {
      if (path.is_unread) read(path);
      if (path.left == 0) {
        ended += branch(path.node, out);
        continue;
      }
      --path.left;
      path.frame = frames_[path.at++];
      out.push_back(path);
    }
    return ended;
  }

 private:
  // Puts what the ways below a node begin with into `out`. Returns the size of what ends there.
  std::int64_t branch(std::uint32_t index, std::vector<FlamePath>& out) {
    std::int64_t ended = 0;
    // A node without frames is as if what is below it stood here.
    passed_.assign(1, index);
    while (!passed_.empty()) {
      const std::uint32_t at = passed_.back();
      passed_.pop_back();
      const StackTrie::Node& node = trie_.nodes[at];
      for (std::uint32_t below = at + 1; below < node.end; below = trie_.nodes[below].end) {
        add_way(below, node.depth, out);
      }
      if (trie_.has_leaf(at))
        ended += sums_.sizes[node.first_leaf + 1] - sums_.sizes[node.first_leaf];
    }
    return ended;
  }

  // What goes through a node whose parent has `parent_depth`.
  void add_way(std::uint32_t index, std::uint32_t parent_depth, std::vector<FlamePath>& out) {
    const StackTrie::Node& node = trie_.nodes[index];
    const std::uint32_t end = trie_.end_leaf(node);
    FlamePath path;
    path.node = index;
    path.size = sums_.sizes[end] - sums_.sizes[node.first_leaf];
    if (path.size == 0) return;
    path.net = sums_.nets.empty() ? path.size : sums_.nets[end] - sums_.nets[node.first_leaf];
    const auto nodes = table_.of(node.location);
    if (!nodes.empty()) {
      path.is_unread = true;
      path.at = parent_depth;
      path.frame = nodes.back() * 2;
    } else {
      // Its first location is hidden: what it begins with has to be looked for.
      path.at = parent_depth;
      read(path);
      if (path.left == kNoFrame) {
        passed_.push_back(index);
        return;
      }
      path.frame = frames_[path.at - 1];
    }
    out.push_back(path);
  }

  // Looks up what comes behind the first frame of a node, which has been taken. A node without
  // frames has kNoFrame left.
  void read(FlamePath& path) {
    const StackTrie::Node& node = trie_.nodes[path.node];
    const std::size_t parent_depth = path.at;
    all_.read_stack(trie_.sample_of[node.first_leaf], stack_);
    path.at = frames_.size() + 1;
    for (std::size_t depth = parent_depth; depth < node.depth; ++depth) {
      const auto nodes = table_.of(stack_[stack_.size() - 1 - depth]);
      for (std::size_t line = nodes.size(); line-- > 0;) {
        frames_.push_back(nodes[line] * 2 + (line + 1 != nodes.size() ? 1 : 0));
      }
    }
    path.left = static_cast<std::uint32_t>(frames_.size() - path.at);
    path.is_unread = false;
  }

  static constexpr std::uint32_t kNoFrame = UINT32_MAX;  // As FlamePath::left.

  const StackTrie& trie_;
  const Profile& all_;
  const NodeTable& table_;
  const LeafSums sums_;
  std::vector<LocationId> stack_;
  std::vector<std::uint32_t> frames_;  // Of nodes that were read.
  std::vector<std::uint32_t> passed_;  // Nodes without frames, to be looked below.
};

// Whether all samples that have a value have no more frames than that.
bool has_few_frames(const SortedSamples& samples, std::size_t most) {
  std::size_t left = most;
  for (std::size_t i = 0; i < samples.shown.sample_count(); ++i) {
    if (samples.shown.values(i)[samples.column] == 0) continue;
    std::size_t frames = 0;
    for (const LocationId id : samples.shown.stack(i)) {
      frames += samples.table.of(id).size();
      if (frames > kMostFlameRows) break;
    }
    frames = std::min<std::size_t>(frames, kMostFlameRows + 1);
    if (frames > left) return false;
    left -= frames;
  }
  return true;
}

}  // namespace

std::optional<FlameTree> build_sorted_flame_tree(const SortedSamples& samples,
                                                 const FlameOptions& options) {
  LeafAdder adder(samples);
  if (!adder.add_all()) return std::nullopt;
  FlameTotals totals = adder.totals();
  totals.are_few = has_few_frames(samples, options.few_frames);
  TriePaths paths(samples, adder.take());
  return build_flame_tree(paths, totals, options);
}

}  // namespace plumb
