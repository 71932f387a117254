// SPDX-License-Identifier: Apache-2.0
// What the source around a blocked line tells that a stack does not. Read line by line, without
// understanding Go: a hint chooses between two explanations and never raises a level.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "leak/stack_groups.h"

namespace plumb {

struct SourceHints {
  bool has_source = false;
  bool ranges = false;                ///< The line is `for v := range ch`.
  bool ranges_over_timer = false;     ///< `for range ticker.C`, `<-time.After(...)`.
  bool waits_for_context = false;     ///< `<-ctx.Done()`, and nothing else.
  bool select_sends = false;          ///< Every case of the select but Done sends.
  bool select_has_timer = false;      ///< A select in a loop that goes on after a while.
  bool is_second_send = false;        ///< The function sends to the same channel above.
  bool sends_in_loop = false;         ///< One value after the other, to a channel made outside.
  bool gives_back = false;            ///< The function receives from the same channel below.
  bool gives_back_elsewhere = false;  ///< Another function does, of a channel that has room.
  bool is_awaited_with_end = false;   ///< A method receives it in a select that has an end.
  bool creator_has_timeout = false;   ///< Behind the `go` statement there is a select with an end.
  bool creator_loops = false;         ///< The `go` statement stands in a loop.
};

/// Reads the lines around where `group` waits and around its `go` statement.
SourceHints find_source_hints(
    const StackGroups& groups, const StackGroup& group,
    const std::function<std::string(std::string_view file, std::int64_t line)>& source);

/// A line of the file that has the `go` statement.
struct SourceLine {
  std::int64_t number = 0;
  std::string text;
};

/// For how many values a channel is to have room.
enum class Room : std::uint8_t {
  One,
  All,  ///< One for each round of the loop around the `go` statement.
};

/// The line above the `go` statement that makes the channel which the blocked line sends to, by its
/// name, changed to have room. None if it is not in view, the channel has room, or it is not plain
/// how much it needs.
std::optional<SourceLine> find_channel_with_room(
    const StackGroups& groups, const StackGroup& group, Room room,
    const std::function<std::string(std::string_view file, std::int64_t line)>& source);

}  // namespace plumb
