// SPDX-License-Identifier: Apache-2.0
// The build functions of the views (view.h). Each returns what its page calls "data".
//
// Errors of all of these: Usage, in pprof's words, for an argument that matches nothing.

#pragma once

#include "web/view.h"

namespace plumb::web {

/// {"rows":[{"name","flat","flat_text","cum","cum_text","inlined"}],"shown":..,"note":".."}
Result<Json> build_top_view(const ViewInput& input);

/// {"width","height","nodes":[...],"edges":[...]}: the picture of plumb svg, in points.
Result<Json> build_graph_view(const ViewInput& input);

/// {"text":"...","is_cut":false}
Result<Json> build_peek_view(const ViewInput& input);
Result<Json> build_traces_view(const ViewInput& input);
Result<Json> build_raw_view(const ViewInput& input);

/// {"files":[{"path","functions":[{"name","flat_text","cum_text","percent","lines":[...]}]}]}
Result<Json> build_source_view(const ViewInput& input);

/// {"routines":[{"name","binary","flat_text","cum_text","percent","lines":[...]}]}
Result<Json> build_disasm_view(const ViewInput& input);

/// {"keys":[{"key","total_text","values":[{"value","weight","weight_text","percent"}]}]}
Result<Json> build_tags_view(const ViewInput& input);

/// At most this many functions or files are shown where no argument says which, as in pprof.
inline constexpr std::size_t kMostEntries = 50;

}  // namespace plumb::web
