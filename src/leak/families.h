// SPDX-License-Identifier: Apache-2.0
// Families: one leaked object often has several goroutines, each of which is a group of its own.
// Two groups belong together when their goroutines were made together: next to each other by id,
// or, where there are no ids, as many in every snapshot and in code of the same package.

#pragma once

#include <span>
#include <vector>

#include "leak/finding.h"
#include "leak/group_study.h"

namespace plumb {

/// Numbers the families among the findings that are at least Possible. `studies` are by group.
/// Complexity: O(n^2) in those findings, of which at most kMostCompared are looked at.
void find_families(const SeriesStudy& all, std::span<const GroupStudy> studies,
                   std::vector<Finding>& findings);
inline constexpr std::size_t kMostCompared = 200;

}  // namespace plumb
