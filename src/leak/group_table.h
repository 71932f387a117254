// SPDX-License-Identifier: Apache-2.0
// GroupTable: where the groups of several inputs come together.
//
// The two kinds of input (goroutines_of_profile.cc, goroutines_of_dump.cc) translate their frames
// into the table's and hand over stack by stack; the table finds the group.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/dedup_table.h"
#include "leak/stack_groups.h"

namespace plumb {

/// What the goroutines of a group agree in, beside the stack.
struct GroupKey {
  StringId state;
  StateSource state_source = StateSource::Read;
  std::optional<bool> is_range;
  StackFrameId creator{kNone};
};

/// Builds StackGroups. Not thread-safe.
class GroupTable {
 public:
  StringId intern(std::string_view text) { return out_.strings.intern(text); }

  /// Returns the id of `frame`, whose owner and visibility are filled in here.
  StackFrameId intern_frame(StackFrame frame);

  /// The frame's owner and whether it is hidden are known from here on.
  [[nodiscard]] const StackFrame& frame(StackFrameId id) const { return out_.frame(id); }

  /// From now on groups agree in state and stack, whatever the rest of their key.
  void compare_stacks_only() { compares_stacks_only_ = true; }

  /// Returns the group of goroutines with this key and stack (leaf first), a new one if need be.
  /// The reference is valid until the next call.
  StackGroup& find_group(GroupKey key, std::span<const StackFrameId> stack);

  /// Adds `count` goroutines that carry a label.
  void add_label(StackGroup& group, StringId key, StringId value, std::int64_t count);

  /// Makes room for so many groups with stacks of usual depth. What is not used costs nothing.
  void reserve(std::size_t groups) {
    out_.groups.reserve(out_.groups.size() + groups);
    out_.stacks.reserve(out_.stacks.size() + groups * kUsualDepth);
  }

  void add_goroutines(std::int64_t count);

  /// Forgets how many goroutines there are, but not the groups: what follows is counted anew.
  void start_snapshot();

  /// How many goroutines there are, set aside while something else is counted.
  struct Counts {
    std::vector<StackGroup> groups;
    std::int64_t goroutines = 0;
  };
  Counts set_aside();
  /// Forgets what was counted since, but not the groups that it brought.
  void put_back(Counts counts);

  [[nodiscard]] const StackGroups& groups() const { return out_; }

  /// The index of `group`, which find_group() returned last.
  [[nodiscard]] std::uint32_t index_of(const StackGroup& group) const {
    return static_cast<std::uint32_t>(&group - out_.groups.data());
  }
  void note_wait_times() { out_.has_wait_times = true; }
  void note_labels() { out_.tells_labels = true; }

  /// Completes what follows from the stacks and hands the groups over.
  StackGroups finish() &&;

 private:
  static constexpr std::size_t kUsualDepth = 32;

  void find_visible(std::span<const StackFrameId> stack);
  [[nodiscard]] bool is_visible_part(std::span<const StackFrameId> stack) const;

  StackGroups out_;
  DedupTable frame_index_;
  DedupTable group_index_;
  std::vector<std::uint8_t> is_hidden_;  // By StackFrameId: StackFrame::is_hidden, close together.
  bool compares_stacks_only_ = false;
  std::vector<StackFrameId> visible_;  // What is compared of the stack at hand.
};

}  // namespace plumb
