// SPDX-License-Identifier: Apache-2.0
// Adding up a stack is a matter of cache misses: each frame leads to its location's nodes, each
// node to its sums, each pair to its edge, all anywhere in tables of megabytes. So stacks are added
// in blocks, in three rounds: each round does for all frames of the block one step of that way and
// has the next fetched ahead. Two threads add half of the samples each.

#include "graph/graph.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/checked.h"
#include "base/parallel.h"
#include "graph/edge_table.h"
#include "graph/graph_parts.h"

namespace plumb {
namespace {

constexpr std::uint32_t kGap = 0x7FFFFFFF;  // In place of a node that is not kept.
constexpr std::uint32_t kNoNode = UINT32_MAX;

// The nodes of each location, from the outermost line.
class LineTable {
 public:
  // `ends`: samples without these are of no interest; null: without a node that is kept.
  LineTable(const NodeTable& table, const std::vector<bool>* kept, const std::vector<bool>* ends) {
    const std::size_t location_count = table.first.size() - 1;
    entries_.reserve(location_count);
    for (std::uint32_t i = 0; i < location_count; ++i) add(table.of({i}), kept);
    if (kept == nullptr && ends == nullptr) return;
    matters_.resize(location_count);
    for (std::uint32_t i = 0; i < location_count; ++i) {
      matters_[i] = ends == nullptr
                        ? entries_[i] != kGap
                        : std::ranges::any_of(table.of({i}), [ends](auto n) { return (*ends)[n]; });
    }
  }

  /// Few stacks do, where the graph is for a screen.
  [[nodiscard]] bool any_matters(std::span<const LocationId> stack) const {
    return matters_.empty() ||
           std::ranges::any_of(stack, [this](LocationId id) { return matters_[id.index]; });
  }

  void prefetch(LocationId id) const { __builtin_prefetch(&entries_[id.index]); }

  [[nodiscard]] std::span<const std::uint32_t> of(LocationId id) const {
    const std::uint32_t& entry = entries_[id.index];
    if ((entry & kManyBit) == 0) return {&entry, 1};
    const std::uint32_t* const list = &lists_[entry & ~kManyBit];
    return {list + 1, *list};
  }

 private:
  static constexpr std::uint32_t kManyBit = 0x80000000;

  void add(std::span<const std::uint32_t> nodes, const std::vector<bool>* kept) {
    const auto node_or_gap = [kept](std::uint32_t node) {
      return kept == nullptr || (*kept)[node] ? node : kGap;
    };
    const bool any_kept =
        std::ranges::any_of(nodes, [&](std::uint32_t node) { return node_or_gap(node) != kGap; });
    if (nodes.size() == 1 || !any_kept) {
      entries_.push_back(any_kept ? nodes[0] : kGap);
      return;
    }
    entries_.push_back(kManyBit | static_cast<std::uint32_t>(lists_.size()));
    lists_.push_back(static_cast<std::uint32_t>(nodes.size()));
    for (std::size_t line = nodes.size(); line-- > 0;) lists_.push_back(node_or_gap(nodes[line]));
  }

  std::vector<std::uint32_t> entries_;  // By location: a node, or kManyBit | the place of a list.
  std::vector<std::uint32_t> lists_;    // Count, then nodes; end to end.
  std::vector<bool> matters_;           // By location; empty: all do.
};

// Nodes without edges: all that is asked of a frame is whether the stack came by its node before.
// The loop is short enough for a processor to fetch what the next frames need meanwhile.
class SumsBuilder {
 public:
  SumsBuilder(const LineTable& lines, std::size_t node_count, bool has_divisor)
      : lines_(lines),
        cums_(node_count),
        flats_(node_count),
        inlined_(node_count),
        cum_divisors_(has_divisor ? node_count : 0),
        flat_divisors_(cum_divisors_.size()) {}

  // `stack` is leaf first.
  void add_sample(std::span<const LocationId> stack, std::int64_t value, std::int64_t divisor) {
    if (stack.empty()) return;
    ++sample_;
    for (const LocationId id : stack) {
      const std::span<const std::uint32_t> nodes = lines_.of(id);
      if (nodes.size() > 1) add_inlined(nodes.subspan(1), value);
      for (const std::uint32_t node : nodes) {
        if (node == kGap || cums_[node].sample == sample_) continue;
        cums_[node].sample = sample_;
        cums_[node].value = add_wrapping(cums_[node].value, value);
        if (divisor != 0) cum_divisors_[node] = add_wrapping(cum_divisors_[node], divisor);
      }
    }
    const std::uint32_t leaf = lines_.of(stack.front()).back();
    if (leaf == kGap) return;
    flats_[leaf] = add_wrapping(flats_[leaf], value);
    if (divisor != 0) flat_divisors_[leaf] = add_wrapping(flat_divisors_[leaf], divisor);
  }

