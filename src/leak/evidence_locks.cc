// SPDX-License-Identifier: Apache-2.0
// E7: locks that nobody gets. A mutex is handed to its waiters in the order in which they came, so
// waiters of which none got it in a long time mean that it was never unlocked. Who holds it is told
// from the arguments on stacks (lock_graph.h), or else from what stands near.
#include <algorithm>
#include <map>
#include <set>

#include "base/strings.h"
#include "leak/frames.h"
#include "leak/group_study.h"
#include "leak/lock_graph.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

constexpr double kLongSeconds = 20;
constexpr double kBatch = 0.01;  // Ids are handed out in batches: so much may be out of order.

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
  return group.ages.count > 0 && waiters.ages.count > 0 &&
         group.ages.first <= waiters.ages.first + kBatch;
}

// The one group that is nearest; null if there are several, or none.
GroupStudy* find_nearest_holder(const SeriesStudy& all, const GroupStudy& waiters,
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

constexpr std::size_t kMostCyclesShown = 2;
constexpr std::size_t kMostStepsShown = 4;

std::string address_of(std::uint64_t address) {
  return "0x" + to_hex(address);
}

std::string place_text(const SeriesStudy& all, std::uint32_t row) {
  const SnapshotSeries& series = all.series;
  const KnownGoroutine& goroutine = all.goroutines.known()[row];
  const StackGroup& group = series.stacks.groups[goroutine.group];
  const std::string_view function = blocked_function(series.stacks, group);
  std::string text = "goroutine " + std::to_string(goroutine.id);
  if (!function.empty()) text += " in " + printable(short_name(function));
  return text;
}

// How many locks the goroutines of a group wait for, and the one that most of them want.
struct LockShare {
  std::size_t locks = 0;
  std::size_t known = 0;  // Goroutines whose lock is known.
  std::size_t most = 0;
  std::size_t lock = 0;  // In LockGraph::locks, if there are `most`.
};

// By group; those without a lock have none.
std::vector<LockShare> share_locks(const SeriesStudy& all, const LockGraph& graph) {
  std::vector<LockShare> shares(all.series.stacks.groups.size());
  std::vector<std::uint32_t> groups;  // Of the waiters of one lock.
  for (std::size_t lock = 0; lock < graph.locks.size(); ++lock) {
    groups.clear();
    for (const std::uint32_t row : graph.waiters_of(lock)) {
      groups.push_back(all.goroutines.known()[row].group);
    }
    std::ranges::sort(groups);
    for (auto at = groups.begin(); at != groups.end();) {
      const auto end = std::find_if(at, groups.end(), [&](std::uint32_t g) { return g != *at; });
      const auto count = static_cast<std::size_t>(end - at);
      LockShare& share = shares[*at];
      at = end;
      ++share.locks;
      share.known += count;
      if (count <= share.most) continue;
      share.most = count;
      share.lock = lock;
    }
  }
  return shares;
}

void add_addresses(const SeriesStudy& all, const LockGraph& graph, std::span<GroupStudy> groups) {
  const std::vector<LockShare> shares = share_locks(all, graph);
  for (std::size_t index = 0; index < shares.size(); ++index) {
    const LockShare& share = shares[index];
    if (share.most == 0) continue;
    const std::string address = address_of(graph.locks[share.lock].address);
    std::string text = share.known == 1 ? "it waits for the lock at " + address
                                        : "all " + std::to_string(share.known) +
                                              " wait for one lock, that at " + address;
    if (share.locks > 1) {
      text = "they wait for " + std::to_string(share.locks) + " locks; most, " +
             std::to_string(share.most) + ", for that at " + address;
    }
    const std::size_t waiters = graph.waiters_of(share.lock).size();
    if (waiters > share.most) {
      text += ", which " + goroutines_text(waiters) + " of all groups wait for";
    }
    groups[index].evidence.push_back({"E7",
                                      std::move(text),
                                      "arguments on stacks",
                                      {{"locks", static_cast<double>(share.locks)},
                                       {"waiters_of_one", static_cast<double>(waiters)}}});
  }
}

// Goroutines that run through a pair of locks look like a cycle for a moment.
bool has_lasted(const SeriesStudy& all, const std::vector<LockStep>& cycle) {
  const SnapshotSeries& series = all.series;
  return std::ranges::all_of(cycle, [&](const LockStep& step) {
    const KnownGoroutine& goroutine = all.goroutines.known()[step.waiter];
    return (series.id_snapshots > 1 && goroutine.was_there_first) || goroutine.has_waited;
  });
}

// "goroutine 20 in main.f waits for the lock at 0x30, which goroutine 21 in main.g may hold, and
// that for the lock at 0x20, which goroutine 20 in main.f may hold".
std::string cycle_text(const SeriesStudy& all, const LockGraph& graph,
                       const std::vector<LockStep>& cycle) {
  std::string text = "a cycle: " + place_text(all, cycle.front().waiter);
  const std::size_t shown = std::min(cycle.size(), kMostStepsShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::uint32_t next = cycle[(i + 1) % cycle.size()].waiter;
    text += i == 0 ? " waits for the lock at " : ", and that for the lock at ";
    text += address_of(graph.locks[cycle[i].lock].address) + ", which " + place_text(all, next) +
            " may hold";
  }
  if (shown < cycle.size()) text += ", and so on, " + std::to_string(cycle.size()) + " in all";
  return text;
}

// By the weakest of the hints that make the cycle.
std::string_view inference_text(const LockGraph& graph, const std::vector<LockStep>& cycle) {
  HolderHint weakest = HolderHint::Pointer;
  for (const LockStep& step : cycle) {
    weakest = std::max(weakest, graph.find_holders(step.lock)->hint);
  }
  switch (weakest) {
    case HolderHint::Type:
      return " (inferred: each is in a method that called another one of its type)";
    case HolderHint::Place:
      return " (inferred: each is further on in the function where others wait for its lock)";
    case HolderHint::Pointer:
      break;
  }
  return " (inferred: each has the other's lock among its arguments)";
}

// The groups of those who wait for a lock of the cycle.
std::set<std::uint32_t> groups_at(const SeriesStudy& all, const LockGraph& graph,
                                  const std::vector<LockStep>& cycle) {
  std::set<std::uint32_t> groups;
  for (const LockStep& step : cycle) {
    for (const std::uint32_t row : graph.waiters_of(step.lock)) {
      groups.insert(all.goroutines.known()[row].group);
    }
  }
  return groups;
}

void add_cycles(const SeriesStudy& all, const LockGraph& graph, std::span<GroupStudy> groups) {
  std::map<std::uint32_t, std::size_t> shown;
  for (const std::vector<LockStep>& cycle : graph.cycles) {
    if (!has_lasted(all, cycle)) continue;
    const std::string text =
        cycle_text(all, graph, cycle) + std::string(inference_text(graph, cycle));
    for (const LockStep& step : cycle) {
      groups[all.goroutines.known()[step.waiter].group].is_in_lock_cycle = true;
    }
    for (const std::uint32_t index : groups_at(all, graph, cycle)) {
      groups[index].is_behind_lock_cycle = true;
      if (++shown[index] > kMostCyclesShown) continue;
      groups[index].evidence.push_back(
          {"E7", text, "arguments on stacks", {{"cycle", static_cast<double>(cycle.size())}}});
    }
  }
}

bool waits_on_channel(WaitKind kind) {
  return kind == WaitKind::ChanSend || kind == WaitKind::ChanReceive ||
         kind == WaitKind::ChanRange || kind == WaitKind::Select || kind == WaitKind::NilChannel;
}

void note_holder(GroupStudy& holder, std::size_t waiters, std::string text,
                 std::string_view source) {
  if (holder.holds_lock) return;
  holder.holds_lock = true;
  holder.lock_waiters = static_cast<std::int64_t>(waiters);
  holder.evidence.push_back(
      {"E7", std::move(text), source, {{"waiters", static_cast<double>(waiters)}}});
}

// The one goroutine beside the waiters that has the lock's object among its arguments.
void add_holder(const SeriesStudy& all, const LockGraph& graph, const LockHolders& holders,
                std::span<GroupStudy> groups) {
  if (holders.hint != HolderHint::Pointer || holders.count != 1) return;
  const SnapshotSeries& series = all.series;
  const std::string address = address_of(graph.locks[holders.lock].address);
  const std::span<const std::uint32_t> waiters_of_lock = graph.waiters_of(holders.lock);
  const std::uint32_t row = graph.rows_of(holders).front();
  GroupStudy& holder = groups[all.goroutines.known()[row].group];
  std::set<std::uint32_t> waiting;
  for (const std::uint32_t waiter : waiters_of_lock) {
    waiting.insert(all.goroutines.known()[waiter].group);
  }
  bool is_deadlocked = false;
  for (const std::uint32_t index : waiting) {
    GroupStudy& waiters = groups[index];
    if (!waiters.is_deadlocked) continue;
    is_deadlocked = true;
    waiters.waits_for_channel_holder |= waits_on_channel(holder.kind);
    waiters.evidence.push_back({"E7",
                                "inferred: " + place_text(all, row) + ", which waits for " +
                                    std::string(describe(holder.kind)) +
                                    ", has the object of the lock at " + address +
                                    " among its arguments: it may hold it",
                                "arguments on stacks",
                                {}});
  }
  const bool may_be = is_deadlocked && holder.group->count == 1 && holder.stays &&
                      !holder.is_woken && needs_another_goroutine(holder.kind) &&
                      !is_mutex(holder.kind) && !is_main_goroutine(series.stacks, *holder.group);
  if (!may_be) return;
  note_holder(holder, waiters_of_lock.size(),
              "inferred: it is the only goroutine beside the " +
                  goroutines_text(waiters_of_lock.size()) + " that wait for the lock at " +
                  address +
                  " that has its object among its arguments, and it does not move: it may hold it",
              "arguments on stacks");
}

}  // namespace

void find_lock_holders(const SeriesStudy& all, std::span<GroupStudy> groups) {
  const LockGraph graph = find_lock_graph(all);
  add_addresses(all, graph, groups);
  add_cycles(all, graph, groups);
  find_slow_locks(all, groups);
  for (const LockHolders& holders : graph.holders) add_holder(all, graph, holders, groups);
  for (const GroupStudy& waiters : groups) {
    if (!waiters.is_deadlocked || waiters.is_in_lock_cycle || waiters.may_be_slow) continue;
    GroupStudy* const holder = find_nearest_holder(all, waiters, groups);
    if (holder == nullptr) continue;
    const auto count = static_cast<std::uint64_t>(waiters.group->count);
    note_holder(*holder, count,
                "inferred: it is the only goroutine near to " + goroutines_text(count) +
                    " that wait for a lock in " +
                    printable(short_name(blocked_function(all.series.stacks, *waiters.group))) +
                    ", was there before them, and does not move: it may hold that lock",
                "stacks and ids");
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
