// SPDX-License-Identifier: Apache-2.0
#include "graph/edge_lists.h"

#include <algorithm>
#include <tuple>

#include "base/checked.h"

namespace plumb {

void sort_edges(const TrimmedGraph& graph, std::vector<std::uint32_t>& edges) {
  std::ranges::sort(edges, [&graph](std::uint32_t left, std::uint32_t right) {
    const Edge& a = graph.edges[left];
    const Edge& b = graph.edges[right];
    const std::int64_t weight_a = abs_wrapping(a.weight);
    const std::int64_t weight_b = abs_wrapping(b.weight);
    if (weight_a != weight_b) return weight_a > weight_b;
    const auto names_of = [&graph](const Edge& edge) {
      return std::tuple(graph.nodes[edge.caller].name, graph.nodes[edge.callee].name, edge.caller,
                        edge.callee);
    };
    return names_of(a) < names_of(b);
  });
}

EdgeLists::EdgeLists(const TrimmedGraph& graph)
    : graph_(graph),
      into_(make_lists(graph, &Edge::callee)),
      out_of_(make_lists(graph, &Edge::caller)) {}

EdgeLists::Lists EdgeLists::make_lists(const TrimmedGraph& graph, std::uint32_t Edge::*end) {
  Lists lists;
  lists.first.assign(graph.nodes.size() + 1, 0);
  lists.edges.resize(graph.edges.size());
  for (const Edge& edge : graph.edges) ++lists.first[edge.*end + 1];
  for (std::size_t i = 1; i < lists.first.size(); ++i) lists.first[i] += lists.first[i - 1];
  std::vector<std::uint32_t> next = lists.first;
  for (std::uint32_t i = 0; i < graph.edges.size(); ++i) {
    lists.edges[next[graph.edges[i].*end]++] = i;
  }
  return lists;
}

std::vector<std::uint32_t> EdgeLists::into(std::uint32_t node) const {
  return sorted(into_.of(node));
}

std::vector<std::uint32_t> EdgeLists::out_of(std::uint32_t node) const {
  return sorted(out_of_.of(node));
}

std::vector<std::uint32_t> EdgeLists::sorted(std::span<const std::uint32_t> edges) const {
  std::vector<std::uint32_t> list(edges.begin(), edges.end());
  sort_edges(graph_, list);
  return list;
}

}  // namespace plumb
