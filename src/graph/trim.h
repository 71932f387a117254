// SPDX-License-Identifier: Apache-2.0
// Which nodes of a graph a report shows, and in which order: pprof's trimming and sorting.

#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace plumb {

struct TrimOptions {
  bool by_cum = false;         ///< Sort by cum instead of flat.
  std::int64_t nodecount = 0;  ///< At most so many; 0: all.
  double nodefraction = 0;     ///< Leave out nodes below this share of the total in cum.
  double edgefraction = 0;     ///< Leave out edges below this share of the total.
  bool drop_negative = false;
};

/// The outcome of trimming.
struct TrimmedNodes {
  std::vector<std::uint32_t> order;  ///< Node indices, as shown.
  std::uint64_t dropped = 0;         ///< Nodes below nodefraction.
  std::uint64_t count = 0;           ///< Nodes before nodecount was applied.
  std::int64_t edge_cutoff = 0;      ///< Edges below this weight are left out.
  bool is_everything = true;  ///< No node was left out by nodefraction or nodecount: edges are
                              ///< those of the whole graph.
};

/// True if a node counts at all: pprof leaves out those of zeros, and with drop_negative losses.
bool is_listed(const Node& node, bool drop_negative);

/// The least weight that is not below `fraction` of `total`.
std::int64_t trim_cutoff(std::int64_t total, double fraction);

/// Selects from `nodes` and sorts: by |flat| (or |cum|) descending, then by name, then by the other
/// number. `compare_names` orders two nodes by printable name: negative, zero, positive.
TrimmedNodes trim_nodes(const std::vector<Node>& nodes, const TrimOptions& options,
                        const std::function<int(std::uint32_t, std::uint32_t)>& compare_names);

}  // namespace plumb
