// SPDX-License-Identifier: Apache-2.0
// The `traces` report: every sample with its labels and stack, leaf first, in file order.

#pragma once

#include "base/writer.h"
#include "report/report_input.h"

namespace plumb {

/// Writes the report as go tool pprof does, to the byte, streaming.
void render_traces_text(const ReportInput& input, Writer& out);
/// The same as one JSON document: {"schema":"plumb.traces/1","samples":[...]}.
void render_traces_json(const ReportInput& input, Writer& out);

}  // namespace plumb
