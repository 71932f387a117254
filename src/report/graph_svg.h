// SPDX-License-Identifier: Apache-2.0
// A call graph as an SVG document that needs nothing but itself: no font, style or script from
// elsewhere. Without script it is a picture at its natural size; with script it fits the window,
// the wheel zooms, the mouse drags, a double click fits it again.

#pragma once

#include "base/writer.h"
#include "report/drawn_graph.h"
#include "report/graph_picture.h"

namespace plumb {

/// Elements have the ids that graphviz gives them: DrawnNode::id, "edge1" and so on.
void render_graph_svg(const DrawnGraph& graph, const GraphPicture& picture, Writer& out);

}  // namespace plumb
