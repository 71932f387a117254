// SPDX-License-Identifier: Apache-2.0
// Between two snapshots of a series: which goroutines are new, stayed, are elsewhere or gone, by
// their ids.
//
//   {"from":0,"to":5,"has_ids":true,"problem":"","lacks":false,
//    "before":120,"after":900,"new":790,"stayed":100,"moved":10,"gone":10,
//    "groups":[{"key":"9f..","name":"main.work main.go:40","state":"select","shown":0,
//               "before":20,"after":700,"new":680,"stayed":20,"moved":0,"gone":0},...],
//    "more_groups":0,
//    "who":"new","of":"9f..","offset":0,"count":680,
//    "rows":[{"id":17,"process":0,"group":0,"from_group":1,"since":2,"until":null,"minutes":5}],
//    "names":[{"name","state"},...]}
//
// "shown" is the index of the group in the report of the leak pages (null: not among them). Where
// the two snapshots do not tell ids, "has_ids" is false, "problem" says why, and only counts are
// there. "rows" name the goroutines of "who" in the group "of" (""; all groups), at most
// kMostMoveRows from "offset" on; "group" and "from_group" are indices in "names":
// [{"name","state"}]. "until" is the snapshot that has it no more, "minutes" its wait if it is
// there in the last snapshot.

#pragma once

#include "base/result.h"
#include "report/leaks.h"
#include "web/http_message.h"
#include "web/view.h"

namespace plumb::web {

/// Goroutines listed at a time, and groups.
inline constexpr std::size_t kMostMoveRows = 100;
inline constexpr std::size_t kMostMoveGroups = 500;

/// Two snapshots of a series, by index.
struct SnapshotPair {
  std::size_t from = 0;
  std::size_t to = 0;
};

/// What the parameters "from" and "to" say, counted from 1; without them the first and the last one
/// that tell ids, if there are two. Errors: Usage for what is no snapshot, or in another order.
Result<SnapshotPair> read_snapshot_pair(const SnapshotSeries& series, const Query& query);

/// Further parameters: "who" (new, stayed, moved or gone), "of", "offset". Errors: Usage.
/// Complexity: n log n for n goroutines of the series.
Result<Json> build_moves_data(const LeaksReport& report, const SnapshotPair& pair,
                              const Query& query, std::size_t most_rows = kMostMoveRows);

}  // namespace plumb::web
