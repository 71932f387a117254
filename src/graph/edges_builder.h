// SPDX-License-Identifier: Apache-2.0
// EdgesBuilder: the edges of a graph, without the sums of its nodes.
//
// Adding up a stack is a matter of cache misses: each frame leads to its location's nodes, each
// pair of these to its edge, all anywhere in tables of megabytes. So stacks are added in blocks, in
// three rounds: each does for all frames of the block one step of that way and has the next fetched
// ahead.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "graph/edge_table.h"
#include "graph/graph.h"
#include "graph/line_table.h"
#include "model/profile.h"

namespace plumb {

/// Which edges at a node: those that lead to it alone, or those from it as well.
enum class EdgeSides : std::uint8_t { In, Both };

/// Not thread-safe; lifetime: `lines` outlives it.
class EdgesBuilder {
 public:
  /// `ends`: by node, whose edges are wanted; null: all. `sides`: those from them count as well.
  EdgesBuilder(const LineTable& lines, const std::vector<bool>* ends, EdgeSides sides)
      : lines_(lines), sides_(sides), edges_(ends == nullptr ? lines.gap() : 0) {
    if (ends == nullptr) return;
    for (const std::uint32_t node : lines.nodes()) ends_.push_back((*ends)[node]);
  }

  /// `stack` is leaf first.
  void add_sample(std::span<const LocationId> stack, std::int64_t value, std::int64_t divisor) {
    if (!may_matter(stack)) return;
    for (const LocationId id : stack) {
      frames_.push_back(id);
      lines_.prefetch(id);
    }
    samples_.push_back({.end_frame = static_cast<std::uint32_t>(frames_.size()),
                        .value = value,
                        .divisor = divisor});
    if (frames_.size() >= kBlockFrames) add_block();
  }

  void finish() {
    add_block();
    result_ = edges_.take_sorted(lines_.gap());
    for (Edge& edge : result_) {
      edge.caller = lines_.nodes()[edge.caller];
      edge.callee = lines_.nodes()[edge.callee];
    }
  }

  /// Adds what another one has added up. Both are finished.
  void add(const EdgesBuilder& other) { result_ = add_edges(std::move(result_), other.result_); }

  /// By caller and callee. Requires: finish() was called.
  [[nodiscard]] std::vector<Edge> take() { return std::move(result_); }

 private:
  static constexpr std::size_t kBlockFrames = 2048;
  static constexpr std::uint64_t kMattering = 1000;  // Samples that tell what others are like.

  // Where most of the first samples matter, looking at each takes longer than it saves.
  bool may_matter(std::span<const LocationId> stack) {
    if (mattering_ >= kMattering && mattering_ > passed_over_) return true;
    const bool matters = lines_.any_matters(stack);
    ++(matters ? mattering_ : passed_over_);
    return matters;
  }

  // One sample of the block.
  struct Sample {
    std::uint32_t end_frame = 0;  // In frames_.
    std::uint32_t end_step = 0;   // In steps_.
    std::int64_t value = 0;
    std::int64_t divisor = 0;
  };

  // A line of a stack whose node is kept.
  struct Visit {
    std::uint32_t node = 0;
    std::uint32_t place = 0;  // Twice its number on the stack, and one if it is inlined.

    [[nodiscard]] bool is_inlined() const { return place % 2 != 0; }
    [[nodiscard]] bool is_next_to(Visit caller) const { return place / 2 == caller.place / 2 + 1; }
  };

  // An edge on a stack.
  struct Step {
    std::uint32_t caller = 0;
    std::uint32_t callee = 0;
    bool is_residual = false;
    bool is_inlined = false;
  };

  void add_block() {
    std::uint32_t frame = 0;
    for (Sample& sample : samples_) {
      find_steps(std::span(frames_).subspan(frame, sample.end_frame - frame));
      frame = sample.end_frame;
      sample.end_step = static_cast<std::uint32_t>(step_count_);
    }
    std::uint32_t step = 0;
    for (const Sample& sample : samples_) {
      ++sample_;
      for (; step < sample.end_step; ++step) add_step(steps_[step], sample);
    }
    frames_.clear();
    samples_.clear();
    step_count_ = 0;
  }

  void find_steps(std::span<const LocationId> stack) {
    const std::span<const Visit> visits = find_visits(stack);
    if (steps_.size() < step_count_ + visits.size()) {
      steps_.resize(2 * (step_count_ + visits.size()));
    }
    Step* step = steps_.data() + step_count_;
    for (std::size_t i = 1; i < visits.size(); ++i) {
      const Visit from = visits[i - 1];
      const Visit to = visits[i];
      *step = {.caller = from.node,
               .callee = to.node,
               .is_residual = !to.is_next_to(from),
               .is_inlined = to.is_inlined()};
      edges_.prefetch(to.node);
      step += is_edge(from.node, to.node) ? 1 : 0;
    }
    step_count_ = static_cast<std::size_t>(step - steps_.data());
  }

  // The nodes that are kept, from the root. Which lines have one is hard to predict: no branch
  // depends on it.
  std::span<const Visit> find_visits(std::span<const LocationId> stack) {
    if (visits_.size() <= stack.size()) visits_.resize(2 * stack.size() + 64);
    const std::uint32_t gap = lines_.gap();
    Visit* visit = visits_.data();
    std::uint32_t place = 0;
    for (std::size_t i = stack.size(); i-- > 0;) {
      const std::uint32_t entry = lines_.entry(stack[i]);
      const std::uint32_t outermost = entry % LineTable::kManyBit;
      *visit = {.node = outermost, .place = place};
      place += 2;
      visit += outermost != gap ? 1 : 0;
      if (entry < LineTable::kManyBit) continue;
      const std::span<const std::uint32_t> inlined = lines_.inlined(stack[i]);
      visit = with_room_for(visit, inlined.size() + i);
      for (const std::uint32_t node : inlined) {
        *visit = {.node = node, .place = place + 1};
        place += 2;
        visit += node != gap ? 1 : 0;
      }
    }
    return {visits_.data(), visit};
  }

  // Where `at` is once there is room for `more` behind it, and one.
  Visit* with_room_for(Visit* at, std::size_t more) {
    const auto used = static_cast<std::size_t>(at - visits_.data());
    if (visits_.size() <= used + more) visits_.resize(2 * (used + more));
    return visits_.data() + used;
  }

  [[nodiscard]] bool is_edge(std::uint32_t caller, std::uint32_t callee) const {
    if (caller == callee) return false;
    if (ends_.empty() || ends_[callee]) return true;
    return sides_ == EdgeSides::Both && ends_[caller];
  }

  // A sample counts once for each edge.
  void add_step(const Step& step, const Sample& sample) {
    EdgeTable::Row& edge = edges_.find_or_add(step.caller, step.callee);
    if (edge.sample == sample_) return;
    edge.sample = sample_;
    edge.add(sample.value, sample.divisor, step.is_residual, step.is_inlined);
  }

  const LineTable& lines_;
  const EdgeSides sides_;
  std::vector<bool> ends_;  // By node: whose edges are wanted; empty: all.
  EdgeTable edges_;
  std::vector<Edge> result_;     // Once it is finished.
  std::uint64_t mattering_ = 0;  // Of the samples looked at.
  std::uint64_t passed_over_ = 0;
  std::uint32_t sample_ = 0;  // Number of the sample being added, from 1.

  // The block.
  std::vector<LocationId> frames_;
  std::vector<Sample> samples_;
  std::vector<Step> steps_;
  std::size_t step_count_ = 0;
  std::vector<Visit> visits_;  // Of one stack.
};

}  // namespace plumb
