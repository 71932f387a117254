// SPDX-License-Identifier: Apache-2.0
// FlameTree: the boxes of a flame graph.
//
// A box is a way from the root: a sequence of frames with which samples begin. Its size is the sum
// of |value| of these samples, so that what grew and what shrank in a difference do not hide each
// other; its net value is the sum with signs. Boxes that would be too narrow to see are not built:
// their size is counted as folded in the box they stand on, and nothing is lost.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "report/report_input.h"
#include "report/stack_sums.h"

namespace plumb {

struct FlameBox {
  FrameIndex frame = 0;         ///< Of the root: none.
  std::uint32_t parent = 0;     ///< Of the root: itself.
  std::uint32_t row = 0;        ///< 0: the root.
  double begin = 0;             ///< Where it starts, as a share of the root.
  std::int64_t size = 0;        ///< Sum of |value|, saturating.
  std::int64_t net = 0;         ///< Sum of the values, saturating.
  std::int64_t self = 0;        ///< Part of `size`: of samples that end here.
  std::int64_t folded = 0;      ///< Part of `size`: of boxes on this one that are too narrow.
  std::int64_t folded_net = 0;  ///< The same part of `net`.
  bool is_inlined = false;      ///< Into its parent, in all samples.
};

struct FlameTree {
  std::vector<FlameBox> boxes;  ///< The root first, parents before children, heaviest child first.
  std::uint32_t rows = 1;
  std::int64_t folded = 0;    ///< Sum over all boxes.
  std::int64_t least = 1;     ///< Boxes below are folded.
  bool has_negative = false;  ///< Some sample has: a difference.
};

struct FlameOptions {
  double least_share = 0;      ///< Boxes below this share of the root are folded.
  bool is_inverted = false;    ///< Leaves stand at the root.
  std::size_t few_frames = 0;  ///< Of so many frames in all samples nothing is folded.
  /// If there are more boxes, larger ones are folded, too.
  std::size_t most_boxes = SIZE_MAX;
};

/// Boxes above this row are folded, so that no input makes a picture of any height.
inline constexpr std::uint32_t kMostFlameRows = 1000;

/// Samples as stacks of numbered frames: what a tree is made of.
class FlameStacks {
 public:
  FlameStacks() = default;
  FlameStacks(const FlameStacks&) = delete;
  FlameStacks& operator=(const FlameStacks&) = delete;
  virtual ~FlameStacks() = default;

  [[nodiscard]] virtual std::size_t sample_count() const = 0;
  /// Frames have smaller numbers.
  [[nodiscard]] virtual std::size_t frame_count() const = 0;
  [[nodiscard]] virtual std::int64_t value(std::size_t sample) const = 0;
  /// Appends the frames of a sample, those that stand at the root of the picture first: twice their
  /// number, plus 1 for one that was inlined into the frame in front.
  virtual void append(std::size_t sample, std::vector<std::uint32_t>& frames) = 0;
  /// Which of two boxes of the same size on the same parent comes first.
  [[nodiscard]] virtual bool comes_first(FrameIndex a, FrameIndex b) const = 0;
};

/// Complexity: linear in the frames of all samples. Memory: 4 bytes for each of them.
FlameTree build_flame_tree(FlameStacks& stacks, const FlameOptions& options);

/// The same of the frames of a report.
FlameTree build_flame_tree(const ReportInput& input, const FrameNames& frames,
                           const FlameOptions& options);

}  // namespace plumb
