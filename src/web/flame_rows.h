// SPDX-License-Identifier: Apache-2.0
// The boxes of the flame graph.
//
// Nothing is counted that cannot be seen: boxes below a share of the whole are not made, and what
// lies in them becomes one box on their parent, so that sums stay what they are. A profile of a
// million stacks gives some ten thousand boxes.

#pragma once

#include <cstdint>
#include <vector>

#include "graph/nodes.h"
#include "report/report_input.h"

namespace plumb::web {

struct FlameRow {
  static constexpr std::uint32_t kRoot = UINT32_MAX;         ///< As info.
  static constexpr std::uint32_t kSmaller = UINT32_MAX - 1;  ///< What was too small.

  std::uint32_t parent = 0;
  std::uint32_t info = 0;  ///< Index in the NodeTable, kRoot or kSmaller.
  std::int64_t size = 0;   ///< Sum of |value|.
  std::int64_t net = 0;    ///< Sum of the values.
  std::int64_t self = 0;   ///< Part of `size`: of samples that end here.
  bool is_inlined = false;
};

struct FlameRows {
  std::vector<FlameRow> rows;  ///< The root first, parents before children.
  bool has_negative = false;   ///< Some sample counts less than nothing: a difference.
  std::int64_t least = 0;      ///< Boxes below were not made; 1: all were.
};

/// At most so many boxes, more or less.
inline constexpr std::size_t kMostFlameRows = 30'000;

/// Complexity: linear in the frames of all samples. Memory: 4 bytes a frame, while it runs.
FlameRows build_flame_rows(const ReportInput& input, const NodeTable& table);

}  // namespace plumb::web
