// SPDX-License-Identifier: Apache-2.0
// E10: who may only pass. Goroutines that were found at a place once, and were made since the dump
// before, are taken to have been there from the start. Not so where others of the same function,
// made no later than they, are elsewhere:
//
//   for line := range lines(conn) { hub.say <- line }     a session that has lasted for long, and
//                                                         sends for a moment
#include <algorithm>
#include <map>
#include <utility>

#include "leak/group_study.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

/// The `go` statement and the function that it started.
using Role = std::pair<std::uint32_t, std::uint32_t>;

/// The oldest goroutines of one role, as a part of all ids, in the group where they are the oldest
/// and in any other.
struct Oldest {
  const GroupStudy* group = nullptr;
  double first = 0;
  const GroupStudy* other = nullptr;
  double second = 0;
};

bool has_role(const GroupStudy& group) {
  return group.group->count > 0 && group.ages.count > 0 && group.group->entry != kNone &&
         group.group->creator.index != kNone;
}

Role role_of(const StackGroups& stacks, const StackGroup& group) {
  return {group.creator.index, stacks.frame(group, group.entry).function.index};
}

void add(const GroupStudy& group, Oldest& oldest) {
  if (oldest.group == nullptr || group.ages.first < oldest.first) {
    oldest.other = std::exchange(oldest.group, &group);
    oldest.second = std::exchange(oldest.first, group.ages.first);
  } else if (oldest.other == nullptr || group.ages.first < oldest.second) {
    oldest.other = &group;
    oldest.second = group.ages.first;
  }
}

std::map<Role, Oldest> find_oldest(const StackGroups& stacks, std::span<const GroupStudy> groups) {
  std::map<Role, Oldest> all;
  for (const GroupStudy& group : groups) {
    if (has_role(group)) add(group, all[role_of(stacks, *group.group)]);
  }
  return all;
}

// Nobody was seen to stay. A server's goroutines were made for other requests, too.
bool is_seen_once(const StackGroups& stacks, const GroupStudy& group) {
  return group.accumulates && !group.spreads && !group.grows && group.residence.stayed == 0 &&
         has_role(group) && !starter_function(stacks, *group.group).empty();
}

}  // namespace

void find_siblings(const SeriesStudy& all, std::span<GroupStudy> groups) {
  if (all.series.snapshots.back().processes > 1) return;  // Ids of which tell nothing of another.
  const StackGroups& stacks = all.series.stacks;
  if (std::ranges::none_of(groups, [&](const auto& group) { return is_seen_once(stacks, group); }))
    return;
  const std::map<Role, Oldest> oldest = find_oldest(stacks, groups);
  for (GroupStudy& group : groups) {
    if (!is_seen_once(stacks, group)) continue;
    const Oldest& known = oldest.at(role_of(stacks, *group.group));
    const GroupStudy* const other = known.group == &group ? known.other : known.group;
    if (other == nullptr || other->ages.first > group.ages.first) continue;
    group.accumulates = false;
    group.stays = false;
    group.may_grow = true;
    std::erase_if(group.evidence, [](const Evidence& item) { return item.id == "E2"; });
    group.against.push_back(
        {"E10",
         "none was seen to stay, and others of the same function, no younger, wait for " +
             std::string(describe(other->kind)) + ": they may only pass here",
         "ids of several snapshots, stacks and creators",
         {}});
  }
}

}  // namespace plumb
