// SPDX-License-Identifier: Apache-2.0
// The last step of `top`, shared by the profile that is held and the one that streams by: from the
// numbers of the nodes to rows and header lines.

#pragma once

#include <functional>
#include <span>
#include <unordered_map>

#include "graph/graph.h"
#include "graph/trim.h"
#include "report/sample_view.h"
#include "report/top.h"

namespace plumb {

TrimOptions trim_options(const ReportOptions& options);

/// The least size of nodes so far, which is what a unit is chosen for: that of `sums`, if it is
/// less than `smallest`. Nodes of size 0 do not count; 0: there is no other.
std::int64_t smallest_size(std::int64_t smallest, const Node& sums);

/// Which nodes were inlined into their callers, over the edges that weigh at least `edge_cutoff`.
std::unordered_map<std::uint32_t, Inlining> inlining_of(std::span<const Edge> edges,
                                                        std::int64_t edge_cutoff);

struct TopNodes {
  const std::vector<Node>& nodes;
  std::unordered_map<std::uint32_t, Inlining> inlining;  ///< By node; absent: none.
  const TrimmedNodes& trimmed;
  std::function<std::string_view(std::uint32_t)> name;
};

TopReport make_top_report(const ProfileHeader& header, SampleView samples, const TopNodes& top,
                          const ReportOptions& options);

}  // namespace plumb
