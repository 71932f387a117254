// SPDX-License-Identifier: Apache-2.0
// Two threads add half of the samples each.

#include "graph/graph.h"

#include <array>
#include <optional>
#include <utility>

#include "base/parallel.h"
#include "graph/edges_builder.h"
#include "graph/graph_parts.h"
#include "graph/line_table.h"
#include "graph/sums_builder.h"

namespace plumb {
namespace {

// Both, with each stack read once.
class GraphBuilder {
 public:
  GraphBuilder(SumsBuilder sums, EdgesBuilder edges)
      : sums_(std::move(sums)), edges_(std::move(edges)) {}

  void add_sample(std::span<const LocationId> stack, std::int64_t value, std::int64_t divisor) {
    sums_.add_sample(stack, value, divisor);
    edges_.add_sample(stack, value, divisor);
  }

  void add_leaf(LocationId leaf, std::int64_t value, std::int64_t divisor) {
    sums_.add_leaf(leaf, value, divisor);
  }

  void finish() { edges_.finish(); }

  void add(const GraphBuilder& other) {
    sums_.add(other.sums_);
    edges_.add(other.edges_);
  }

  Graph take() {
    Graph graph = sums_.take();
    graph.edges = edges_.take();
    return graph;
  }

 private:
  SumsBuilder sums_;
  EdgesBuilder edges_;
};

// The sums and edges of samples with nodes that matter; of others the flat alone.
class PartBuilder {
 public:
  PartBuilder(const LineTable& lines, SumsBuilder sums, EdgesBuilder edges)
      : lines_(lines), whole_(std::move(sums), std::move(edges)) {}

  void add_sample(std::span<const LocationId> stack, std::int64_t value, std::int64_t divisor) {
    if (lines_.any_matters(stack)) return whole_.add_sample(stack, value, divisor);
    if (!stack.empty()) whole_.add_leaf(stack.front(), value, divisor);
  }

  void finish() { whole_.finish(); }
  void add(const PartBuilder& other) { whole_.add(other.whole_); }
  Graph take() { return whole_.take(); }

 private:
  const LineTable& lines_;
  GraphBuilder whole_;
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

}  // namespace

Graph build_graph(const Profile& profile, const NodeTable& table, const Weights& weights,
                  WithEdges with_edges) {
  const LineTable lines(table, nullptr, nullptr);
  const auto make_sums = [&] { return SumsBuilder(lines, weights.divisor.has_value(), false); };
  if (with_edges == WithEdges::No) return build_in_two_parts(profile, weights, make_sums).take();
  return build_in_two_parts(profile, weights,
                            [&] {
                              return GraphBuilder(make_sums(),
                                                  EdgesBuilder(lines, nullptr, EdgeSides::Both));
                            })
      .take();
}

Graph build_graph_at(const Profile& profile, const NodeTable& table, const Weights& weights,
                     const std::vector<bool>& ends) {
  const LineTable lines(table, nullptr, &ends);
  Graph graph = build_in_two_parts(profile, weights, [&] {
                  return PartBuilder(lines, SumsBuilder(lines, weights.divisor.has_value(), false),
                                     EdgesBuilder(lines, &ends, EdgeSides::Both));
                }).take();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!ends[i]) graph.nodes[i].cum = graph.nodes[i].cum_divisor = 0;
  }
  return graph;
}

NodeSums sum_nodes(const Profile& profile, const NodeTable& table, const Weights& weights) {
  const LineTable lines(table, nullptr, nullptr);
  SumsBuilder sums = build_in_two_parts(
      profile, weights, [&] { return SumsBuilder(lines, weights.divisor.has_value(), true); });
  return {sums.take().nodes, sums.take_inlined()};
}

std::vector<Edge> find_edges(const Profile& profile, const NodeTable& table, const Weights& weights,
                             const std::vector<bool>* kept, const std::vector<bool>* callees) {
  const LineTable lines(table, kept, callees);
  return build_in_two_parts(profile, weights,
                            [&] { return EdgesBuilder(lines, callees, EdgeSides::In); })
      .take();
}

}  // namespace plumb
