// SPDX-License-Identifier: Apache-2.0
// Where the boxes and arrows of a call graph lie: a layered drawing from top to bottom.
//
// A pure function from sizes to places. It knows nothing of what is drawn nor of any format. The
// steps are those of Gansner, Koutsofios, North and Vo, "A Technique for Drawing Directed Graphs"
// (IEEE TSE 1993), each in a file of its own: turn edges around until there is no cycle
// (orientation), give every node a rank (ranks), cut long edges and labels into one slot per rank
// (layers), order the slots of each rank (crossings), give them an x (columns), draw edges through
// the room between boxes (curves), set the parts of the graph beside each other (pack).
//
// All lengths are in points. y grows downwards.

#pragma once

#include <cstdint>
#include <vector>

namespace plumb::layout {

struct Point {
  double x = 0;
  double y = 0;
};

struct LayoutNode {
  double width = 0;
  double height = 0;
};

struct LayoutEdge {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  int weight = 1;          ///< How much the edge should be short and straight; 0 to 1000.
  double label_width = 0;  ///< 0: no label.
  double label_height = 0;
  double arrow_length = 10;  ///< Room left for the arrow head at `to`.
  int min_length = 1;        ///< In ranks; 1 to 16.
};

struct LayoutGraph {
  std::vector<LayoutNode> nodes;
  std::vector<LayoutEdge> edges;
};

struct LayoutOptions {
  double node_gap = 18;  ///< Between boxes side by side.
  double edge_gap = 8;   ///< Between edges, and between an edge and a box.
  double rank_gap = 18;  ///< Between the rows of boxes and those of labels.
  double part_gap = 24;  ///< Between parts that are not connected.
  /// Steps that may be spent. What exceeds it gets a poorer picture instead of a later one. The
  /// default is about half a second on a machine of 2020.
  std::uint64_t effort = 60'000'000;
};

/// An edge as a chain of cubic Bezier curves: 1 + 3n control points, from the border of `from` to
/// the base of the arrow head.
struct PlacedEdge {
  std::vector<Point> curve;  ///< Empty for an edge from a node to itself.
  Point arrow_tip;           ///< On the border of `to`.
  Point label;               ///< Centre of the label. Meaningless without one.
};

struct Layout {
  double width = 0;
  double height = 0;
  std::vector<Point> nodes;  ///< Centres.
  std::vector<PlacedEdge> edges;
};

/// Lays out `graph`. Everything lies within (0, 0) and (width, height). Deterministic.
///
/// Requires: edges name nodes that exist.
/// Complexity: bounded by options.effort plus O(n log n) of the size of the graph.
Layout lay_out(const LayoutGraph& graph, const LayoutOptions& options = {});

}  // namespace plumb::layout
