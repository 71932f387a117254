// SPDX-License-Identifier: Apache-2.0
// E7: locks that nobody gets. A mutex is handed to its waiters in the order in which they came, so
// waiters of which none got it in a long time mean that it was never unlocked.
#include "base/strings.h"
#include "leak/frames.h"
#include "leak/group_study.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

constexpr double kLongSeconds = 20;
constexpr double kBatch = 0.01;  // Ids are handed out in batches: so much may be out of order.

bool is_mutex(WaitKind kind) {
  return kind == WaitKind::Mutex || kind == WaitKind::RWMutexRead || kind == WaitKind::RWMutexWrite;
}

// How near `group` is to those who wait for a lock of `waiters`: of the same object's methods, made
// by the same function, in the same package; 0: not at all.
int nearness(const StackGroups& stacks, const StackGroup& waiters, const StackGroup& group) {
  const std::string_view waiting = blocked_function(stacks, waiters);
  const std::string_view function = blocked_function(stacks, group);
  if (waiting.empty() || package_of(waiting) != package_of(function)) return 0;
  if (!receiver_of(waiting).empty() && receiver_of(waiting) == receiver_of(function)) return 3;
  const std::string_view made_by = enclosing_function(creator_function(stacks, waiters));
  if (!made_by.empty() && made_by == enclosing_function(creator_function(stacks, group))) return 2;
  return 1;
}

// Who holds a lock is one goroutine. It may be another that waits for a lock, but not for this one.
bool may_hold(const SeriesStudy& all, const GroupStudy& waiters, const GroupStudy& group) {
  if (&group == &waiters || group.group->count != 1 || !group.stays || group.is_woken) return false;
  if (!needs_another_goroutine(group.kind) || is_mutex(group.kind)) return false;
  if (is_main_goroutine(all.series.stacks, *group.group)) return false;
  // It took the lock before the first of them wanted it.
  return !group.ages.empty() && !waiters.ages.empty() &&
         group.ages.front() <= waiters.ages.front() + kBatch;
}

// The one group that is nearest; null if there are several, or none.
GroupStudy* find_holder(const SeriesStudy& all, const GroupStudy& waiters,
                        std::span<GroupStudy> groups) {
  GroupStudy* holder = nullptr;
  int best = 0;
  bool is_unique = false;
  for (GroupStudy& group : groups) {
    if (group.group->count != 1 || !may_hold(all, waiters, group)) continue;
    const int near = nearness(all.series.stacks, *waiters.group, *group.group);
    if (near == 0 || near < best) continue;
    is_unique = near > best;
    best = near;
    holder = &group;
  }
  return is_unique ? holder : nullptr;
}

}  // namespace

void find_lock_holders(const SeriesStudy& all, std::span<GroupStudy> groups) {
  for (const GroupStudy& waiters : groups) {
    if (!waiters.is_deadlocked) continue;
    GroupStudy* const holder = find_holder(all, waiters, groups);
    if (holder == nullptr || holder->holds_lock) continue;
    holder->holds_lock = true;
    holder->lock_waiters = waiters.group->count;
    holder->evidence.push_back(
        {"E7",
         "inferred: it is the only goroutine near to " +
             goroutines_text(static_cast<std::uint64_t>(waiters.group->count)) +
             " that wait for a lock in " +
             printable(blocked_function(all.series.stacks, *waiters.group)) +
             ", was there before them, and does not move: it may hold that lock",
         "stacks and ids",
         {{"waiters", static_cast<double>(waiters.group->count)}}});
  }
}

void study_locks(const SeriesStudy& all, GroupStudy& group) {
  if (!is_mutex(group.kind)) return;
  const SnapshotSeries& series = all.series;
  const Residence& residence = group.residence;
  const bool was_watched = series.id_snapshots > 1 && residence.residents > 0 &&
                           residence.departed == 0 && !group.is_woken;
  if (!was_watched) return;
  const bool is_long =
      (series.has_times && series.id_window() >= kLongSeconds) || group.waiting_minutes >= 1;
  if (!is_long) return;
  group.is_deadlocked = true;
  group.evidence.push_back(
      {"E7",
       "none of " + goroutines_text(residence.residents) + " that waited got the lock in " +
           (series.has_times ? span_text(series, series.id_window())
                             : std::to_string(group.waiting_minutes) + " min") +
           ", though it is handed over in the order of waiting: it was not unlocked once",
       "ids of several snapshots",
       {{"waiters", static_cast<double>(group.group->count)},
        {"residents", static_cast<double>(residence.residents)}}});
}

}  // namespace plumb
