// SPDX-License-Identifier: Apache-2.0
#include "model/split_dump.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace plumb {
namespace {

constexpr std::uint64_t kMainGoroutine = 1;

// Known without a look at each goroutine.
bool may_have_two_mains(const GoroutineDump& dump) {
  std::uint64_t most = 0;
  for (const GoroutineGroup& group : dump.groups) {
    if (group.first_id == kMainGoroutine) most += group.count;
  }
  return most > 1;
}

// The numbers of the rows with which dumps begin, but for the first.
std::vector<std::size_t> find_beginnings(const GoroutineDump& dump) {
  std::vector<std::size_t> beginnings;
  std::optional<Goroutine> before;
  std::size_t row = 0;
  bool has_main = false;
  for (const Goroutine& goroutine : dump.goroutines) {
    if (goroutine.id == kMainGoroutine) {
      // In front of it stands the one that makes the dump, if it is not that: it runs, or is that
      // of a signal, which has the id 0.
      const bool is_maker =
          before && (before->id == 0 || dump.text(dump.groups[before->group].state) == "running");
      if (has_main) beginnings.push_back(is_maker ? row - 1 : row);
      has_main = true;
    }
    before = goroutine;
    ++row;
  }
  return beginnings;
}

// Without its goroutines, and what only some of them have.
GoroutineDump copy_tables(const GoroutineDump& from) {
  GoroutineDump copy;
  copy.strings = StringPool(from.strings);
  copy.frames = from.frames;
  copy.stacks = from.stacks;
  copy.labels = from.labels;
  copy.groups = from.groups;
  for (GoroutineGroup& group : copy.groups) {
    group.count = group.first_id = group.first_creator_id = 0;
    group.has_many_creators = false;
    group.waits.clear();
    group.creators = {};
  }
  return copy;
}

void count(GoroutineGroup& group, const Goroutine& goroutine) {
  if (group.count++ == 0) {
    group.first_id = goroutine.id;
    group.first_creator_id = goroutine.creator_id;
  }
  group.has_many_creators |= group.first_creator_id != goroutine.creator_id;
  const auto at = std::ranges::lower_bound(group.waits, goroutine.wait_minutes, {},
                                           [](const WaitCount& wait) { return wait.minutes; });
  if (at != group.waits.end() && at->minutes == goroutine.wait_minutes) {
    ++at->goroutines;
  } else {
    group.waits.insert(at, {goroutine.wait_minutes, 1});
  }
}

// What is said of the text as a whole.
void give_rest(const GoroutineDump& from, GoroutineDump& last) {
  last.pointers = from.pointers;
  last.crash_text = from.crash_text;
  last.losses = from.losses;
  for (std::size_t i = 0; i < from.groups.size(); ++i) {
    last.groups[i].creators = from.groups[i].creators;
  }
}

}  // namespace

std::vector<GoroutineDump> split_dump(const GoroutineDump& dump) {
  std::vector<GoroutineDump> dumps;
  if (!may_have_two_mains(dump)) return dumps;
  const std::vector<std::size_t> beginnings = find_beginnings(dump);
  if (beginnings.empty()) return dumps;
  dumps.reserve(beginnings.size() + 1);
  dumps.push_back(copy_tables(dump));
  std::size_t row = 0;
  for (const Goroutine& goroutine : dump.goroutines) {
    const bool begins = dumps.size() <= beginnings.size() && beginnings[dumps.size() - 1] == row;
    if (begins) dumps.push_back(copy_tables(dump));
    GoroutineDump& part = dumps.back();
    part.goroutines.push_back(goroutine);
    ++part.goroutine_count;
    count(part.groups[goroutine.group], goroutine);
    ++row;
  }
  give_rest(dump, dumps.back());
  return dumps;
}

}  // namespace plumb
