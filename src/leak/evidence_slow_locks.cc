// SPDX-License-Identifier: Apache-2.0
// E10: locks that are held for long, and then given back. A program that starts, or loads anew what
// it knows, may hold one for a minute: whoever comes in the meantime waits, as for a lock that is
// never unlocked. The two are told apart by time, and by a holder that goes on by itself.
#include <map>

#include "base/strings.h"
#include "leak/frames.h"
#include "leak/group_study.h"
#include "leak/pattern_cases.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

constexpr std::uint64_t kMinutesOld = 3;  // Waits that no slow start explains.
constexpr double kLongWatch = 120;        // Seconds, where the holder is at work.

// The type whose method the group is in; of a plain function, no name.
TypeName type_of(const StackGroups& stacks, const StackGroup& group) {
  const std::string_view function = blocked_function(stacks, group);
  return {package_of(function), receiver_of(function)};
}

// The function that called sync.Once, if the stack is in one.
std::string_view user_of_once(const StackGroups& stacks, const StackGroup& group) {
  bool is_in_once = false;
  for (const StackFrameId id : stacks.stack(group)) {
    const std::string_view function = stacks.text(stacks.frame(id).function);
    if (is_in_once && !function.starts_with("sync.(*Once).")) return function;
    is_in_once = is_in_once || function == "sync.(*Once).doSlow";
  }
  return {};
}

// Goes on by itself, or with what comes from outside.
bool is_at_work(const StackGroups& stacks, const GroupStudy& group) {
  return goes_on_alone(group.kind) || awaits_http_answer(stacks, *group.group, group.kind);
}

/// Who may hold locks, and is not stuck.
struct SlowHolders {
  /// By type: the one goroutine in a method of it that is at work; null if there are several.
  std::map<TypeName, const GroupStudy*> by_type;
  /// By who called the Once: who runs its function, and is at work.
  std::map<std::string_view, const GroupStudy*> by_once;
};

SlowHolders find_slow_holders(const SeriesStudy& all, std::span<const GroupStudy> groups) {
  const StackGroups& stacks = all.series.stacks;
  SlowHolders holders;
  for (const GroupStudy& group : groups) {
    if (group.group->count <= 0 || !is_at_work(stacks, group)) continue;
    const std::string_view once = user_of_once(stacks, *group.group);
    if (!once.empty()) holders.by_once.try_emplace(once, &group);
    const TypeName type = type_of(stacks, *group.group);
    if (type.second.empty()) continue;
    const auto [at, is_new] = holders.by_type.try_emplace(type, &group);
    if (!is_new || group.group->count > 1) at->second = nullptr;
  }
  return holders;
}

template <typename Holders, typename Key>
const GroupStudy* find_holder(const Holders& holders, const Key& key) {
  const auto found = holders.find(key);
  return found == holders.end() ? nullptr : found->second;
}

void note_slow_holder(const StackGroups& stacks, const GroupStudy& holder, std::string_view how,
                      GroupStudy& waiters) {
  waiters.slow_holder = &holder;
  waiters.against.push_back(
      {"E10",
       "inferred: " + printable(short_name(blocked_function(stacks, *holder.group))) +
           ", which waits for " + std::string(describe(holder.kind)) + ", " + std::string(how),
       "stacks",
       {}});
}

/// How it is known that a holder is at work.
enum class Holder : std::uint8_t {
  None,
  Likely,   // It is in a method of the same type.
  Certain,  // It runs the function that the others wait for.
};

Holder find_slow_holder(const SeriesStudy& all, const SlowHolders& holders, GroupStudy& waiters) {
  const StackGroups& stacks = all.series.stacks;
  if (waits_for_once(stacks, *waiters.group)) {
    const std::string_view once = user_of_once(stacks, *waiters.group);
    const GroupStudy* const runner = find_holder(holders.by_once, once);
    if (runner == nullptr) return Holder::None;
    note_slow_holder(stacks, *runner, "runs the function of a sync.Once called here", waiters);
    return Holder::Certain;
  }
  const GroupStudy* const holder = find_holder(holders.by_type, type_of(stacks, *waiters.group));
  if (holder == nullptr) return Holder::None;
  note_slow_holder(stacks, *holder,
                   "is a method of the same type: it may hold the lock, and give it back", waiters);
  return Holder::Likely;
}

double seconds_watched(const SeriesStudy& all, const GroupStudy& group) {
  if (!all.series.has_times || group.times.empty()) return 0;
  return group.times.back() - group.times.front();
}

// Two dumps some seconds apart, or one, do not tell a slow holder from one that forgot to unlock.
// Many snapshots do, but where the holder is seen at work.
bool may_be_slow(const SeriesStudy& all, const GroupStudy& waiters, Holder holder) {
  if (waiters.is_behind_lock_cycle || waiters.longest_wait >= kMinutesOld) return false;
  const bool is_short = seconds_watched(all, waiters) < kLongWatch;
  if (holder == Holder::Certain) return is_short;
  if (waiters.grows) return false;
  return holder == Holder::Likely ? is_short : !waiters.is_deadlocked;
}

}  // namespace

void find_slow_locks(const SeriesStudy& all, std::span<GroupStudy> groups) {
  const SlowHolders holders = find_slow_holders(all, groups);
  for (GroupStudy& waiters : groups) {
    const bool is_suspected = waiters.is_deadlocked || waiters.has_grown();
    if (!is_suspected || !is_mutex(waiters.kind)) continue;
    waiters.may_be_slow = may_be_slow(all, waiters, find_slow_holder(all, holders, waiters));
  }
}

}  // namespace plumb
