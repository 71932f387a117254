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

/// Not thread-safe; lifetime: `lines` outlives it.
class EdgesBuilder {
 public:
  /// `ends`: by node, whose edges are wanted; null: all.
  EdgesBuilder(const LineTable& lines, const std::vector<bool>* ends)
      : lines_(lines), edges_(ends == nullptr ? lines.gap() : 0) {
    if (ends == nullptr) return;
    for (const std::uint32_t node : lines.nodes()) ends_.push_back((*ends)[node]);
  }

  /// `stack` is leaf first.
  void add_sample(std::span<const LocationId> stack, std::int64_t value, std::int64_t divisor) {
    if (!lines_.any_matters(stack)) return;
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

  // One sample of the block.
  struct Sample {
    std::uint32_t end_frame = 0;  // In frames_.
    std::uint32_t end_step = 0;   // In steps_.
    std::int64_t value = 0;
    std::int64_t divisor = 0;
  };

  // An edge on a stack.
  struct Step {
    std::uint32_t caller = kNone;
    std::uint32_t callee = 0;
    bool is_residual = false;
    bool is_inlined = false;
  };

  void add_block() {
    std::uint32_t frame = 0;
    for (Sample& sample : samples_) {
      find_steps(std::span(frames_).subspan(frame, sample.end_frame - frame));
      frame = sample.end_frame;
      sample.end_step = static_cast<std::uint32_t>(steps_.size());
    }
    std::uint32_t step = 0;
    for (const Sample& sample : samples_) {
      ++sample_;
      for (; step < sample.end_step; ++step) add_step(steps_[step], sample);
    }
    frames_.clear();
    samples_.clear();
    steps_.clear();
  }

  void find_steps(std::span<const LocationId> stack) {
    Step step;
    for (std::size_t i = stack.size(); i-- > 0;) {
      const std::uint32_t entry = lines_.entry(stack[i]);
      step.is_inlined = false;
      take_node(entry % LineTable::kManyBit, step);
      if (entry < LineTable::kManyBit) continue;
      step.is_inlined = true;
      for (const std::uint32_t node : lines_.inlined(stack[i])) take_node(node, step);
    }
  }

  // `step`: how the stack came here; becomes how it goes on.
  void take_node(std::uint32_t node, Step& step) {
    if (node == lines_.gap()) {
      step.is_residual = true;
      return;
    }
    step.callee = node;
    if (is_edge(step.caller, node)) {
      edges_.prefetch(node);
      steps_.push_back(step);
    }
    step.caller = node;
    step.is_residual = false;
  }

  [[nodiscard]] bool is_edge(std::uint32_t caller, std::uint32_t callee) const {
    if (caller == callee || caller == kNone) return false;
    return ends_.empty() || ends_[callee] || ends_[caller];
  }

  // A sample counts once for each edge.
  void add_step(const Step& step, const Sample& sample) {
    EdgeTable::Row& edge = edges_.find_or_add(step.caller, step.callee);
    if (edge.sample == sample_) return;
    edge.sample = sample_;
    edge.add(sample.value, sample.divisor, step.is_residual, step.is_inlined);
  }

  const LineTable& lines_;
  std::vector<bool> ends_;  // By node: whose edges are wanted; empty: all.
  EdgeTable edges_;
  std::vector<Edge> result_;  // Once it is finished.
  std::uint32_t sample_ = 0;  // Number of the sample being added, from 1.

  // The block.
  std::vector<LocationId> frames_;
  std::vector<Sample> samples_;
  std::vector<Step> steps_;
};

}  // namespace plumb
