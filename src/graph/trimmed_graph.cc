// SPDX-License-Identifier: Apache-2.0
#include "graph/trimmed_graph.h"

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include "base/checked.h"
#include "graph/entropy.h"
#include "graph/graph_parts.h"
#include "graph/graph_source.h"
#include "graph/name_ranks.h"
#include "graph/redundant_edges.h"

namespace plumb {
namespace {

constexpr std::int64_t kMostTagsOfNode = 4;  // That are drawn.

// How pprof compares nodes: by key, name, second key. What is equal in all keeps its order: that of
// appearance, or of the sort before, as pprof's sort does with what is nearly sorted.
struct SortKey {
  std::int64_t first = 0;
  std::uint32_t name = 0;
  std::int64_t second = 0;
  std::size_t position = 0;
  std::uint32_t node = 0;

  friend bool operator<(const SortKey& a, const SortKey& b) {
    return std::tie(b.first, a.name, b.second, a.position) <
           std::tie(a.first, b.name, a.second, b.position);
  }
};

class Trimmer {
 public:
  Trimmer(GraphSource& source, const GraphOptions& options)
      : source_(source), options_(options), is_listed_(source.size()) {}

  TrimmedGraph trim(const Profile& profile, const NodeTable& table, const Weights& weights) {
    list();
    drop_light_nodes();
    graph_.node_count = order_.size();
    rank_names_of(profile, table);
    if (options_.is_drawn) add_tags(profile, weights);
    sort();
    if (options_.trim.nodecount > 0) select();
    if (options_.with_edges == WithEdges::Yes) graph_.dropped_edges = drop_light_edges();
    assemble();
    if (options_.is_drawn) remove_redundant_edges(graph_);
    return std::move(graph_);
  }

 private:
  void list() {
    std::int64_t total = 0;
    for (std::uint32_t i = 0; i < source_.size(); ++i) {
      if (!is_listed(source_.sums(i), options_.trim.drop_negative)) continue;
      is_listed_[i] = true;
      order_.push_back(i);
      total = add_wrapping(total, source_.sums(i).flat);
    }
    node_cutoff_ = trim_cutoff(total, options_.trim.nodefraction);
    edge_cutoff_ = trim_cutoff(total, options_.trim.edgefraction);
  }

  void drop_light_nodes() {
    if (node_cutoff_ <= 0) return;
    const std::size_t before = order_.size();
    std::erase_if(order_, [this](std::uint32_t node) {
      return abs_wrapping(source_.sums(node).cum) < node_cutoff_;
    });
    graph_.dropped_nodes = before - order_.size();
    if (graph_.dropped_nodes > 0) keep_listed();
  }

  // Leaves out all nodes that are not in order_ any more.
  void keep_listed() {
    std::vector<bool> kept(source_.size());
    for (const std::uint32_t node : order_) kept[node] = true;
    source_.keep(is_listed_, kept);
    is_listed_ = std::move(kept);
    is_filtered_ = true;
  }

  // Nodes that are not listed may be the ends of edges, unless the graph was filtered.
  void rank_names_of(const Profile& profile, const NodeTable& table) {
    std::vector<bool> is_used(table.nodes.size(), !is_filtered_ && !options_.call_tree);
    for (std::uint32_t i = 0; i < source_.size(); ++i) {
      const bool may_be_an_end =
          options_.call_tree && !is_listed(source_.sums(i), options_.trim.drop_negative);
      if (is_listed_[i] || may_be_an_end) is_used[source_.info(i)] = true;
    }
    NameRanks names = rank_names(profile, table, is_used);
    graph_.names = std::move(names.names);
    ranks_ = std::move(names.ranks);
  }

  void add_tags(const Profile& profile, const Weights& weights) {
    TagOptions options = options_.tags;
    options.cutoff = node_cutoff_;
    tags_ = build_tags(
        profile, weights, source_.size(),
        [this](std::size_t i, std::vector<std::uint32_t>& nodes) {
          return source_.nodes_of_sample(i, nodes);
        },
        options);
  }

  void sort() {
    std::vector<std::int64_t> scores;
    if (options_.is_drawn) scores = entropy_scores(source_);
    std::vector<SortKey> keys;
    keys.reserve(order_.size());
    for (const std::uint32_t node : order_) {
      const std::int64_t flat = abs_wrapping(source_.sums(node).flat);
      const std::int64_t cum = abs_wrapping(source_.sums(node).cum);
      const bool by_flat = !options_.is_drawn && !options_.trim.by_cum;
      const std::int64_t score = options_.is_drawn ? abs_wrapping(scores[node]) : cum;
      keys.push_back({.first = by_flat ? flat : score,
                      .name = ranks_[source_.info(node)],
                      .second = by_flat ? cum : flat,
                      .position = keys.size(),
                      .node = node});
    }
    std::ranges::sort(keys, std::less<>());
    for (std::size_t i = 0; i < keys.size(); ++i) order_[i] = keys[i].node;
  }

  // Only drawings and call trees depend on which edges are there when nodes are left out.
  void select() {
    const bool edges_matter = options_.is_drawn || options_.call_tree;
    if (edges_matter) drop_light_edges();
    const std::size_t before = order_.size();
    order_.resize(count_selected());
    if (!options_.call_tree) {  // A node of the smallest integer weighs less than nothing to pprof.
      std::erase_if(
          order_, [this](std::uint32_t node) { return abs_wrapping(source_.sums(node).cum) < 0; });
    }
    if (order_.size() == before) return;
    keep_listed();
    sort();
  }

