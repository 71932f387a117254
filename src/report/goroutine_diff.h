// SPDX-License-Identifier: Apache-2.0
// The difference of two goroutine profiles or dumps: which groups of goroutines came, ended, grew
// and shrank.
//
// Dumps tell goroutines by their ids, which no process uses twice. For two dumps of one process it
// is known of each goroutine whether it is new, has ended, or has stayed where it was.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/writer.h"
#include "formats/read_options.h"
#include "leak/stack_groups.h"
#include "report/change.h"

namespace plumb {

/// Goroutines of a group, told apart by their ids.
struct GoroutineMoves {
  std::int64_t fresh = 0;      ///< Not in the first dump.
  std::int64_t ended = 0;      ///< Not in the second dump.
  std::int64_t stayed = 0;     ///< In the group in both.
  std::int64_t moved_in = 0;   ///< In the first dump in another group.
  std::int64_t moved_out = 0;  ///< In the second dump in another group.
  /// How long the one that has waited longest of those that stayed has waited in the second dump,
  /// and the one that has waited shortest. A goroutine waits at least so long.
  std::uint64_t longest_minutes = 0;
  std::uint64_t shortest_minutes = 0;
};

struct GoroutineChange {
  std::uint32_t group = 0;  ///< In GoroutineDiff::stacks.
  std::int64_t before = 0;
  std::int64_t after = 0;
  GoroutineMoves moves;  ///< Only if GoroutineDiff::has_ids.
};

struct GoroutineDiff {
  std::string before_name;  ///< As people should see them.
  std::string after_name;
  StackGroups stacks;
  std::int64_t before = 0;  ///< Goroutines in all.
  std::int64_t after = 0;
  bool has_ids = false;
  bool compares_stacks_only = false;  ///< Only one of the inputs tells who made its goroutines.
  /// Both have ids, but they are those of two processes.
  bool has_foreign_ids = false;
  GoroutineMoves moves;                  ///< Of all groups; moved_in equals moved_out.
  std::vector<GoroutineChange> changes;  ///< Every group; largest change first.
  std::size_t dropped = 0;               ///< Groups that shrank, if they are not among them.
};

/// Compares what two inputs hold; a dump should have its goroutines (ReadOptions::keep_goroutines).
///
/// Errors: Usage for a profile that does not count goroutines, or anything else one by one.
Result<GoroutineDiff> build_goroutine_diff(const Content& before, const Content& after);

/// Which changes of a difference are shown.
struct ChangeOptions {
  std::int64_t least = 1;     ///< Leave out what changed by less, and by less in goroutines.
  std::size_t row_count = 0;  ///< Show so many; 0: all.
};

/// True if a change counts: the group, or the goroutines in it, have changed by as much.
bool is_change(const GoroutineChange& change, const ChangeOptions& options);

void render_goroutine_diff_text(const GoroutineDiff& diff, const ChangeOptions& options,
                                Writer& out);
void render_goroutine_diff_json(const GoroutineDiff& diff, const ChangeOptions& options,
                                Writer& out);
void render_goroutine_diff_csv(const GoroutineDiff& diff, const ChangeOptions& options,
                               Writer& out);

}  // namespace plumb
