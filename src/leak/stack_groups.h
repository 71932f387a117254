// SPDX-License-Identifier: Apache-2.0
// Groups of goroutines that are stuck at the same place: what `plumb leaks` shows.
//
// Goroutines belong together when they agree in state, stack and creator, whatever their labels and
// flags. Stacks are compared by function, file and line, and without the frames that Go's text
// dumps hide (is_hidden_in_dumps) and the type arguments that they leave out, so that a program
// gives the same groups as profile.proto, as debug=1 and as debug=2.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/string_pool.h"
#include "leak/frames.h"
#include "leak/wait_times.h"
#include "model/loss.h"
#include "model/profile.h"

namespace plumb {

using StackFrameId = Id<struct StackFrameTag>;

/// One line of a stack.
struct StackFrame {
  StringId function;  ///< Empty if the input has no symbol for it.
  StringId file;
  std::int64_t line = 0;      ///< 0: not known.
  std::uint64_t address = 0;  ///< Of a frame without symbol.
  std::uint64_t elided = 0;   ///< Not a frame: so many were left out here by Go.
  FrameOwner owner = FrameOwner::User;
  bool is_elided = false;    ///< `elided` holds; it is 0 if the dump does not say how many.
  bool is_hidden = false;    ///< Not compared: text dumps would not show it.
  bool is_plumbing = false;  ///< At the ends of every stack, or of plumb::rt: it tells nothing.
};

/// "0x439a16": what is known of a frame without symbol.
std::string address_text(const StackFrame& frame);

/// How many goroutines of a group carry a label.
struct LabelCount {
  StringId key;
  StringId value;  ///< A number is written out with its unit.
  std::int64_t count = 0;
};

/// Index of a frame in its group's stack, or kNone.
using StackIndex = std::uint32_t;

/// Goroutines with the same state, stack and creator.
struct StackGroup {
  StringId state;  ///< "chan send"; empty: not known.
  StateSource state_source = StateSource::Read;
  std::optional<bool> is_range;  ///< Of a receive: `range ch` or `v, ok := <-ch`, if that is known.
  std::size_t first_frame = 0;   ///< In StackGroups::stacks; leaf first, without the creator.
  std::uint32_t frame_count = 0;
  StackFrameId creator{kNone};     ///< The `go` statement, if the input has it.
  std::int64_t count = 0;          ///< Goroutines. Negative only in the difference of two profiles.
  std::int64_t leaked = 0;         ///< Of them, found by the Go runtime to be blocked for ever.
  std::int64_t locked = 0;         ///< Of them, locked to a thread.
  std::int64_t bubbled = 0;        ///< Of them, in a synctest bubble.
  std::uint64_t first_id = 0;      ///< Id of the first one in the input; 0: not known.
  std::uint64_t creator_id = 0;    ///< Goroutine that created the first one; 0: not known.
  bool has_many_creators = false;  ///< Others were created by other goroutines.
  std::uint32_t skipped_frames = 0;  ///< Frames at the leaf left out because only a PC is known.
  StackIndex blocked = kNone;        ///< Where the user's code waits.
  StackIndex entry = kNone;          ///< Where the user's code was entered: its outermost function.
  bool counts_goroutines = true;     ///< False: threads, or entries of a program's own profile.
  WaitTimes waits;                   ///< Empty if the input has none.
  std::vector<LabelCount> labels;    ///< Most frequent first; at most kMaxGroupLabels.
  std::int64_t more_labels = 0;      ///< Labels of goroutines that found no place in `labels`.
};

inline constexpr std::size_t kMaxGroupLabels = 64;

/// All groups of some inputs. Owns everything it shows. Move-only. Not thread-safe.
struct StackGroups {
  StackGroups() = default;
  StackGroups(const StackGroups&) = delete;
  StackGroups& operator=(const StackGroups&) = delete;
  StackGroups(StackGroups&&) noexcept = default;
  StackGroups& operator=(StackGroups&&) noexcept = default;
  ~StackGroups() = default;

  StringPool strings;
  std::vector<StackFrame> frames;    ///< Distinct frames.
  std::vector<StackFrameId> stacks;  ///< Of all groups, end to end.
  std::vector<StackGroup> groups;    ///< In order of first appearance.
  std::int64_t goroutine_count = 0;  ///< In all inputs, grouped or filtered out.
  bool has_elided_frames = false;    ///< Some stack has.
  bool has_wait_times = false;       ///< Some input tells how long its goroutines have waited.
  bool tells_labels = false;         ///< Some input is a profile, or a dump that has labels.

  [[nodiscard]] std::span<const StackFrameId> stack(const StackGroup& group) const {
    return std::span(stacks).subspan(group.first_frame, group.frame_count);
  }
  [[nodiscard]] const StackFrame& frame(StackFrameId id) const { return frames[id.index]; }
  [[nodiscard]] const StackFrame& frame(const StackGroup& group, StackIndex at) const {
    return frame(stack(group)[at]);
  }
  [[nodiscard]] std::string_view text(StringId id) const { return strings.view(id); }
};

/// True if `group` is the goroutine that took this very profile.
bool is_profiler(const StackGroups& groups, const StackGroup& group);

}  // namespace plumb
