// SPDX-License-Identifier: Apache-2.0
#include "graph/redundant_edges.h"

#include <algorithm>
#include <utility>

#include "graph/edge_lists.h"

namespace plumb {
namespace {

class EdgeRemover {
 public:
  explicit EdgeRemover(const TrimmedGraph& graph)
      : graph_(graph),
        lists_(graph),
        is_removed_(graph.edges.size()),
        seen_in_(graph.nodes.size()) {}

  std::vector<bool> find() {
    for (std::size_t node = graph_.shown_count; node-- > 0;) {
      const auto edges = lists_.into(static_cast<std::uint32_t>(node));
      for (std::size_t i = edges.size(); i-- > 0;) {
        if (!graph_.edges[edges[i]].is_residual) break;
        if (is_redundant(edges[i])) is_removed_[edges[i]] = true;
      }
    }
    return std::move(is_removed_);
  }

 private:
  // Looks for the caller from the callee upwards.
  bool is_redundant(std::uint32_t index) {
    const Edge& edge = graph_.edges[index];
    ++walk_;
    queue_.assign(1, edge.callee);
    seen_in_[edge.callee] = walk_;
    for (std::size_t next = 0; next < queue_.size(); ++next) {
      for (const std::uint32_t above : lists_.unsorted_into(queue_[next])) {
        const std::uint32_t caller = graph_.edges[above].caller;
        if (above == index || is_removed_[above] || seen_in_[caller] == walk_) continue;
        if (caller == edge.caller) return true;
        seen_in_[caller] = walk_;
        queue_.push_back(caller);
      }
    }
    return false;
  }

  const TrimmedGraph& graph_;
  EdgeLists lists_;
  std::vector<bool> is_removed_;
  std::vector<std::uint64_t> seen_in_;  // The last walk that came by.
  std::vector<std::uint32_t> queue_;
  std::uint64_t walk_ = 0;
};

}  // namespace

void remove_redundant_edges(TrimmedGraph& graph) {
  const bool any_residual = std::ranges::any_of(graph.edges, &Edge::is_residual);
  if (!any_residual) return;
  const std::vector<bool> is_removed = EdgeRemover(graph).find();
  std::size_t index = 0;
  std::erase_if(graph.edges, [&](const Edge&) { return is_removed[index++]; });
}

}  // namespace plumb
