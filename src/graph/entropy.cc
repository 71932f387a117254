// SPDX-License-Identifier: Apache-2.0
#include "graph/entropy.h"

#include <cmath>

#include "base/checked.h"
#include "base/units.h"

namespace plumb {
namespace {

// The edges at one side of a node.
struct Side {
  std::int64_t total = 0;  // Of positive weights.
  bool has_edges = false;
  double entropy = 0;

  void count(std::int64_t weight) {
    has_edges = true;
    if (weight > 0) total = add_wrapping(total, weight);
  }
  void add_share(std::int64_t weight) {
    if (total == 0) return;
    const double share = static_cast<double>(abs_wrapping(weight)) / static_cast<double>(total);
    entropy += -share * std::log2(share);  // Of an edge without weight: not a number, as pprof's.
  }
};

}  // namespace

std::vector<std::int64_t> entropy_scores(GraphSource& source) {
  const std::vector<Edge>& edges = source.edges();  // Looking for them takes the most memory.
  std::vector<Side> into(source.size());
  std::vector<Side> out_of(source.size());
  for (std::uint32_t i = 0; i < source.size(); ++i) out_of[i].total = source.sums(i).flat;
  for (const Edge& edge : edges) {
    into[edge.callee].count(edge.weight);
    out_of[edge.caller].count(edge.weight);
  }
  for (const Edge& edge : edges) {
    into[edge.callee].add_share(edge.weight);
    out_of[edge.caller].add_share(edge.weight);
  }
  std::vector<std::int64_t> scores(source.size());
  for (std::uint32_t i = 0; i < source.size(); ++i) {
    const Node& node = source.sums(i);
    if (out_of[i].has_edges && node.flat > 0) out_of[i].add_share(node.flat);
    const double score =
        (into[i].has_edges ? into[i].entropy : 1) + (out_of[i].has_edges ? out_of[i].entropy : 1);
    scores[i] = add_wrapping(truncate_to_int64(score * static_cast<double>(node.cum)), node.flat);
  }
  return scores;
}

}  // namespace plumb
