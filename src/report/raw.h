// SPDX-License-Identifier: Apache-2.0
// The `raw` report: all that a profile holds, table by table.

#pragma once

#include "base/writer.h"
#include "report/report_input.h"

namespace plumb {

/// Writes the report as go tool pprof does, to the byte, streaming. Locations and mappings have the
/// numbers of the input.
void render_raw_text(const ReportInput& input, Writer& out);
/// The same as one JSON document, with a sample, a location, a mapping a line.
void render_raw_json(const ReportInput& input, Writer& out);

}  // namespace plumb