  void finish() {}

  // Adds what another one has added up.
  void add(const SumsBuilder& other) {
    for (std::size_t i = 0; i < cums_.size(); ++i) {
      cums_[i].value = add_wrapping(cums_[i].value, other.cums_[i].value);
      flats_[i] = add_wrapping(flats_[i], other.flats_[i]);
    }
    for (std::size_t i = 0; i < cum_divisors_.size(); ++i) {
      cum_divisors_[i] = add_wrapping(cum_divisors_[i], other.cum_divisors_[i]);
      flat_divisors_[i] = add_wrapping(flat_divisors_[i], other.flat_divisors_[i]);
    }
    for (std::size_t i = 0; i < inlined_.size(); ++i) {
      inlined_[i] = add_saturating(inlined_[i], other.inlined_[i]);
    }
  }

  Graph take() {
    Graph graph;
    graph.nodes.resize(cums_.size());
    for (std::size_t i = 0; i < cums_.size(); ++i) {
      graph.nodes[i].flat = flats_[i];
      graph.nodes[i].cum = cums_[i].value;
      if (cum_divisors_.empty()) continue;
      graph.nodes[i].flat_divisor = flat_divisors_[i];
      graph.nodes[i].cum_divisor = cum_divisors_[i];
    }
    return graph;
  }

  std::vector<std::int64_t> take_inlined() { return std::move(inlined_); }

 private:
  void add_inlined(std::span<const std::uint32_t> nodes, std::int64_t value) {
    for (const std::uint32_t node : nodes) {
      if (node != kGap) inlined_[node] = add_saturating(inlined_[node], abs_saturating(value));
    }
  }

  struct Cum {
    std::int64_t value = 0;
    std::uint32_t sample = 0;  // The last one that was added.
  };

  const LineTable& lines_;
  std::vector<Cum> cums_;  // By node, as are the others.
  std::vector<std::int64_t> flats_;
  std::vector<std::int64_t> inlined_;
  std::vector<std::int64_t> cum_divisors_;  // Empty without divisors, as the next.
  std::vector<std::int64_t> flat_divisors_;
  std::uint32_t sample_ = 0;  // Number of the sample being added, from 1.
};

class GraphBuilder {
 public:
  GraphBuilder(const LineTable& lines, std::size_t node_count, const std::vector<bool>* ends)
      : lines_(lines), ends_(ends), sums_(node_count), flats_(node_count) {}

  // `stack` is leaf first.
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

  void finish() { add_block(); }

  // Adds what another one has added up. Both are finished.
  void add(const GraphBuilder& other) {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      add_to(sums_[i], other.sums_[i].value, other.sums_[i].divisor);
      add_to(flats_[i], other.flats_[i].value, other.flats_[i].divisor);
    }
    edges_.add(other.edges_);
  }

  Graph take() {
    Graph graph;
    graph.nodes.resize(sums_.size());
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      graph.nodes[i] = {.flat = flats_[i].value,
                        .flat_divisor = flats_[i].divisor,
                        .cum = sums_[i].value,
                        .cum_divisor = sums_[i].divisor};
    }
    graph.edges = edges_.sorted_edges(sums_.size());
    return graph;
  }

 private:
  static constexpr std::size_t kBlockFrames = 2048;

  struct Sum {
    std::int64_t value = 0;
    std::int64_t divisor = 0;
  };
  struct CumSum : Sum {
    std::uint32_t sample = 0;  // The last one that was added.
  };

  // One sample of the block.
  struct Sample {
    std::uint32_t end_frame = 0;  // In frames_.
    std::uint32_t end_step = 0;   // In steps_.
    std::int64_t value = 0;
    std::int64_t divisor = 0;
    std::uint32_t leaf = kNoNode;  // Whose flat it adds to.
  };

  // A node on a stack and how the stack came to it.
  struct Step {
    std::uint32_t node = 0;
    std::uint32_t caller = kNoNode;
    std::uint32_t hash = 0;  // Of the edge.
    bool is_residual = false;
    bool is_inlined = false;
  };

  void add_block() {
    std::uint32_t frame = 0;
    for (Sample& sample : samples_) {
      find_steps(std::span(frames_).subspan(frame, sample.end_frame - frame), sample);
      frame = sample.end_frame;
    }
    std::uint32_t step = 0;
    for (const Sample& sample : samples_) {
      ++sample_;
      for (; step < sample.end_step; ++step) add_step(steps_[step], sample);
      if (sample.leaf != kNoNode) add_to(flats_[sample.leaf], sample.value, sample.divisor);
    }
    frames_.clear();
    samples_.clear();
    steps_.clear();
  }

