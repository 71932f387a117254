// SPDX-License-Identifier: Apache-2.0
// DrawnGraph: a call graph as it is to be drawn. From it come the text for graphviz, the picture
// that plumb draws itself and what the web page shows, so that all three look the same.
//
// It says what every box and arrow looks like; where they lie is the work of whoever draws. All
// text is as read, neither escaped nor cut; a renderer escapes it for its format.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/colour.h"

namespace plumb {

inline constexpr Colour kBlack{};                        ///< A line without a colour of its own.
inline constexpr Colour kDefaultFill{0xf8, 0xf8, 0xf8};  ///< A box without a colour of its own.

enum class DrawnShape : std::uint8_t {
  Box,    ///< A function.
  Box3d,  ///< A label of the function whose edge leads here (pprof's nodelets).
};

struct DrawnNode {
  std::string name;                ///< Of the node in the text for graphviz: "N1", "N1_0".
  std::string id;                  ///< Of its element in the picture: "node1", "N1_0".
  std::vector<std::string> lines;  ///< The label; each line is centred.
  int font_size = 14;              ///< Points; 8 to 24 by flat value.
  DrawnShape shape = DrawnShape::Box;
  std::string tooltip;
  Colour line_colour = kBlack;  ///< kBlack: none was given.
  Colour fill_colour = kDefaultFill;
};

struct DrawnEdge {
  std::uint32_t from = 0;          ///< Index in DrawnGraph::nodes.
  std::uint32_t to = 0;            ///< Index in DrawnGraph::nodes; never `from`.
  std::vector<std::string> lines;  ///< The label: " 10ms", " (inline)".
  int weight = 1;                  ///< 1 to 101: how much the edge should be short and straight.
  int pen_width = 1;               ///< Points; 1 to 6 by value.
  int min_length = 1;              ///< In ranks.
  Colour colour = kBlack;          ///< kBlack: none was given.
  bool is_dotted = false;          ///< Nodes between the two were left out.
  std::string tooltip;
};

struct DrawnGraph {
  std::string title;                ///< "leaky goroutine"; may be empty.
  std::vector<std::string> legend;  ///< Header lines, flush left; the first names the box.
  std::string legend_url;           ///< Where the legend leads to; may be empty.
  /// In the order drawn first to last. A function is followed by its labels (Box3d).
  std::vector<DrawnNode> nodes;
  /// First those to labels, in the order of the labels, then calls, heaviest first.
  std::vector<DrawnEdge> edges;
};

}  // namespace plumb
