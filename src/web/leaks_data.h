// SPDX-License-Identifier: Apache-2.0
// The data of the leak pages: the report of plumb leaks -json, with what a chart and a page of one
// group need besides.
//
//   {"report":{...},              report/leaks_json.cc; each group has also
//                                 "key":"3f2a...", the same in every snapshot, file and run,
//                                 "counts":[3,5,9], goroutines in each snapshot, and
//                                 "ages":[0,3,6], those of the last one by how long they wait
//    "age_bounds":[1,2,...],      minutes: where each but the last of "ages" ends
//    "series":[{"name":"a.txt","seconds":0.0,"total":12,"has_ids":true},...],
//    "has_times":true,"has_clock":false,"has_waits":true,"hidden_groups":0,
//    "group":{...},               of the group that was asked for, else null
//    "pages":{"3f2a...":{...}}}   of all groups, if they were asked for; each:
//
//   {"ages":[{"minutes":0,"count":3},...],    upper bounds; 18446744073709551615: no bound
//    "goroutines":[{"id":17,"minutes":5,"since":2,"creator":1,
//                   "earlier":[{"since":0,"state":"select","place":"main.work main.go:40"}]},...],
//                                             "earlier" only if it was elsewhere before
//    "more_goroutines":0,"lacks_earlier":false,
//    "source":{"first":15,"lines":["..."]}}   around the blocked line; null: not at hand

#pragma once

#include <string>
#include <string_view>

#include "report/leaks.h"
#include "symbols/source_files.h"
#include "web/view.h"

namespace plumb::web {

/// Groups that the pages show at most.
inline constexpr std::int64_t kMostLeakGroups = 500;

struct LeaksDataOptions {
  std::string_view key;            ///< Of the group whose page is asked for; may be empty.
  bool all_groups = false;         ///< The pages of all groups are.
  std::size_t most_ids = 0;        ///< Goroutines listed in a page.
  SourceFiles* sources = nullptr;  ///< Null: lines of source files are not shown.
};

/// Complexity: linear in the groups shown and the goroutines of the last snapshot.
Json build_leaks_data(const LeaksReport& report, const LeaksDataOptions& options);

/// Where the goroutines of a group are: "main.work main.go:40".
std::string place_text(const StackGroups& stacks, const StackGroup& group);

}  // namespace plumb::web
