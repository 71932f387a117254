// SPDX-License-Identifier: Apache-2.0
// The data of the leak pages. The list of all groups has what a list shows, so that the first page
// is quick; a group that is asked for comes with everything.
//
//   {"report":{"total":173,"verdict":"likely","snapshots":3,"seconds":60.0,"notes":["..."],
//              "states":[{"state":"chan send","count":151,"groups":1},...],
//              "suspects":{"groups":3,"goroutines":151,"memory_bytes_at_least":402114,
//                          "oldest_minutes":5},          all that may leak, shown or not
//              "matched":151,"filters":["-state=chan send"],  what these keep; null: there are none
//              "groups":[ROW,...]},
//    "texts":["main.worker","/srv/main.go",...],     what numbers in rows stand for
//    "age_bounds":[1,2,...],      minutes: where each but the last of "ages" ends
//    "series":[{"name":"a.txt","seconds":0.0,"total":12,"has_ids":true},...],
//    "id_snapshot":0,             the last that tells ids, whose goroutines and "ages" are shown;
//                                 null: none does
//    "has_times":true,"has_clock":false,"has_waits":true,"hidden_groups":0,
//    "group":PAGE,                of the group that was asked for, else null
//    "pages":{"3f2a...":PAGE}}    of all groups, if they were asked for
//
//   ROW, whose fields mean what they do in `plumb leaks -json` (report/leaks_json.cc):
//   {"key":"3f2a...",             the same in every snapshot, file and run
//    "counts":[3,5,9],            goroutines in each snapshot
//    "ages":[0,3,6],              those of the "id_snapshot" by how long they wait
//    "blocked":[0,1,20],          function and file, which are in "texts", and line; or null
//    "created_by":[2,1,40],       the same
//    "frames":[0,2],              functions and files on its stack, which are in "texts"
//    "count","state","state_source","wait_minutes","memory_bytes_at_least","level","known",
//    "reason","rate","since","family","leads_family"}
//
//   PAGE:
//   {"key":"3f2a...",
//    "detail":{...},              the group as in `plumb leaks -json`
//    "ages":[{"below":1,"count":3},...],       minutes; null: no bound
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

/// Complexity: linear in the frames of the groups shown and in the goroutines of the last snapshot.
Json build_leaks_data(const LeaksReport& report, const LeaksDataOptions& options);

/// What makes a group the same one in every snapshot, file and run: its state, stack and creator as
/// a number in hexadecimal.
std::string group_key(const StackGroups& stacks, const StackGroup& group);

/// Where the goroutines of a group are: "main.work main.go:40".
std::string place_text(const StackGroups& stacks, const StackGroup& group);

}  // namespace plumb::web
