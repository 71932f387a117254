// SPDX-License-Identifier: Apache-2.0
// Samples added up by stack, whatever their labels: what the reports share that show whole stacks.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "report/report_input.h"

namespace plumb {

/// Index of a frame: of what one box or one name of a stack stands for.
using FrameIndex = std::uint32_t;

/// One frame; frames that print alike are one.
struct StackFrameName {
  std::string name;       ///< As in top.
  std::string file;       ///< Empty if not kept at this granularity.
  std::int64_t line = 0;  ///< 0: not kept or not known.
};

/// The frames of a profile's locations.
class FrameNames {
 public:
  explicit FrameNames(const Profile& profile);

  [[nodiscard]] std::span<const StackFrameName> all() const { return frames_; }

  /// The frames of a location, innermost inlined function first. Never empty.
  [[nodiscard]] std::span<const FrameIndex> of(LocationId id) const {
    return std::span(of_locations_)
        .subspan(first_[id.index], first_[id.index + 1] - first_[id.index]);
  }

  /// Replaces `frames` with those of a stack, root first.
  void read(std::span<const LocationId> stack, std::vector<FrameIndex>& frames) const;

 private:
  std::vector<StackFrameName> frames_;
  std::vector<FrameIndex> of_locations_;  // Of all locations, end to end.
  std::vector<std::uint32_t> first_;      // Per location, and one more.
};

/// The samples with one stack.
struct StackSum {
  std::size_t sample = 0;  ///< The first of them.
  std::int64_t value = 0;  ///< Their sum; not zero.
};

/// The value of a sample as the options want it: divided by its divisor, and by divide_by.
std::int64_t sample_value(const ReportInput& input, std::size_t sample);

/// Adds up the samples with equal stacks, in order of first appearance. What adds up to zero is
/// left out, and with drop_negative what adds up to less. Complexity: linear in the frames of all
/// samples; 16 bytes for each distinct stack.
std::vector<StackSum> sum_stacks(const ReportInput& input, const FrameNames& frames);

}  // namespace plumb
