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
