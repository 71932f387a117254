// SPDX-License-Identifier: Apache-2.0
#include "graph/graph_source.h"

#include <optional>
#include <utility>

#include "graph/graph_parts.h"

namespace plumb {
namespace {

class FlatSource final : public GraphSource {
 public:
  FlatSource(const Profile& profile, const NodeTable& table, const Weights& weights, Graph graph,
             WithEdges has_edges)
      : profile_(profile), table_(table), weights_(weights), nodes_(std::move(graph.nodes)) {
    if (has_edges == WithEdges::Yes) edges_ = std::move(graph.edges);
  }

  [[nodiscard]] std::size_t size() const override { return nodes_.size(); }
  [[nodiscard]] const Node& sums(std::uint32_t node) const override { return nodes_[node]; }
  [[nodiscard]] std::uint32_t info(std::uint32_t node) const override { return node; }
  [[nodiscard]] std::uint32_t context(std::uint32_t /*node*/) const override { return kNone; }

  // What nodes weigh does not depend on which others are kept.
  void keep(const std::vector<bool>& /*listed*/, const std::vector<bool>& kept) override {
    kept_ = kept;
    edges_.reset();
  }

  std::vector<Edge>& edges() override {
    if (!edges_) {
      const std::vector<bool>* const kept = kept_ ? &*kept_ : nullptr;
      edges_ = find_edges(profile_, table_, weights_, kept, nullptr);
    }
    return *edges_;
  }

  std::uint32_t nodes_of_sample(std::size_t i, std::vector<std::uint32_t>& nodes) override {
    nodes.clear();
    profile_.read_stack(i, stack_);
    seen_in_.resize(nodes_.size());  // Only samples with labels are asked about.
    ++sample_;
    std::uint32_t leaf = kNone;
    for (std::size_t frame = stack_.size(); frame-- > 0;) {
      const auto of_location = table_.of(stack_[frame]);
      for (std::size_t line = of_location.size(); line-- > 0;) {
        const std::uint32_t node = of_location[line];
        const bool is_kept = !kept_ || (*kept_)[node];
        leaf = is_kept ? node : kNone;
        if (!is_kept || seen_in_[node] == sample_) continue;
        seen_in_[node] = sample_;
        nodes.push_back(node);
      }
    }
    return leaf;
  }

 private:
  const Profile& profile_;
  const NodeTable& table_;
  const Weights& weights_;
  std::vector<Node> nodes_;
  std::optional<std::vector<bool>> kept_;
  std::optional<std::vector<Edge>> edges_;
  std::vector<LocationId> stack_;
  std::vector<std::uint64_t> seen_in_;
  std::uint64_t sample_ = 0;
};

class TreeSource final : public GraphSource {
 public:
  TreeSource(const Profile& profile, const NodeTable& table, const Weights& weights)
      : profile_(profile), tree_(profile, table, weights), left_out_(tree_.rows().size()) {
    for (std::uint32_t i = 0; i < size(); ++i) {
      const CallTree::Row& row = tree_.rows()[i];
      if (row.parent == CallTree::kNoParent) continue;
      edges_.push_back({.caller = row.parent,
                        .callee = i,
                        .weight = row.sums.cum,
                        .weight_divisor = row.sums.cum_divisor,
                        .is_residual = false,
                        .is_inlined = row.is_inlined});
    }
  }

  [[nodiscard]] std::size_t size() const override { return tree_.rows().size(); }
  [[nodiscard]] const Node& sums(std::uint32_t node) const override {
    return tree_.rows()[node].sums;
  }
  [[nodiscard]] std::uint32_t info(std::uint32_t node) const override {
    return tree_.rows()[node].info;
  }
  [[nodiscard]] std::uint32_t context(std::uint32_t node) const override {
    return tree_.rows()[node].parent;
  }

  // The callers of what stays take the place of the callers left out. They come first in the order
  // of nodes, so that their own edges have been moved already.
  void keep(const std::vector<bool>& listed, const std::vector<bool>& kept) override {
    constexpr std::uint32_t kNoEdge = UINT32_MAX;
    std::vector<std::uint32_t> edge_into(size(), kNoEdge);
    for (std::uint32_t i = 0; i < size(); ++i) {
      if (listed[i] && !kept[i]) left_out_[i] = true;
    }
    for (std::uint32_t i = 0; i < edges_.size(); ++i) {
      Edge& edge = edges_[i];
      if (!left_out_[edge.caller]) {
        edge_into[edge.callee] = i;
        continue;
      }
      const std::uint32_t above = edge_into[edge.caller];
      if (above == kNoEdge) continue;
      edge_into[edge.callee] = i;
      edge.caller = edges_[above].caller;
      edge.is_residual = true;
      edge.is_inlined = edge.is_inlined && edges_[above].is_inlined;
    }
    std::erase_if(edges_, [this](const Edge& edge) {
      return left_out_[edge.caller] || left_out_[edge.callee];
    });
  }

  std::vector<Edge>& edges() override { return edges_; }

  std::uint32_t nodes_of_sample(std::size_t i, std::vector<std::uint32_t>& nodes) override {
    profile_.read_stack(i, stack_);
    tree_.find_path(stack_, nodes);
    if (nodes.empty()) return kNone;
    const std::uint32_t leaf = left_out_[nodes.back()] ? kNone : nodes.back();
    std::erase_if(nodes, [this](std::uint32_t node) { return left_out_[node]; });
    return leaf;
  }

 private:
  const Profile& profile_;
  CallTree tree_;
  std::vector<bool> left_out_;
  std::vector<Edge> edges_;  // In the order of callees, of which each has at most one.
  std::vector<LocationId> stack_;
};

}  // namespace

std::unique_ptr<GraphSource> make_flat_source(const Profile& profile, const NodeTable& table,
                                              const Weights& weights, Graph graph,
                                              WithEdges has_edges) {
  return std::make_unique<FlatSource>(profile, table, weights, std::move(graph), has_edges);
}

std::unique_ptr<GraphSource> make_tree_source(const Profile& profile, const NodeTable& table,
                                              const Weights& weights) {
  return std::make_unique<TreeSource>(profile, table, weights);
}

}  // namespace plumb
