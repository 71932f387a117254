// SPDX-License-Identifier: Apache-2.0
// The data of the flame graph: columns of a tree, as small numbers, for typed arrays in the page.
//
//   "PLFG"        magic
//   uint32        bytes of JSON that follow, little-endian
//   JSON          view.h; its "data" is
//                 {"rows":N,"names":[...],"files":[...],"file_of":[...],
//                  "columns":{"name":BYTES,...},"cut_below":"1.5kB",
//                  "mix":{"states":["select",...],"classes":[[STATE,AGE],...],
//                         "age_bounds":[1,2,...],"is_inferred":false}}
//   columns       one after the other, each a sequence of varints, one per row
//
// Boxes below "cut_below" (null: there are none) stand in one box "(smaller boxes)" on their
// parent, so that sums stay what they are. Rows are in the order of a walk from the root, heaviest
// child first and smaller boxes last; row 0 is the root.
//
//   name     index in "names"
//   up       twice the number of rows to climb from the row before to the parent, plus 1 if the
//            frame was inlined into its parent
//   self     size of samples that end here
//   mix      of goroutines ("mix" is null for others): how many classes there are in "self", these,
//            and the size of each but the last. An AGE says below which bound; "age_bounds" is null
//            where the data has no waits.
//   net      of a difference: the sum with signs, zigzag (if any sample is negative)

#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "graph/nodes.h"
#include "report/flame_tree.h"
#include "report/report_input.h"
#include "web/view.h"

namespace plumb::web {

/// At most so many boxes, more or less: a profile of a million stacks has some ten thousand that
/// can be seen.
inline constexpr std::size_t kMostPageBoxes = 30'000;

/// What the locations of a report stand for; those that are hidden stand for nothing.
NodeTable build_page_nodes(const ReportInput& input);

/// The boxes. `sorted`: of the profile before filters, or null. Complexity: linear in the frames of
/// all samples, or in samples and boxes if their stacks are sorted and were not changed.
FlameTree build_page_tree(const ReportInput& input, const NodeTable& table,
                          const SortedStacks* sorted = nullptr);

/// Makes the columns, and fills `data` with what stands in the JSON about them.
/// Errors: Usage for parameters of the flame graph alone ("p") that are no regular expressions.
Result<std::string> build_flame_data(const ViewInput& input, const Query& query, Json& data);

/// What share of a profile runs through functions whose names, as the flame graph shows them, match
/// the parameter "q": {"matched":10,"total":40}, sums of |value|. Errors: Usage for no expression.
Result<Json> build_matched(const ReportInput& input, const Query& query);

/// The whole answer.
std::string join_flame_data(std::string_view json, std::string_view columns);

}  // namespace plumb::web
