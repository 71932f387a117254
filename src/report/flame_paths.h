// SPDX-License-Identifier: Apache-2.0
// What the boxes of a flame graph are made from: stacks that begin with the same frames, told apart
// only where somebody looks.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/profile.h"
#include "report/flame_tree.h"

namespace plumb {

/// Stacks that have all frames in common up to `frame` and `left` more.
struct FlamePath {
  std::size_t at = 0;     ///< Where these are; known to the source.
  std::int64_t size = 0;  ///< Sum of |value|, saturating.
  std::int64_t net = 0;   ///< Sum of the values, saturating.
  std::uint32_t left = 0;
  std::uint32_t frame = 0;     ///< Twice its number, plus 1 if inlined into the one in front.
  std::uint32_t node = kNone;  ///< What comes behind; known to the source.
  bool is_unread = false;      ///< What is left has to be looked up; known to the source.
};

/// Where paths come from.
class FlamePaths {
 public:
  FlamePaths() = default;
  FlamePaths(const FlamePaths&) = delete;
  FlamePaths& operator=(const FlamePaths&) = delete;
  virtual ~FlamePaths() = default;

  /// Numbers of frames are smaller.
  [[nodiscard]] virtual std::size_t frame_count() const = 0;
  /// Which of two boxes of the same size on the same parent comes first.
  [[nodiscard]] virtual bool comes_first(FrameIndex a, FrameIndex b) const = 0;
  /// Appends paths that have no frame yet, of all stacks.
  virtual void start(std::vector<FlamePath>& out) = 0;
  /// Appends the same stacks with `frame` being the next one. Returns the size of those that have
  /// none: they end.
  virtual std::int64_t step(std::span<const FlamePath> paths, std::vector<FlamePath>& out) = 0;
};

/// What a tree is built from, apart from paths.
struct FlameTotals {
  std::int64_t size = 0;
  std::int64_t net = 0;
  bool has_negative = false;
  bool are_few = false;  ///< Nothing is folded: FlameOptions::few_frames.
};

/// Complexity: linear in the frames of paths in boxes that are not folded.
FlameTree build_flame_tree(FlamePaths& paths, const FlameTotals& totals,
                           const FlameOptions& options);

}  // namespace plumb
