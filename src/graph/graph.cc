// SPDX-License-Identifier: Apache-2.0
#include "graph/graph.h"

#include <unordered_map>

#include "base/checked.h"
#include "base/hash.h"

namespace plumb {
namespace {

constexpr std::uint32_t kNoNode = UINT32_MAX;

struct PairHash {
  std::size_t operator()(std::uint64_t pair) const { return hash_mix(pair, kHashSeed); }
};

class GraphBuilder {
 public:
  GraphBuilder(const NodeTable& table, const std::vector<bool>* kept, WithEdges with_edges)
      : table_(table), kept_(kept), with_edges_(with_edges == WithEdges::Yes) {
    graph_.nodes.resize(table.nodes.size());
    node_seen_in_.assign(table.nodes.size(), 0);
  }

  // `stack` is leaf first.
  void add_sample(std::span<const LocationId> stack, std::int64_t value, std::int64_t divisor) {
    if (value == 0 && divisor == 0) return;
    ++sample_;
    std::uint32_t caller = kNoNode;
    bool is_residual = false;
    for (std::size_t i = stack.size(); i-- > 0;) {
      const auto nodes = table_.of(stack[i]);
      for (std::size_t line = nodes.size(); line-- > 0;) {
        const std::uint32_t node = nodes[line];
        if (kept_ != nullptr && !(*kept_)[node]) {
          is_residual = true;
          continue;
        }
        add_cum(node, value, divisor);
        if (with_edges_ && caller != kNoNode && caller != node) {
          add_edge(caller, node, value, divisor, is_residual, line + 1 != nodes.size());
        }
        caller = node;
        is_residual = false;
      }
    }
    if (caller == kNoNode || is_residual) return;
    Node& leaf = graph_.nodes[caller];
    leaf.flat = add_wrapping(leaf.flat, value);
    leaf.flat_divisor = add_wrapping(leaf.flat_divisor, divisor);
  }

  Graph take() { return std::move(graph_); }

 private:
  void add_cum(std::uint32_t index, std::int64_t value, std::int64_t divisor) {
    if (node_seen_in_[index] == sample_) return;  // Recursion: count the sample once.
    node_seen_in_[index] = sample_;
    Node& node = graph_.nodes[index];
    node.cum = add_wrapping(node.cum, value);
    node.cum_divisor = add_wrapping(node.cum_divisor, divisor);
  }

  void add_edge(std::uint32_t caller, std::uint32_t callee, std::int64_t value,
                std::int64_t divisor, bool is_residual, bool is_inlined) {
    const std::uint64_t pair = std::uint64_t{caller} << 32 | callee;
    const auto [it, is_new] =
        edge_index_.try_emplace(pair, static_cast<std::uint32_t>(graph_.edges.size()));
    if (is_new) {
      graph_.edges.push_back({.caller = caller, .callee = callee});
      edge_seen_in_.push_back(0);
    }
    if (edge_seen_in_[it->second] == sample_) return;
    edge_seen_in_[it->second] = sample_;
    Edge& edge = graph_.edges[it->second];
    edge.weight = add_wrapping(edge.weight, value);
    edge.weight_divisor = add_wrapping(edge.weight_divisor, divisor);
    edge.is_residual = edge.is_residual || is_residual;
    edge.is_inlined = edge.is_inlined && is_inlined;
  }

  const NodeTable& table_;
  const std::vector<bool>* kept_;
  const bool with_edges_;
  Graph graph_;
  std::uint64_t sample_ = 0;                 // Number of the sample being added, from 1.
  std::vector<std::uint64_t> node_seen_in_;  // The last sample that added to the node's cum.
  std::vector<std::uint64_t> edge_seen_in_;  // The same for edges.
  std::unordered_map<std::uint64_t, std::uint32_t, PairHash> edge_index_;
};

}  // namespace

Graph build_graph(const Profile& profile, const NodeTable& table, const Weights& weights,
                  const std::vector<bool>* kept, WithEdges with_edges) {
  GraphBuilder builder(table, kept, with_edges);
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    const auto values = profile.values(i);
    profile.read_stack(i, stack);
    builder.add_sample(stack, values[weights.value],
                       weights.divisor ? values[*weights.divisor] : 0);
  }
  return builder.take();
}

}  // namespace plumb
