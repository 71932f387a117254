// SPDX-License-Identifier: Apache-2.0
#include "leak/cxx_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/replace_all.h"

namespace plumb {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<std::string_view, 7> kExtensions = {".cc", ".cpp", ".cxx", ".c++",
                                                         ".h",  ".hpp", ".hh"};

// By pattern.
constexpr Pair kFixes[] = {
    {"L1",
     "give the channel room for the value, make_chan<T>(1), or send in a select with "
     "on_recv(ctx.done(), ...); or let {creator} receive on every path"},
    {"L2",
     "give the channel room for one value, make_chan<T>(1), so that the late result can be sent "
     "and forgotten"},
    {"L3",
     "give the channel room for all of them, make_chan<T>(n), or receive as often as is sent, or "
     "end the others by a context"},
    {"L5",
     "close the channel when the last value is sent: ch.close() at the end of the producer, or "
     "behind group.wait()"},
    {"L6",
     "stop it in the object's destructor, or end the loop by a context: a case "
     "on_recv(ctx.done(), ...) that returns"},
    {"L7",
     "call what with_cancel() or with_timeout() returned on every path, by a guard right behind "
     "it"},
    {"L11", "hold the lock by std::lock_guard; call no function that locks it while it is held"},
    {"L14",
     "send and receive behind the scope of the lock; where it is a signal, close the channel "
     "instead of sending"},
    {"L15",
     "start the tasks by wait_group::go(), or call done() by a guard and add() before the task is "
     "started; see what the others wait for"},
    {"L16",
     "change the condition under the lock and notify_all(); wait with a predicate that checks it"},
    {"L17",
     "make the channel before it is used, make_chan<T>(); wait for a context instead of select()"},
    {"L18", "do not take a second one while holding one; give back by a guard"},
    {"L19", "shut the connection down when its time is over, and close it when it is done"},
    {"L20",
     "wait in a select with on_recv(ctx.done(), ...) or on_timeout() and check the condition "
     "again; close the channel instead of sending once"},
    {"L21",
     "end the loop: select on ctx.done() beside the timer, and cancel when the object is gone"},
};

constexpr Pair kNames[] = {
    {"goroutine", "task"}, {"WaitGroup", "wait_group"},        {"sync.Cond", "cond"},
    {"Unlock", "unlock"},  {"without Done", "without done()"},
};

}  // namespace

bool is_cxx(const StackGroups& stacks, const StackGroup& group) {
  if (group.blocked == kNone) return false;
  const std::string_view file = stacks.text(stacks.frame(group, group.blocked).file);
  return std::ranges::any_of(kExtensions,
                             [&](std::string_view extension) { return file.ends_with(extension); });
}

std::string_view cxx_fix(std::string_view id) {
  const auto* const row = std::ranges::find(kFixes, id, &Pair::first);
  return row == std::end(kFixes) ? std::string_view() : row->second;
}

std::string cxx_cause(std::string_view cause) {
  std::string text(cause);
  for (const auto& [go, cxx] : kNames) text = replace_all(std::move(text), go, cxx);
  return text;
}

}  // namespace plumb
