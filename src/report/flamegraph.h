// SPDX-License-Identifier: Apache-2.0
// The `flamegraph` report: one SVG document that needs nothing but itself.
//
// An icicle: the root on top, what is called below, widths in proportion to values. Without script
// it is a picture whose boxes tell their names and values when the mouse rests on them; with script
// a click zooms into a box, and functions can be searched for. Colours tell packages apart; in a
// difference of profiles, what grew is orange and what shrank is blue.

#pragma once

#include "base/writer.h"
#include "report/report_input.h"

namespace plumb {

/// Boxes narrower than a tenth of a pixel are folded into the box they stand on; the picture says
/// how much that is.
void render_flamegraph_svg(const ReportInput& input, Writer& out);

/// The same picture as part of an HTML page: without head, script and styles of its own, and
/// without boxes narrower than half a pixel.
void render_flamegraph_figure(const ReportInput& input, Writer& out);

/// The boxes as JSON: {"schema":"plumb.flamegraph/1",...,"boxes":[...]}, parents first.
void render_flamegraph_json(const ReportInput& input, Writer& out);

}  // namespace plumb