  // In drawings the labels of a node take as much room as other nodes.
  [[nodiscard]] std::size_t count_selected() const {
    const auto nodecount = static_cast<std::uint64_t>(options_.trim.nodecount);
    if (!options_.is_drawn) return std::min<std::uint64_t>(nodecount, order_.size());
    std::uint64_t room = 0;
    for (std::size_t i = 0; i < order_.size(); ++i) {
      const auto tags = tags_.of(order_[i]);
      const std::int64_t shown = std::ranges::count_if(
          tags, [](std::int64_t flat) { return flat != 0; },
          [](const Tag& tag) { return tag.sums.flat; });
      room += 1 + static_cast<std::uint64_t>(std::min(shown, kMostTagsOfNode));
      if (room >= nodecount) return i + 1;
    }
    return order_.size();
  }

  // Edges to nodes that are not listed stay, whatever they weigh.
  std::uint64_t drop_light_edges() {
    return std::erase_if(source_.edges(), [this](const Edge& edge) {
      return is_listed_[edge.callee] && abs_wrapping(edge.weight) < edge_cutoff_;
    });
  }

  void assemble() {
    std::vector<std::uint32_t> index_of(source_.size(), kNone);
    for (const std::uint32_t node : order_) index_of[node] = add_node(node);
    graph_.shown_count = graph_.nodes.size();
    if (options_.with_edges == WithEdges::Yes) add_edges(index_of);
    if (options_.is_drawn) move_tags();
  }

  std::uint32_t add_node(std::uint32_t node) {
    const std::uint32_t info = source_.info(node);
    graph_.nodes.push_back({.info = info,
                            .name = ranks_[info],
                            .context = source_.context(node),
                            .sums = source_.sums(node)});
    return static_cast<std::uint32_t>(graph_.nodes.size() - 1);
  }

  void add_edges(std::vector<std::uint32_t>& index_of) {
    graph_.edges = std::move(source_.edges());
    std::erase_if(graph_.edges, [this](const Edge& edge) {
      return !is_listed_[edge.caller] && !is_listed_[edge.callee];
    });
    for (Edge& edge : graph_.edges) {
      for (std::uint32_t* const end : {&edge.caller, &edge.callee}) {
        if (index_of[*end] == kNone) index_of[*end] = add_node(*end);
        *end = index_of[*end];
      }
    }
  }

  // From the numbers of the source to those of the graph.
  void move_tags() {
    graph_.tags.sets = std::move(tags_.sets);
    graph_.tags.numbers = std::move(tags_.numbers);
    graph_.tags.first.push_back(0);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (i < order_.size()) {
        const auto tags = tags_.of(order_[i]);
        graph_.tags.tags.insert(graph_.tags.tags.end(), tags.begin(), tags.end());
      }
      graph_.tags.first.push_back(graph_.tags.tags.size());
    }
  }

  GraphSource& source_;
  const GraphOptions& options_;
  TrimmedGraph graph_;
  std::vector<std::uint32_t> order_;  // Nodes of the source that are shown.
  std::vector<bool> is_listed_;       // By node of the source: in order_.
  std::vector<std::uint32_t> ranks_;  // By info.
  TagTable tags_;                     // By node of the source.
  std::int64_t node_cutoff_ = 0;
  std::int64_t edge_cutoff_ = 0;
  bool is_filtered_ = false;
};

// By node: whether its name matches. Empty without a pattern.
std::vector<bool> matching_nodes(const Profile& profile, const NodeTable& table,
                                 const Regexp* pattern) {
  std::vector<bool> matches;
  if (pattern == nullptr) return matches;
  for (const NodeInfo& info : table.nodes) {
    matches.push_back(pattern->matches(printable_name(profile, info)));
  }
  return matches;
}

std::unique_ptr<GraphSource> make_source(const Profile& profile, const NodeTable& table,
                                         const Weights& weights, const GraphOptions& options,
                                         const std::vector<bool>& matches) {
  if (options.call_tree) return make_tree_source(profile, table, weights);
  if (options.edges_of != nullptr) {
    Graph graph = build_graph_at(profile, table, weights, matches);
    if (!options.matches_only)
      graph.nodes = sum_nodes_with(options.memo, profile, table, weights).nodes;
    return make_flat_source(profile, table, weights, std::move(graph), WithEdges::Yes);
  }
  const bool may_drop_nodes = options.trim.nodefraction != 0 || options.trim.nodecount > 0;
  const WithEdges with_edges = may_drop_nodes ? WithEdges::No : options.with_edges;
  if (with_edges == WithEdges::No && options.memo != nullptr) {
    Graph graph{.nodes = options.memo->sum(profile, table, weights).nodes, .edges = {}};
    return make_flat_source(profile, table, weights, std::move(graph), with_edges);
  }
  return make_flat_source(profile, table, weights, build_graph(profile, table, weights, with_edges),
                          with_edges);
}

}  // namespace

TrimmedGraph build_trimmed_graph(const Profile& profile, const NodeTable& table,
                                 const Weights& weights, const GraphOptions& options) {
  std::vector<bool> matches = matching_nodes(profile, table, options.edges_of);
  const auto source = make_source(profile, table, weights, options, matches);
  TrimmedGraph graph = Trimmer(*source, options).trim(profile, table, weights);
  graph.matches = std::move(matches);
  return graph;
}

}  // namespace plumb
