// SPDX-License-Identifier: Apache-2.0
#include "leak/group_study.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/checked.h"
#include "base/strings.h"
#include "leak/pattern_cases.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

constexpr std::uint8_t kOnStack = 1;
constexpr std::uint8_t kWaitsEverywhere = 2;

void index_groups(SeriesStudy& all) {
  const SnapshotSeries& series = all.series;
  all.group_ends.assign(series.stacks.groups.size() + 1, 0);
  for (const SeenGoroutine& goroutine : series.goroutines) {
    ++all.group_ends[goroutine.row.group + 1];
    all.newest_id = std::max(all.newest_id, goroutine.row.id);
    if (goroutine.process >= all.newest_ids.size()) all.newest_ids.resize(goroutine.process + 1);
    std::uint64_t& newest = all.newest_ids[goroutine.process];
    newest = std::max(newest, goroutine.row.id);
  }
  for (std::size_t i = 1; i < all.group_ends.size(); ++i)
    all.group_ends[i] += all.group_ends[i - 1];
  all.by_group.resize(series.goroutines.size());
  std::vector<std::uint32_t> next(all.group_ends.begin(), all.group_ends.end() - 1);
  for (std::uint32_t i = 0; i < series.goroutines.size(); ++i) {
    all.by_group[next[series.goroutines[i].row.group]++] = i;
  }
}

// Ids are handed out in batches, so a slightly larger one may be older: it does not count.
void compare_waits(SeriesStudy& all) {
  constexpr std::uint64_t kBatches = 256;
  const auto& goroutines = all.series.goroutines;
  all.outwaited.assign(goroutines.size(), 0);
  std::uint32_t longest = 0;
  std::size_t younger = goroutines.size();
  for (std::size_t i = goroutines.size(); i-- > 0;) {
    const SeenGoroutine& goroutine = goroutines[i];
    if (younger < goroutines.size() && goroutines[younger].process != goroutine.process) {
      longest = 0;
      younger = i + 1;
    }
    const std::uint64_t slack = std::min(kBatches, goroutine.row.id / 8);
    while (younger > i + 1 && goroutines[younger - 1].row.id > goroutine.row.id + slack) {
      --younger;
      longest = std::max(longest, goroutines[younger].row.wait_minutes);
    }
    all.outwaited[i] = longest;
  }
}

void index_functions(SeriesStudy& all) {
  const StackGroups& stacks = all.series.stacks;
  all.is_on_stack.assign(stacks.strings.size(), 0);
  for (const StackGroup& group : stacks.groups) {
    if (group.count <= 0) continue;
    const WaitKind kind = find_wait_kind(stacks, group);
    const bool waits = needs_another_goroutine(kind) && !is_main_goroutine(stacks, group);
    if (awaits_http_answer(stacks, group, kind)) {
      all.http_requests = add_saturating(all.http_requests, group.count);
    }
    for (const StackFrameId id : stacks.stack(group)) {
      std::uint8_t& known = all.is_on_stack[stacks.frame(id).function.index];
      if (!waits) {
        known = kOnStack;
      } else if (known == 0) {
        known = kWaitsEverywhere;
      }
    }
  }
}

// The creators that dumps of Go 1.21 and later name by id.
CreatorState find_creator_by_id(const SeriesStudy& all, std::span<const std::uint32_t> rows) {
  // Of a large group an even choice tells as much.
  constexpr std::size_t kMostAsked = 1024;
  const std::size_t step = rows.size() / kMostAsked + 1;
  std::size_t known = 0;
  std::size_t gone = 0;
  const auto& goroutines = all.series.goroutines;
  for (std::size_t i = 0; i < rows.size(); i += step) {
    const SeenGoroutine& child = goroutines[rows[i]];
    if (child.row.creator_id == 0) continue;
    ++known;
    const std::pair wanted(child.process, child.row.creator_id);
    const auto at = std::ranges::lower_bound(goroutines, wanted, {}, [](const SeenGoroutine& g) {
      return std::pair(g.process, g.row.id);
    });
    const bool is_there = at != goroutines.end() && std::pair(at->process, at->row.id) == wanted;
    if (!is_there) ++gone;
  }
  if (known == 0) return CreatorState::Unknown;
  return gone * 10 >= known * 9 ? CreatorState::Gone : CreatorState::Alive;
}

CreatorState find_creator_by_function(const SeriesStudy& all, const StackGroup& group) {
  const StackGroups& stacks = all.series.stacks;
  if (group.creator.index == kNone) return CreatorState::Unknown;
  switch (all.is_on_stack[stacks.frame(group.creator).function.index]) {
    case kOnStack:
      return CreatorState::Alive;
    case kWaitsEverywhere:
      return CreatorState::Stuck;
    default:
      return CreatorState::Gone;
  }
}

