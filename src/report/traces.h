// SPDX-License-Identifier: Apache-2.0
// The `traces` report: every sample with its labels and stack, leaf first, in file order.

#pragma once

#include "base/result.h"
#include "base/writer.h"
#include "model/profile.h"
#include "report/report_options.h"

namespace plumb {

/// Writes the report as go tool pprof does, to the byte, streaming. Errors: as build_top().
Result<void> render_traces_text(const Profile& profile, const ReportOptions& options, Writer& out);
/// The same as one JSON document: {"schema":"plumb.traces/1","samples":[...]}.
Result<void> render_traces_json(const Profile& profile, const ReportOptions& options, Writer& out);

}  // namespace plumb
