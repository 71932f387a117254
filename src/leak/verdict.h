// SPDX-License-Identifier: Apache-2.0
// The verdict: from a series of snapshots to findings, one for each group of goroutines.
//
// Evidence is collected first (evidence_*.cc); then the level follows from a few rules that name
// what they rest on. What one kind of input can show at most:
//
//   one profile.proto or debug=1      possible
//   one debug=2                       likely, by ages, ids and waits together
//   two debug=2, or 8 profiles        likely
//   a goroutineleak profile           confirmed

#pragma once

#include "leak/finding.h"
#include "leak/goroutine_index.h"
#include "leak/patterns.h"
#include "leak/snapshot_series.h"

namespace plumb {

/// Judges every group that has goroutines in the latest snapshot. `source` may be empty.
///
/// Complexity: linear in groups, snapshots and goroutines, but for trends: O(n^2) in snapshots.
Findings judge(const SnapshotSeries& series, const SourceLines& source);

/// The same with an index of `series`, which may have lost its rows since.
Findings judge(const SnapshotSeries& series, GoroutineIndex goroutines, const SourceLines& source);

}  // namespace plumb
