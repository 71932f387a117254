// SPDX-License-Identifier: Apache-2.0
// One series of snapshots in several formats: profile.proto and debug=1 know no creators, so their
// groups are found again among those of the dumps by state and stack. From a profile a group learns
// whether a receive is one of `range`, which no dump tells.

#pragma once

namespace plumb {

struct SnapshotSeries;

/// Moves the counts of groups whose state was inferred to the group with the same state and stack
/// that a dump told, where there is just one.
void align_formats(SnapshotSeries& series);

}  // namespace plumb
