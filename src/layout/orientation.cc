// SPDX-License-Identifier: Apache-2.0
#include "layout/orientation.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace plumb::layout {
namespace {

enum class Mark : std::uint8_t { New, Open, Done };

// Edge indices sorted by the node they leave, heavy ones first.
struct OutEdges {
  std::vector<std::uint32_t> starts;
  std::vector<std::uint32_t> ids;
};

OutEdges sort_out_edges(std::size_t node_count, std::span<const LayoutEdge> edges) {
  OutEdges out;
  out.ids.resize(edges.size());
  std::iota(out.ids.begin(), out.ids.end(), 0U);
  std::ranges::sort(out.ids, [&](std::uint32_t a, std::uint32_t b) {
    if (edges[a].from != edges[b].from) return edges[a].from < edges[b].from;
    if (edges[a].weight != edges[b].weight) return edges[a].weight > edges[b].weight;
    return a < b;
  });
  out.starts.assign(node_count + 1, 0);
  for (const LayoutEdge& edge : edges) ++out.starts[edge.from + 1];
  std::partial_sum(out.starts.begin(), out.starts.end(), out.starts.begin());
  return out;
}

class Search {
 public:
  Search(std::size_t node_count, std::span<const LayoutEdge> edges)
      : edges_(edges),
        out_(sort_out_edges(node_count, edges)),
        marks_(node_count, Mark::New),
        turned_(edges.size()) {}

  void visit_from(std::uint32_t start) {
    if (marks_[start] != Mark::New) return;
    open(start);
    while (!path_.empty()) {
      Step& step = path_.back();
      if (step.next == out_.starts[step.node + 1]) {
        marks_[step.node] = Mark::Done;
        path_.pop_back();
        continue;
      }
      const std::uint32_t edge = out_.ids[step.next++];
      const std::uint32_t to = edges_[edge].to;
      if (marks_[to] == Mark::Open) turned_[edge] = true;
      if (marks_[to] == Mark::New) open(to);
    }
  }

  std::vector<bool> take_turned() { return std::move(turned_); }

 private:
  struct Step {
    std::uint32_t node;
    std::uint32_t next;  // In out_.ids.
  };

  void open(std::uint32_t node) {
    marks_[node] = Mark::Open;
    path_.push_back({node, out_.starts[node]});
  }

  std::span<const LayoutEdge> edges_;
  OutEdges out_;
  std::vector<Mark> marks_;
  std::vector<bool> turned_;
  std::vector<Step> path_;
};

}  // namespace

std::vector<bool> find_turned_edges(std::size_t node_count, std::span<const LayoutEdge> edges) {
  std::vector<bool> has_in_edge(node_count);
  for (const LayoutEdge& edge : edges) has_in_edge[edge.to] = true;
  Search search(node_count, edges);
  for (std::uint32_t node = 0; node < node_count; ++node) {
    if (!has_in_edge[node]) search.visit_from(node);
  }
  for (std::uint32_t node = 0; node < node_count; ++node) search.visit_from(node);
  return search.take_turned();
}

}  // namespace plumb::layout
