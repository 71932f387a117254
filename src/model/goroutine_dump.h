// SPDX-License-Identifier: Apache-2.0
// GoroutineDump: the goroutines of one text dump (debug=2, a panic, SIGQUIT), grouped while read.
//
// A dump of a million goroutines has a few hundred distinct stacks. The reader keeps each distinct
// (state, flags, labels, stack, creator) once, as a group with its count and wait times, and, only
// when asked, one row per goroutine. A dump becomes a Profile without loss: see
// model/dump_profile.h.

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/even_choice.h"
#include "base/packed_rows.h"
#include "base/string_pool.h"
#include "model/loss.h"
#include "model/profile.h"

namespace plumb {

using DumpFrameId = Id<struct DumpFrameTag>;

/// What one entry of a stack is.
enum class FrameKind : std::uint8_t {
  Call,       ///< A Go function with file and line.
  Inlined,    ///< A call printed as `f(...)`: it has no frame of its own.
  Cgo,        ///< A non-Go function; file and line may be missing.
  Elided,     ///< "...N frames elided...": `line` holds N, 0 if the dump does not say.
  CreatedBy,  ///< The `go` statement that made the goroutine.
  /// "[originating from goroutine N]"; its frames follow. `line` holds N, or 0 if the dump's
  /// goroutines with this stack do not agree in it.
  Ancestor,
};

struct DumpFrame {
  StringId function;
  StringId file;
  std::int64_t line = 0;
  std::uint64_t pc_offset = 0;  ///< The +0x.. behind the line: offset in the function; 0 unknown.
  FrameKind kind = FrameKind::Call;
};

/// Minutes waited, and how many goroutines of a group waited so long. Goroutines for which the dump
/// prints no minutes have waited less than one, or are not waiting, and count as 0. A large dump
/// has a hundred thousand of these. Both numbers saturate.
struct WaitCount {
  std::uint32_t minutes = 0;
  std::uint32_t goroutines = 0;
};

/// Goroutines that agree in everything but id, wait time, arguments and creator's id.
struct GoroutineGroup {
  StringId state;  ///< "chan send", "IO wait", "running"; as printed, without the flags below.
  bool is_leaked = false;          ///< "(leaked)": the runtime found that it can never run.
  bool is_scanning = false;        ///< "(scan)": the collector held the stack.
  bool is_durable = false;         ///< "(durable)": durably blocked in a synctest bubble.
  bool is_locked = false;          ///< "locked to thread".
  bool stack_unavailable = false;  ///< Was running on another thread during a crash.
  StringId bubble;                 ///< The synctest bubble or group, e.g. "3"; empty: none.
  std::uint32_t first_label = 0;   ///< In GoroutineDump::labels.
  std::uint32_t label_count = 0;
  /// In GoroutineDump::stacks; leaf first, then creator, ancestors.
  std::uint32_t first_frame = 0;
  std::uint32_t frame_count = 0;
  std::uint64_t count = 0;
  std::uint64_t first_id = 0;          ///< The id of the first goroutine of the group in the dump.
  std::vector<WaitCount> waits;        ///< By minutes, ascending; the counts add up to `count`.
  std::uint64_t first_creator_id = 0;  ///< "in goroutine N" of `first_id`; 0: not printed.
  bool has_many_creators = false;      ///< Others of the group were created by other goroutines.
  EvenChoice<std::uint64_t> creators;  ///< Of a choice of them; empty unless asked for.
};

/// One goroutine, for those who need identities.
struct Goroutine {
  std::uint64_t id = 0;
  std::uint64_t creator_id = 0;  ///< From "in goroutine N"; 0: not printed, or not asked for.
  std::uint32_t wait_minutes = 0;
  std::uint32_t group = 0;  ///< In GoroutineDump::groups.
  std::uint64_t lock = 0;   ///< Address of the lock that it waits for; 0: not known, or none.

  [[nodiscard]] std::array<std::uint64_t, 5> numbers() const {
    return {id, wait_minutes, group, creator_id, lock};
  }
  static Goroutine from(const std::array<std::uint64_t, 5>& all) {
    return {all[0], all[3], static_cast<std::uint32_t>(all[1]), static_cast<std::uint32_t>(all[2]),
            all[4]};
  }
};

/// The outermost function of the goroutine that net/http has beside each running handler. The
/// goroutine that serves the request made it.
inline constexpr std::string_view kRequestWatcher = "net/http.(*connReader).backgroundRead";

/// A number among the arguments on a goroutine's stack that may be a pointer: the goroutine may
/// know the object there.
struct GoroutinePointer {
  std::uint64_t goroutine = 0;  ///< Its id.
  std::uint64_t pointer = 0;
};

/// One of several processes in a dump: what it has goes on to the begin of the next one.
struct DumpProcess {
  std::uint32_t first_group = 0;
  std::size_t first_loss = 0;        ///< In GoroutineDump::losses.
  std::size_t first_crash_line = 0;  ///< In GoroutineDump::crash_text.
  std::string name;  ///< What tells it from the others, e.g. "web-1"; empty: not known.
};

/// A whole dump. Owns everything it shows. Move-only. Not thread-safe.
struct GoroutineDump {
  GoroutineDump() = default;
  GoroutineDump(const GoroutineDump&) = delete;
  GoroutineDump& operator=(const GoroutineDump&) = delete;
  GoroutineDump(GoroutineDump&&) noexcept = default;
  GoroutineDump& operator=(GoroutineDump&&) noexcept = default;
  ~GoroutineDump() = default;

  StringPool strings;
  std::vector<DumpFrame> frames;       ///< Distinct frames.
  std::vector<DumpFrameId> stacks;     ///< Of all groups, end to end.
  std::vector<Label> labels;           ///< Of all groups, end to end; string labels.
  std::vector<GoroutineGroup> groups;  ///< In order of first appearance.
  PackedRows<Goroutine> goroutines;    ///< In order of the dump; empty unless asked for.
  /// Of a few of each group, as far as they may lead to a lock that is waited for, if asked for.
  std::vector<GoroutinePointer> pointers;
  std::uint64_t goroutine_count = 0;
  /// Of a log of several processes, in order of their groups. Empty: they are of one.
  std::vector<DumpProcess> processes;
  std::vector<std::string> crash_text;  ///< "panic: ...", "fatal error: ...", signal lines.
  std::vector<Loss> losses;

  [[nodiscard]] std::span<const DumpFrameId> stack(const GoroutineGroup& group) const {
    return std::span(stacks).subspan(group.first_frame, group.frame_count);
  }
  [[nodiscard]] std::span<const Label> labels_of(const GoroutineGroup& group) const {
    return std::span(labels).subspan(group.first_label, group.label_count);
  }
  [[nodiscard]] const DumpFrame& frame(DumpFrameId id) const { return frames[id.index]; }
  [[nodiscard]] std::string_view text(StringId id) const { return strings.view(id); }
};

}  // namespace plumb
