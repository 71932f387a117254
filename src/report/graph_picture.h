// SPDX-License-Identifier: Apache-2.0
// GraphPicture: where the boxes, arrows and labels of a DrawnGraph lie when plumb draws it itself.
// The picture in SVG and the page of the web front end are both rendered from it.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "layout/layout.h"
#include "report/drawn_graph.h"

namespace plumb {

inline constexpr double kLineHeight = 1.2;   ///< Times the font size.
inline constexpr double kEdgeFontSize = 12;  ///< Of the labels of edges.
inline constexpr double kLegendFontSize = 14;
inline constexpr double kBoxMarginX = 8;  ///< Between a box and its text.
inline constexpr double kBoxMarginY = 4;
inline constexpr double kPictureMargin = 8;  ///< Around everything.
inline constexpr double kBox3dDepth = 4;

/// A box by its centre.
struct PlacedBox {
  layout::Point centre;
  double width = 0;
  double height = 0;
};

/// All lengths in points, y downwards, (0, 0) the top left corner.
struct GraphPicture {
  double width = 0;
  double height = 0;
  PlacedBox legend;                       ///< Without a size if there is none.
  std::vector<PlacedBox> nodes;           ///< As DrawnGraph::nodes.
  std::vector<layout::PlacedEdge> edges;  ///< As DrawnGraph::edges.
};

/// A line of a label as it is shown: too long ones lose their middle, so that no box is wider than
/// a screen. The tooltip has them whole.
std::string shown_line(std::string_view line);

/// How far right of its place's left border the text of an edge's label begins: clear of the line.
double label_indent(const DrawnEdge& edge);

GraphPicture build_graph_picture(const DrawnGraph& graph);

}  // namespace plumb
