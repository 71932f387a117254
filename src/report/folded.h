// SPDX-License-Identifier: Apache-2.0
// The `folded` report: one line a stack, "main;serve;read 42", as stackcollapse-*.pl write it and
// flamegraph.pl, inferno, speedscope and others read it.
// Source: https://github.com/brendangregg/FlameGraph#2-fold-stacks

#pragma once

#include "base/writer.h"
#include "report/report_input.h"

namespace plumb {

/// Root first; values in the unit of the profile. A ';' in a name becomes ':', and control
/// characters are escaped, because the format has no quotes. Samples without a stack are one line,
/// "[no stack]".
void render_folded_text(const ReportInput& input, Writer& out);
/// The same as one JSON document: {"schema":"plumb.folded/1",...,"stacks":[...]}.
void render_folded_json(const ReportInput& input, Writer& out);

}  // namespace plumb
