// SPDX-License-Identifier: Apache-2.0
#include "leak/group_study.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "base/checked.h"
#include "base/strings.h"
#include "leak/benign_rules.h"
#include "leak/pattern_cases.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

constexpr std::uint8_t kOnStack = 1;
constexpr std::uint8_t kWaitsEverywhere = 2;

void index_functions(SeriesStudy& all) {
  const StackGroups& stacks = all.series.stacks;
  all.is_on_stack.assign(stacks.strings.size(), 0);
  const FramesNamed readers(stacks, readers_of_http_answers());
  for (const StackGroup& group : stacks.groups) {
    if (group.count <= 0) continue;
    const WaitKind kind = find_wait_kind(stacks, group);
    const bool waits = needs_another_goroutine(kind) && !is_main_goroutine(stacks, group);
    if (awaits_http_answer(stacks, group, kind)) {
      all.http_requests = add_saturating(all.http_requests, group.count);
    }
    if (readers.is_on(group)) {
      all.http_readers = add_saturating(all.http_readers, group.count);
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

template <typename Names>
void sort_names(Names& names) {
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

// Where goroutines wait that may hold a lock, or want to write.
void index_places(SeriesStudy& all) {
  const StackGroups& stacks = all.series.stacks;
  for (const StackGroup& group : stacks.groups) {
    if (group.count <= 0) continue;
    const WaitKind kind = find_wait_kind(stacks, group);
    const bool on_channel = kind == WaitKind::ChanSend || kind == WaitKind::ChanReceive ||
                            kind == WaitKind::Select || kind == WaitKind::WaitGroup;
    if (!on_channel && kind != WaitKind::RWMutexWrite) continue;
    const std::string_view function = blocked_function(stacks, group);
    const std::string_view type = receiver_of(function);
    if (on_channel && !type.empty()) {
      all.channel_types.emplace_back(package_of(function), type);
    } else if (!on_channel) {
      all.write_packages.push_back(package_of(function));
    }
  }
  sort_names(all.channel_types);
  sort_names(all.write_packages);
}

// The creators that dumps of Go 1.21 and later name by id.
CreatorState find_creator_by_id(const GoroutineIndex::Sums& sums) {
  if (sums.creators == 0) return CreatorState::Unknown;
  return sums.creators_gone * 10 >= sums.creators * 9 ? CreatorState::Gone : CreatorState::Alive;
}

CreatorState find_creator_by_function(const SeriesStudy& all, const StackGroup& group) {
  const StackGroups& stacks = all.series.stacks;
  // iter.Pull returns at once, and who called it goes on.
  if (find_wait_kind(stacks, group) == WaitKind::Iterator) return CreatorState::Unknown;
  const std::string_view starter = starter_function(stacks, group);
  if (starter.empty()) return CreatorState::Unknown;
  switch (all.is_on_stack[stacks.strings.find(starter).index]) {
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
                          const GoroutineIndex::Sums& sums) {
  CreatorState state = find_creator_by_id(sums);
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

void fill_ages(const SeriesStudy& all, const GoroutineIndex::Sums& sums, GroupStudy& study) {
  study.compared = sums.compared;
  study.woken = sums.woken;
  study.ages = age_shape_of(all.goroutines, study.index, all.newest_id);
  study.waits = wait_shape_of(all.goroutines, study.index);
  WaitTimes times = study.group->waits;
  const bool has_ids = study.ages.count > 0;
  study.longest_wait = std::max(times.oldest(), study.waits.longest);
  study.waiting_minutes = has_ids ? study.waits.median : times.median();
}

}  // namespace

SeriesStudy study_series(const SnapshotSeries& series, GoroutineIndex goroutines) {
  SeriesStudy all{
      series, std::move(goroutines), {}, find_ruled_functions(series.stacks), 0, {}, {}, 0, 0};
  for (const std::uint64_t id : all.goroutines.newest_ids()) {
    all.newest_id = std::max(all.newest_id, id);
  }
  index_functions(all);
  index_places(all);
  return all;
}

GroupStudy study_group(const SeriesStudy& all, std::uint32_t index) {
  GroupStudy study;
  study.index = index;
  study.group = &all.series.stacks.groups[index];
  study.kind = find_wait_kind(all.series.stacks, *study.group);
  if (index < all.series.residence.size()) study.residence = all.series.residence[index];
  const GoroutineIndex::Sums sums = all.goroutines.sums(index);
  study.creator = find_creator(all, *study.group, sums);
  fill_counts(all.series, study);
  fill_ages(all, sums, study);
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
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);  // NOLINT(cert-err33-c)
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