  void find_steps(std::span<const LocationId> stack, Sample& sample) {
    Step step;
    std::uint32_t caller = kNoNode;
    for (std::size_t i = stack.size(); i-- > 0;) {
      step.is_inlined = false;
      for (const std::uint32_t node : lines_.of(stack[i])) {
        if (node == kGap) {
          step.is_residual = true;
        } else {
          step.node = node;
          step.caller = is_edge(caller, node) ? caller : kNoNode;
          add_to_plan(step);
          caller = node;
          step.is_residual = false;
        }
        step.is_inlined = true;
      }
    }
    sample.leaf = step.is_residual ? kNoNode : caller;
    sample.end_step = static_cast<std::uint32_t>(steps_.size());
  }

  [[nodiscard]] bool is_edge(std::uint32_t caller, std::uint32_t node) const {
    if (caller == node) return false;
    return ends_ == nullptr || (*ends_)[node] || (caller != kNoNode && (*ends_)[caller]);
  }

  void add_to_plan(Step& step) {
    __builtin_prefetch(&sums_[step.node], 1);
    if (step.caller != kNoNode) {
      step.hash = EdgeTable::hash(step.caller, step.node);
      edges_.prefetch(step.hash);
    }
    steps_.push_back(step);
  }

  // A sample counts once for each node and once for each edge.
  void add_step(const Step& step, const Sample& sample) {
    CumSum& sum = sums_[step.node];
    if (sum.sample != sample_) {
      sum.sample = sample_;
      add_to(sum, sample.value, sample.divisor);
    }
    if (step.caller == kNoNode) return;
    EdgeTable::Row& edge = edges_.find_or_add(step.caller, step.node, step.hash);
    if (edge.sample == sample_) return;
    edge.sample = sample_;
    edge.add(sample.value, sample.divisor, step.is_residual, step.is_inlined);
  }

  static void add_to(Sum& sum, std::int64_t value, std::int64_t divisor) {
    sum.value = add_wrapping(sum.value, value);
    sum.divisor = add_wrapping(sum.divisor, divisor);
  }

  const LineTable& lines_;
  const std::vector<bool>* const ends_;  // By node: whose edges are wanted; null: all.
  std::vector<CumSum> sums_;             // By node.
  std::vector<Sum> flats_;               // By node.
  EdgeTable edges_;
  std::uint32_t sample_ = 0;  // Number of the sample being added, from 1.

  // The block.
  std::vector<LocationId> frames_;
  std::vector<Sample> samples_;
  std::vector<Step> steps_;
};

// Adds up the samples with two builders that `make` returns.
template <typename Make>
auto build_in_two_parts(const Profile& profile, const Weights& weights, const Make& make) {
  const std::size_t count = profile.sample_count();
  const std::size_t middle = count < kSamplesWorthAThread ? count : count / 2;
  std::array<std::optional<decltype(make())>, 2> builders;
  for_two_parts(middle, count, kSamplesWorthAThread, [&](std::size_t begin, std::size_t end) {
    if (begin > 0 && begin == end) return;
    auto& builder = builders[begin == 0 ? 0 : 1];
    builder.emplace(make());
    for_each_weighed(profile, weights, begin, end,
                     [&](std::size_t, std::span<const LocationId> stack, Weight weight) {
                       builder->add_sample(stack, weight.value, weight.divisor);
                     });
    builder->finish();
  });
  if (builders[1]) builders[0]->add(*builders[1]);
  return *std::move(builders[0]);
}

SumsBuilder build_sums(const Profile& profile, const Weights& weights, const LineTable& lines,
                       std::size_t node_count) {
  return build_in_two_parts(profile, weights, [&] {
    return SumsBuilder(lines, node_count, weights.divisor.has_value());
  });
}

}  // namespace

Graph build_graph(const Profile& profile, const NodeTable& table, const Weights& weights,
                  const std::vector<bool>* kept, WithEdges with_edges,
                  const std::vector<bool>* ends) {
  const LineTable lines(table, kept, nullptr);
  const std::size_t node_count = table.nodes.size();
  if (with_edges == WithEdges::No) return build_sums(profile, weights, lines, node_count).take();
  return build_in_two_parts(profile, weights, [&] { return GraphBuilder(lines, node_count, ends); })
      .take();
}

NodeSums sum_nodes(const Profile& profile, const NodeTable& table, const Weights& weights) {
  const LineTable lines(table, nullptr, nullptr);
  SumsBuilder sums = build_sums(profile, weights, lines, table.nodes.size());
  return {sums.take().nodes, sums.take_inlined()};
}

std::vector<Edge> find_edges(const Profile& profile, const NodeTable& table, const Weights& weights,
                             const std::vector<bool>* kept, const std::vector<bool>& ends) {
  const LineTable lines(table, kept, &ends);
  return build_in_two_parts(profile, weights,
                            [&] { return GraphBuilder(lines, table.nodes.size(), &ends); })
      .take()
      .edges;
}

}  // namespace plumb
