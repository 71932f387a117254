// SPDX-License-Identifier: Apache-2.0
// E10: who waits for others that are not stuck. Of what one call of a function started, some sleep,
// run, or wait for the network or the system; or they are idle:
//
//   for ... { wg.Add(1); go worker() }     one of them waits for their end: its wait ends, too
//   go func() { wg.Wait(); close(out) }()
//
//   go parse(in, out); go store(out)       a stage of a pipeline, and who receives is slow
#include <array>
#include <map>

#include "base/checked.h"
#include "base/strings.h"
#include "leak/group_study.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

constexpr std::uint64_t kMinutesOfSlow = 5;  // Who has not received for so long will not.

/// What one call of a function started.
struct TeamName {
  std::string_view function;  ///< Without closures; empty: not known.
  std::uint64_t creator = 0;  ///< Goroutine; 0: not known.

  friend auto operator<=>(const TeamName&, const TeamName&) = default;
};

/// Who of a team is not stuck.
struct Team {
  std::int64_t count = 0;  ///< Of them, with those that wait for work.
  /// Of those at work, one of each of two entry functions: who asks looks for another than its own.
  std::array<const GroupStudy*, 2> members{};
};

struct Teams {
  std::map<TeamName, Team> by_name;
  /// By id: goroutines at work in the program's own code that are the only ones at their place.
  std::map<std::uint64_t, const GroupStudy*> callers;
};

std::string_view entry_function(const StackGroups& stacks, const StackGroup& group) {
  if (group.entry == kNone) return {};
  return stacks.text(stacks.frame(group, group.entry).function);
}

// Profiles do not name the creator, and sync.(*WaitGroup).Go is no name of one; that of a closure
// is mostly the function that it stands in.
TeamName team_of(const StackGroups& stacks, const StackGroup& group) {
  if (group.has_many_creators) return {};
  const bool is_named =
      group.creator.index != kNone && stacks.frame(group.creator).owner == FrameOwner::User;
  if (is_named) return {enclosing_function(creator_function(stacks, group)), group.creator_id};
  const std::string_view entry = entry_function(stacks, group);
  const std::string_view enclosing = enclosing_function(entry);
  return {enclosing == entry ? std::string_view() : enclosing, group.creator_id};
}

// Where calls are not told apart, only what is always there belongs together.
bool can_be_told(const TeamName& name, const GroupStudy& group) {
  return !name.function.empty() && (name.creator != 0 || group.is_constant);
}

// What waits for connections is there for others.
bool is_member(const StackGroups& stacks, const FramesNamed& servers, const GroupStudy& group) {
  if (group.group->count <= 0) return false;
  if (!goes_on_alone(group.kind) && !may_receive(group.kind)) return false;
  return !servers.is_on(*group.group) && !is_profiler(stacks, *group.group);
}

void add_member(const StackGroups& stacks, const GroupStudy& group, Team& team) {
  team.count = add_saturating(team.count, group.group->count);
  if (may_receive(group.kind)) return;  // Idle.
  if (team.members[0] == nullptr) {
    team.members[0] = &group;
  } else if (team.members[1] == nullptr && entry_function(stacks, *team.members[0]->group) !=
                                               entry_function(stacks, *group.group)) {
    team.members[1] = &group;
  }
}

Teams find_teams(const StackGroups& stacks, std::span<const GroupStudy> groups) {
  Teams teams;
  const FramesNamed servers(stacks, "net.(*netFD).accept");
  for (const GroupStudy& group : groups) {
    if (!is_member(stacks, servers, group)) continue;
    const TeamName name = team_of(stacks, *group.group);
    if (can_be_told(name, group)) add_member(stacks, group, teams.by_name[name]);
    const StackGroup& stack = *group.group;
    if (waits_in_own_code(stacks, stack) && stack.count == 1 && goes_on_alone(group.kind)) {
      teams.callers.try_emplace(stack.first_id, &group);
    }
  }
  return teams;
}

const Team* find_team(const Teams& teams, const TeamName& name) {
  const auto found = teams.by_name.find(name);
  return found == teams.by_name.end() ? nullptr : &found->second;
}

void note_workers(GroupStudy& group, std::string text) {
  group.has_workers = true;
  group.against.push_back({"E10", std::move(text), "stacks and creators", {}});
}

// The others that the same call started, or those that the waiting function did.
void study_wait_group(const StackGroups& stacks, const Teams& teams, GroupStudy& group) {
  const TeamName name = team_of(stacks, *group.group);
  const Team* team = can_be_told(name, group) ? find_team(teams, name) : nullptr;
  if (team == nullptr && group.group->count == 1) {
    const std::string_view blocked = enclosing_function(blocked_function(stacks, *group.group));
    team = find_team(teams, {blocked, group.group->first_id});
  }
  if (team == nullptr || team->count < group.group->count) return;
  note_workers(group, goroutines_text(static_cast<std::uint64_t>(team->count)) +
                          " that it may wait for " + (team->count == 1 ? "is" : "are") +
                          " at work, or idle");
}

// Another one that the same call started; null if there is none.
const GroupStudy* find_receiver(const StackGroups& stacks, const Teams& teams,
                                const GroupStudy& group) {
  const TeamName name = team_of(stacks, *group.group);
  const Team* const team = can_be_told(name, group) ? find_team(teams, name) : nullptr;
  if (team == nullptr) return nullptr;
  const std::string_view sends = entry_function(stacks, *group.group);
  for (const GroupStudy* const member : team->members) {
    // Of the same function it is one that will send.
    if (member != nullptr && entry_function(stacks, *member->group) != sends) return member;
  }
  return nullptr;
}

// Those whose values somebody receives now, one after the other, were made for that, and of late.
// Not so in a young program, where all were.
bool were_made_all_along(const SeriesStudy& all, const GroupStudy& group) {
  return group.spreads_by_id && group.creator == CreatorState::Gone && !all.is_young();
}

void study_sender(const SeriesStudy& all, const Teams& teams, GroupStudy& group) {
  const StackGroups& stacks = all.series.stacks;
  if (group.longest_wait >= kMinutesOfSlow) return;
  const auto name_of = [&](const GroupStudy& other) {
    return printable(short_name(blocked_function(stacks, *other.group))) + ", which waits for " +
           std::string(describe(other.kind)) + ", ";
  };
  if (const GroupStudy* const receiver = find_receiver(stacks, teams, group)) {
    note_workers(
        group, name_of(*receiver) + "was started by the same function: it may be slow to receive");
    return;
  }
  const StackGroup& stack = *group.group;
  if (stack.creator_id == 0 || stack.has_many_creators) return;
  if (were_made_all_along(all, group)) return;
  const auto caller = teams.callers.find(stack.creator_id);
  if (caller == teams.callers.end()) return;
  note_workers(group, name_of(*caller->second) + "started them: it may be slow to receive");
}

}  // namespace

void find_workers(const SeriesStudy& all, std::span<GroupStudy> groups) {
  if (all.series.snapshots.back().processes > 1) return;  // Ids of which tell nothing of another.
  const StackGroups& stacks = all.series.stacks;
  const Teams teams = find_teams(stacks, groups);
  for (GroupStudy& group : groups) {
    if (group.group->count <= 0 || group.has_grown() || group.may_grow) continue;
    if (group.kind == WaitKind::WaitGroup) study_wait_group(stacks, teams, group);
    if (group.kind == WaitKind::ChanSend) study_sender(all, teams, group);
  }
}

}  // namespace plumb
