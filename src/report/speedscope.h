// SPDX-License-Identifier: Apache-2.0
// The `speedscope` report: a file for https://www.speedscope.app.
// Source: https://www.speedscope.app/file-format-schema.json

#pragma once

#include "base/writer.h"
#include "report/report_input.h"

namespace plumb {

/// Writes one profile of type "sampled", heaviest stacks first. Speedscope refuses negative values:
/// a difference becomes two profiles, of what grew and of what shrank.
void render_speedscope(const ReportInput& input, Writer& out);

}  // namespace plumb
