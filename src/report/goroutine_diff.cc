// SPDX-License-Identifier: Apache-2.0
// Both inputs go into one table of groups; how many goroutines a group had after the first is what
// it had before.

#include "report/goroutine_diff.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <variant>

#include "base/checked.h"
#include "base/try.h"
#include "leak/stack_grouper.h"
#include "model/split_dump.h"

namespace plumb {
namespace {

// The two inputs grouped together.
struct Grouped {
  StackGrouper grouper;
  std::vector<std::int64_t> before;        // By group, of those that were there after the first.
  std::vector<std::uint32_t> before_rows;  // Per group of the dump.
  std::vector<std::uint32_t> after_rows;
  std::int64_t before_total = 0;
};

const GoroutineDump* dump_of(const Content& content) {
  return std::get_if<GoroutineDump>(&content);
}

Result<std::vector<std::uint32_t>> add_content(StackGrouper& grouper, const Content& content) {
  if (const auto* dump = dump_of(content)) return grouper.add(*dump);
  TRY(grouper.add(std::get<Profile>(content)));
  return std::vector<std::uint32_t>();
}

Result<Grouped> group_both(const Content& before, const Content& after, bool stacks_only) {
  Grouped grouped;
  if (stacks_only) grouped.grouper.compare_stacks_only();
  TRY_ASSIGN(grouped.before_rows, add_content(grouped.grouper, before));
  for (const StackGroup& group : grouped.grouper.groups().groups)
    grouped.before.push_back(group.count);
  TRY_ASSIGN(grouped.after_rows, add_content(grouped.grouper, after));
  return grouped;
}

// True if some group has a creator before but none after, or the other way round.
bool tells_creators_once(const Grouped& grouped) {
  bool before = false;
  bool after = false;
  const std::vector<StackGroup>& groups = grouped.grouper.groups().groups;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].creator.index == kNone) continue;
    const std::int64_t count = i < grouped.before.size() ? grouped.before[i] : 0;
    before |= count != 0;
    after |= groups[i].count != count;
  }
  return before != after;
}

struct Place {
  std::uint32_t row = kNone;
  std::uint64_t creator_id = 0;
  std::uint32_t creator = kNone;
};

// Follows goroutines from one dump to the other by their ids.
class IdMatcher {
 public:
  IdMatcher(const GoroutineDump& before, const GoroutineDump& after, GoroutineDiff& diff)
      : before_(before), after_(after), diff_(diff) {}

  void match(const Grouped& grouped) {
    for (std::uint32_t i = 0; i < diff_.changes.size(); ++i) change_of_[diff_.changes[i].group] = i;
    std::unordered_map<std::uint64_t, Place> places;
    places.reserve(before_.goroutines.size());
    for (const Goroutine& goroutine : before_.goroutines) {
      places[goroutine.id] = place_of(goroutine, grouped.before_rows);
    }
    if (are_of_two_processes(places, grouped)) {
      diff_.has_foreign_ids = true;
      return;
    }
    diff_.has_ids = true;
    for (const Goroutine& goroutine : after_.goroutines) {
      const Place place = place_of(goroutine, grouped.after_rows);
      const auto known = places.find(goroutine.id);
      if (known == places.end()) {
        count(place.row, &GoroutineMoves::fresh);
        continue;
      }
      note_same(known->second.row, place.row, goroutine.wait_minutes);
      places.erase(known);
    }
    for (const auto& [id, place] : places) count(place.row, &GoroutineMoves::ended);
  }

 private:
  [[nodiscard]] Place place_of(const Goroutine& goroutine,
                               const std::vector<std::uint32_t>& rows) const {
    Place place{rows[goroutine.group], goroutine.creator_id, kNone};
    if (place.row != kNone) place.creator = diff_.stacks.groups[place.row].creator.index;
    return place;
  }

  // A goroutine keeps its creator as long as it lives.
  [[nodiscard]] bool are_of_two_processes(const std::unordered_map<std::uint64_t, Place>& places,
                                          const Grouped& grouped) const {
    for (const Goroutine& goroutine : after_.goroutines) {
      const auto known = places.find(goroutine.id);
      if (known == places.end()) continue;
      const Place place = place_of(goroutine, grouped.after_rows);
      const bool is_other =
          place.creator_id != known->second.creator_id || place.creator != known->second.creator;
      if (is_other) return true;
    }
    return false;
  }

  void count(std::uint32_t row, std::int64_t GoroutineMoves::*what) {
    ++(diff_.moves.*what);
    if (row != kNone) ++(diff_.changes[change_of_[row]].moves.*what);
  }

  void note_same(std::uint32_t from, std::uint32_t to, std::uint64_t minutes) {
    if (from != to) {
      count(from, &GoroutineMoves::moved_out);
      count(to, &GoroutineMoves::moved_in);
      return;
    }
    count(to, &GoroutineMoves::stayed);
    if (to == kNone) return;
    GoroutineMoves& moves = diff_.changes[change_of_[to]].moves;
    moves.longest_minutes = std::max(moves.longest_minutes, minutes);
    moves.shortest_minutes =
        moves.stayed == 1 ? minutes : std::min(moves.shortest_minutes, minutes);
  }

  const GoroutineDump& before_;
  const GoroutineDump& after_;
  GoroutineDiff& diff_;
  std::unordered_map<std::uint32_t, std::uint32_t> change_of_;  // By group.
};

bool have_ids(const Content& before, const Content& after) {
  const auto* first = dump_of(before);
  const auto* second = dump_of(after);
  return first != nullptr && second != nullptr &&
         first->goroutines.size() == first->goroutine_count &&
         second->goroutines.size() == second->goroutine_count && !holds_several_dumps(*first) &&
         !holds_several_dumps(*second);
}

std::int64_t size_of(const GoroutineChange& change) {
  return abs_saturating(subtract_wrapping(change.after, change.before));
}

std::int64_t churn_of(const GoroutineChange& change) {
  return add_saturating(change.moves.fresh, change.moves.ended);
}

}  // namespace

bool is_change(const GoroutineChange& change, const ChangeOptions& options) {
  return std::max({size_of(change), change.moves.fresh, change.moves.ended}) >= options.least;
}

Result<GoroutineDiff> build_goroutine_diff(const Content& before, const Content& after) {
  TRY_ASSIGN(Grouped grouped, group_both(before, after, false));
  GoroutineDiff diff;
  if (tells_creators_once(grouped)) {
    TRY_ASSIGN(grouped, group_both(before, after, true));
    diff.compares_stacks_only = true;
  }
  grouped.before.resize(grouped.grouper.groups().groups.size(), 0);
  diff.stacks = std::move(grouped.grouper).finish();
  for (std::uint32_t i = 0; i < diff.stacks.groups.size(); ++i) {
    const std::int64_t count = diff.stacks.groups[i].count;
    diff.changes.push_back({i, grouped.before[i], subtract_wrapping(count, grouped.before[i]), {}});
    diff.before = add_saturating(diff.before, diff.changes.back().before);
    diff.after = add_saturating(diff.after, diff.changes.back().after);
  }
  if (have_ids(before, after)) {
    IdMatcher(*dump_of(before), *dump_of(after), diff).match(grouped);
  }
  std::ranges::stable_sort(diff.changes, [](const GoroutineChange& a, const GoroutineChange& b) {
    if (size_of(a) != size_of(b)) return size_of(a) > size_of(b);
    return churn_of(a) > churn_of(b);
  });
  return diff;
}

}  // namespace plumb