// A creator whose goroutine lives on has still returned from the function that made them if no
// stack has that function.
CreatorState find_creator(const SeriesStudy& all, const StackGroup& group,
                          std::span<const std::uint32_t> rows) {
  CreatorState state = find_creator_by_id(all, rows);
  if (state != CreatorState::Gone) state = find_creator_by_function(all, group);
  const bool may_be_missing = state == CreatorState::Gone && all.series.snapshots.back().is_cut;
  return may_be_missing ? CreatorState::Unknown : state;
}

// Of the snapshots that are whole, or, if there is none, of the last one.
void fill_counts(const SnapshotSeries& series, GroupStudy& study) {
  const auto& counts = series.counts[study.index];
  auto at = counts.begin();
  for (std::size_t i = series.first_since_restart; i < series.snapshots.size(); ++i) {
    while (at != counts.end() && at->snapshot < i) ++at;
    const bool is_needed = i + 1 == series.snapshots.size() && study.counts.empty();
    if (series.snapshots[i].is_cut && !is_needed) continue;
    const bool is_there = at != counts.end() && at->snapshot == i;
    study.counts.push_back(is_there ? static_cast<double>(at->count) : 0);
    study.times.push_back(series.time_of(i));
  }
}

void fill_ages(const SeriesStudy& all, GroupStudy& study) {
  const auto rows = all.rows_of(study.index);
  std::vector<std::uint64_t> waits;
  study.ages.reserve(rows.size());
  const bool has_seen = all.series.id_snapshots > 1;
  for (const std::uint32_t row : rows) {
    const GoroutineRow& goroutine = all.series.goroutines[row].row;
    const bool is_new = has_seen && all.series.goroutines[row].since == all.series.last_id_snapshot;
    // Go prints no minutes for a goroutine that it found to be leaked.
    if (!is_new && study.group->leaked == 0 && all.outwaited[row] > 0) {
      ++study.compared;
      const std::uint32_t wait = goroutine.wait_minutes;
      if (wait == 0 || wait + 1 < all.outwaited[row]) ++study.woken;
    }
    study.ages.push_back(static_cast<double>(goroutine.id) / static_cast<double>(all.newest_id));
    waits.push_back(goroutine.wait_minutes);
  }
  std::ranges::sort(study.ages);
  WaitTimes times = study.group->waits;
  study.longest_wait = times.oldest();
  study.waiting_minutes = times.median();
  if (waits.empty()) return;
  study.longest_wait = std::max(study.longest_wait, *std::ranges::max_element(waits));
  const auto middle = waits.begin() + static_cast<std::ptrdiff_t>(waits.size() / 2);
  std::nth_element(waits.begin(), middle, waits.end());
  study.waiting_minutes = *middle;
}

}  // namespace

std::span<const std::uint32_t> SeriesStudy::rows_of(std::uint32_t group) const {
  if (group + 1 >= group_ends.size()) return {};
  return std::span(by_group).subspan(group_ends[group], group_ends[group + 1] - group_ends[group]);
}

SeriesStudy study_series(const SnapshotSeries& series) {
  SeriesStudy all{series, {}, {}, {}, 0, {}, {}, 0};
  index_groups(all);
  compare_waits(all);
  index_functions(all);
  return all;
}

GroupStudy study_group(const SeriesStudy& all, std::uint32_t index) {
  GroupStudy study;
  study.index = index;
  study.group = &all.series.stacks.groups[index];
  study.kind = find_wait_kind(all.series.stacks, *study.group);
  if (index < all.series.residence.size()) study.residence = all.series.residence[index];
  study.creator = find_creator(all, *study.group, all.rows_of(index));
  fill_counts(all.series, study);
  fill_ages(all, study);
  return study;
}

bool holds_used_connections(const SeriesStudy& all, const GroupStudy& group) {
  const std::int64_t count = group.group->count;
  return group.kind == WaitKind::IoWait && all.http_requests >= count / 2 + count % 2;
}

std::string short_number(double value) {
  std::array<char, 32> text{};
  const double size = std::fabs(value);
  const int digits = size >= 100 ? 0 : (size >= 10 ? 1 : (size >= 1 ? 2 : 3));
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  std::string result = text.data();
  if (result.find('.') == std::string::npos) return result;
  while (result.back() == '0') result.pop_back();
  if (result.back() == '.') result.pop_back();
  return result;
}

std::string short_duration(double seconds) {
  constexpr double kMinute = 60;
  constexpr double kHour = 3600;
  constexpr double kDay = 86400;
  if (seconds < 2 * kMinute) return short_number(seconds) + " s";
  if (seconds < 2 * kHour) return short_number(seconds / kMinute) + " min";
  if (seconds < 2 * kDay) return short_number(seconds / kHour) + " h";
  return short_number(seconds / kDay) + " days";
}

std::string span_text(const SnapshotSeries& series, double time) {
  if (series.has_times) return short_duration(time);
  return short_number(time) + (time == 1 ? " interval" : " intervals");
}

std::string goroutines_text(std::uint64_t count) {
  return plural(count, "goroutine");
}

}  // namespace plumb
