// SPDX-License-Identifier: Apache-2.0
#include "leak/snapshot_series.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <utility>

#include "base/release.h"
#include "base/try.h"
#include "base/units.h"
#include "leak/align_formats.h"
#include "leak/cut_snapshot.h"
#include "leak/goroutine_column.h"
#include "leak/new_requests.h"

namespace plumb {
namespace {

// Snapshots nearer to each other than this have the time at which somebody unpacked them.
constexpr std::int64_t kShortestGapNs = 100'000'000;
constexpr auto kNanosEachSecond = static_cast<double>(kNanosPerSecond);
constexpr std::string_view kSleep = "sleep";

bool is_same_place(const SeenGoroutine& before, const SeenGoroutine& now) {
  const bool is_other_lock =
      before.row.lock != 0 && now.row.lock != 0 && before.row.lock != now.row.lock;
  return before.row.group == now.row.group && !is_other_lock;
}

// A goroutine that sleeps again and again is there too while it runs.
bool is_awake_sleeper(const StackGroups& groups, std::uint32_t before, std::uint32_t now) {
  const StackGroup& a = groups.groups[before];
  const StackGroup& b = groups.groups[now];
  if (groups.text(a.state) != kSleep && groups.text(b.state) != kSleep) return false;
  return a.creator == b.creator && std::ranges::equal(groups.stack(a), groups.stack(b));
}

// Whether a line of crash text says that nothing can go on.
Deadlock deadlock_in(std::string_view line) {
  constexpr std::array kOfProgram = {
      "fatal error: all goroutines are asleep - deadlock!",
      "fatal error: no goroutines (main called runtime.Goexit) - deadlock!"};
  constexpr std::array kOfBubble = {
      "deadlock: all goroutines in bubble are blocked",
      "deadlock: main bubble goroutine has exited but blocked goroutines remain"};
  const auto holds = [&](std::string_view text) { return line.find(text) != line.npos; };
  if (std::ranges::any_of(kOfProgram, holds)) return Deadlock::Program;
  return std::ranges::any_of(kOfBubble, holds) ? Deadlock::Bubble : Deadlock::None;
}

bool is_in_order(const PackedRows<SeenGoroutine>& goroutines) {
  std::optional<SeenGoroutine> before;
  for (const SeenGoroutine& goroutine : goroutines) {
    if (before && key_of(*before) >= key_of(goroutine)) return false;
    before = goroutine;
  }
  return true;
}

// By process and id, without those that were read twice, from a log that holds the same dump again.
void put_in_order(PackedRows<SeenGoroutine>& goroutines) {
  if (is_in_order(goroutines)) return;
  std::vector<SeenGoroutine> all;
  all.reserve(goroutines.size());
  goroutines.drain([&](const SeenGoroutine& goroutine) { all.push_back(goroutine); });
  if (!std::ranges::is_sorted(all, {}, key_of)) std::ranges::sort(all, {}, key_of);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == 0 || key_of(all[i - 1]) != key_of(all[i])) goroutines.push_back(all[i]);
  }
}

}  // namespace

double SnapshotSeries::time_of(std::size_t snapshot) const {
  if (!has_times) return static_cast<double>(snapshot);
  return static_cast<double>(snapshots[snapshot].time_ns - snapshots.front().time_ns) /
         kNanosEachSecond;
}

Result<void> SeriesBuilder::add_hint(const Profile& profile) {
  GroupTable::Counts counts = grouper_.set_aside();
  auto result = grouper_.add(profile);
  if (result) {
    const auto& groups = grouper_.groups().groups;
    leaked_.resize(groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
      leaked_[i] = std::max(leaked_[i], groups[i].leaked);
    }
    const auto column = find_goroutine_column(profile);
    series_.has_leak_profile |= column.has_value() && column->is_leak_profile;
  }
  grouper_.put_back(std::move(counts));
  return result;
}

void SeriesBuilder::start_snapshot(std::string name, std::int64_t time_ns) {
  if (!series_.snapshots.empty()) complete(false);
  grouper_.start_snapshot();
  Snapshot& snapshot = series_.snapshots.emplace_back();
  snapshot.name = std::move(name);
  snapshot.time_ns = time_ns;
}

Result<void> SeriesBuilder::add(const Profile& profile, std::uint32_t process) {
  TRY(grouper_.add(profile));
  Snapshot& snapshot = series_.snapshots.back();
  if (snapshot.time_ns == 0) snapshot.time_ns = profile.time_nanos;
  if (process == 0) note_build(profile);
  snapshot.is_cut |= lacks_goroutines(profile.losses);
  take_rows(process);
  return {};
}

void SeriesBuilder::add(const GoroutineDump& dump, std::uint32_t process) {
  grouper_.add(dump);
  note_dump(dump);
  take_rows(process);
}

void SeriesBuilder::take(GoroutineDump& dump, std::uint32_t process) {
  grouper_.take(dump);
  note_dump(dump);
  take_rows(process);
}

void SeriesBuilder::note_dump(const GoroutineDump& dump) {
  Snapshot& snapshot = series_.snapshots.back();
  snapshot.is_cut |= lacks_goroutines(dump.losses);
  for (const std::string& line : dump.crash_text) {
    const Deadlock found = deadlock_in(line);
    if (found != Deadlock::None) snapshot.deadlock = found;
  }
}

void SeriesBuilder::take_rows(std::uint32_t process) {
  Snapshot& at_hand = series_.snapshots.back();
  at_hand.processes = std::max(at_hand.processes, process + 1);
  auto& rows = grouper_.rows();
  if (rows.empty()) return;
  const auto snapshot = static_cast<std::uint32_t>(series_.snapshots.size() - 1);
  const std::pair first(process, rows.begin()->row.id);
  now_ascends_ =
      grouper_.rows_ascend() && (now_.empty() || (now_ascends_ && key_of(now_.back()) < first));
  if (now_.empty() && process == 0 && snapshot == 0) {
    now_ = std::exchange(rows, {});
  } else {
    rows.drain([&](SeenGoroutine goroutine) {
      goroutine.process = process;
      goroutine.since = snapshot;
      now_.push_back(goroutine);
    });
  }
  rows.clear();
  for (const PointerRow& row : grouper_.pointers()) pointers_now_.push_back({process, row});
  release(grouper_.pointers());
  for (SeenCreator& creator : grouper_.creators()) creator.process = process & 0xFFFFFFU;
  if (creators_now_.empty()) {
    creators_now_.swap(grouper_.creators());
  } else {
    const auto& more = grouper_.creators();
    creators_now_.insert(creators_now_.end(), more.begin(), more.end());
  }
  release(grouper_.creators());
  series_.snapshots.back().has_ids = true;
}

// All of the snapshot at hand was added. Beside another one, a cut one would tell of goroutines
// that came and left where it only lacks them.
void SeriesBuilder::complete(bool is_last) {
  count_groups();
  Snapshot& snapshot = series_.snapshots.back();
  if (snapshot.is_cut && (!is_last || series_.id_snapshots > 0)) {
    now_.clear();
    pointers_now_.clear();
    creators_now_.clear();
    snapshot.has_ids = false;
  }
  if (now_.empty()) return;
  if (!now_ascends_) put_in_order(now_);
  compare();
  series_.goroutines = std::move(now_);
  now_.clear();
  series_.pointers = std::exchange(pointers_now_, {});
  series_.creators = std::exchange(creators_now_, {});
}

void SeriesBuilder::count_groups() {
  const StackGroups& groups = grouper_.groups();
  const auto snapshot = static_cast<std::uint32_t>(series_.snapshots.size() - 1);
  series_.snapshots.back().total = groups.goroutine_count;
  series_.counts.resize(groups.groups.size());
  for (std::size_t i = 0; i < groups.groups.size(); ++i) {
    const std::int64_t count = groups.groups[i].count;
    if (count != 0) series_.counts[i].push_back({snapshot, count});
  }
}

// A goroutine has the creator that it always had: another one is another goroutine, of another
// process.
bool SeriesBuilder::have_other_creators() const {
  auto old = series_.goroutines.begin();
  const auto old_end = series_.goroutines.end();
  for (const SeenGoroutine& goroutine : now_) {
    while (old != old_end && key_of(*old) < key_of(goroutine)) ++old;
    if (old == old_end) break;
    if (key_of(*old) != key_of(goroutine)) continue;
    if (is_other_creator(old->row, goroutine.row)) return true;
  }
  return false;
}

bool SeriesBuilder::is_other_creator(const GoroutineRow& before, const GoroutineRow& now) const {
  if (before.creator_id != 0 && now.creator_id != 0 && before.creator_id != now.creator_id) {
    return true;
  }
  if (before.group == now.group) return false;
  const auto& groups = grouper_.groups().groups;
  const StackFrameId a = groups[before.group].creator;
  const StackFrameId b = groups[now.group].creator;
  return a.index != kNone && b.index != kNone && a != b;
}

// Ids only grow while a program lives; but the newest goroutines may have ended. Then some that are
// still there have waited at least as long as before, which in another process they have not.
bool SeriesBuilder::is_restart() const {
  if (have_other_creators()) return true;
  const auto& before = series_.goroutines;
  const std::uint64_t newest = now_.back().row.id;
  if (before.back().process != now_.back().process || before.back().row.id <= newest) return false;
  if (before.back().row.id - newest <= newest) return false;
  auto old = before.begin();
  for (const SeenGoroutine& goroutine : now_) {
    while (old != before.end() && key_of(*old) < key_of(goroutine)) ++old;
    if (old == before.end()) break;
    if (key_of(*old) != key_of(goroutine) || old->row.group != goroutine.row.group) continue;
    if (goroutine.row.wait_minutes > 0 && goroutine.row.wait_minutes >= old->row.wait_minutes) {
      return false;
    }
  }
  return true;
}

// Another build is another process.
void SeriesBuilder::note_build(const Profile& profile) {
  const std::string_view build = profile.build_id();
  auto& builds = series_.builds;
  if (build.empty() || (!builds.empty() && builds.back() == build)) return;
  if (!builds.empty()) note_restart();
  builds.emplace_back(build);
}

// The same dump again, of which nobody says that it is of another time.
bool SeriesBuilder::is_repetition(std::int64_t gap_ns) const {
  const auto is_same = [](const SeenGoroutine& a, const SeenGoroutine& b) {
    return key_of(a) == key_of(b) && a.row.group == b.row.group &&
           a.row.wait_minutes == b.row.wait_minutes;
  };
  if (gap_ns >= kShortestGapNs || series_.goroutines.size() != now_.size()) return false;
  auto now = now_.begin();
  for (const SeenGoroutine& before : series_.goroutines) {
    if (!is_same(before, *now)) return false;
    ++now;
  }
  return true;
}

void SeriesBuilder::note_restart() {
  ++series_.restarts;
  series_.id_snapshots = 0;
  series_.goroutines.clear();
  series_.residence.clear();
  series_.earlier.clear();
  series_.lacks_earlier = false;
  series_.gone.clear();
  series_.lacks_gone = false;
  arrivals_.clear();
  series_.first_newest_id = 0;
  series_.first_since_restart = static_cast<std::uint32_t>(series_.snapshots.size() - 1);
}

void SeriesBuilder::compare() {
  const auto current = static_cast<std::uint32_t>(series_.snapshots.size() - 1);
  if (!series_.goroutines.empty() && is_restart()) note_restart();
  series_.residence.resize(grouper_.groups().groups.size());
  if (series_.goroutines.empty()) {
    series_.id_snapshots = 1;
    series_.first_id_snapshot = series_.last_id_snapshot = current;
    for (const SeenGoroutine& goroutine : now_) {
      ++residence_of(goroutine).first_count;
      series_.first_newest_id = std::max(series_.first_newest_id, goroutine.row.id);
    }
    return;
  }
  const std::int64_t gap_ns =
      series_.snapshots[current].time_ns - series_.snapshots[series_.last_id_snapshot].time_ns;
  if (is_repetition(gap_ns)) {
    now_ = std::move(series_.goroutines);
    return;
  }
  join(static_cast<double>(gap_ns) / kNanosEachSecond);
  ++series_.id_snapshots;
  series_.last_id_snapshot = current;
}

void SeriesBuilder::join(double gap) {
  const std::vector<GoroutineKey> handlers =
      find_new_requests(grouper_.groups(), series_.goroutines, now_);
  auto handler = handlers.begin();
  auto old = series_.goroutines.begin();
  const auto old_end = series_.goroutines.end();
  PackedRows<SeenGoroutine> joined;
  for (SeenGoroutine goroutine : now_) {
    for (; old != old_end && key_of(*old) < key_of(goroutine); ++old) note_end(*old);
    if (old == old_end || key_of(*old) != key_of(goroutine)) {
      arrive(goroutine);
      joined.push_back(goroutine);
      continue;
    }
    while (handler != handlers.end() && *handler < key_of(goroutine)) ++handler;
    const bool is_new_request = handler != handlers.end() && *handler == key_of(goroutine);
    if (!is_new_request &&
        (is_same_place(*old, goroutine) ||
         is_awake_sleeper(grouper_.groups(), old->row.group, goroutine.row.group))) {
      goroutine.since = old->since;
      Residence& residence = residence_of(goroutine);
      ++residence.stayed;
      if (is_old(*old)) ++residence.old_stayed;
      residence.exposure += gap;
    } else {
      note_place(*old);
      depart(*old);
      arrive(goroutine);
      ++residence_of(goroutine).moved;
    }
    joined.push_back(goroutine);
    ++old;
  }
  for (; old != old_end; ++old) note_end(*old);
  now_ = std::move(joined);
}

// Came in the series, and was there for two intervals up to the snapshot before the one at hand.
bool SeriesBuilder::is_old(const SeenGoroutine& goroutine) const {
  constexpr std::uint32_t kIntervals = 2;
  return goroutine.since != series_.first_id_snapshot &&
         goroutine.since + kIntervals <= series_.last_id_snapshot;
}

void SeriesBuilder::depart(const SeenGoroutine& goroutine) {
  ++residence_of(goroutine).departed;
  if (is_old(goroutine)) ++residence_of(goroutine).old_left;
}

void SeriesBuilder::note_end(const SeenGoroutine& goroutine) {
  depart(goroutine);
  if (series_.gone.size() >= kMostEarlierPlaces) {
    series_.lacks_gone = true;
    return;
  }
  const auto current = static_cast<std::uint32_t>(series_.snapshots.size() - 1);
  series_.gone.push_back(
      {goroutine.row.id, goroutine.process, goroutine.since, current, goroutine.row.group});
}

void SeriesBuilder::note_place(const SeenGoroutine& before) {
  if (series_.earlier.size() >= kMostEarlierPlaces) {
    series_.lacks_earlier = true;
    return;
  }
  series_.earlier.push_back({before.row.id, before.process, before.since, before.row.group});
}

void SeriesBuilder::arrive(const SeenGoroutine& goroutine) {
  ++residence_of(goroutine).arrived;
  const std::uint32_t group = goroutine.row.group;
  if (!arrivals_.empty() && arrivals_.back().group == group &&
      arrivals_.back().snapshot == goroutine.since) {
    ++arrivals_.back().count;
  } else {
    arrivals_.push_back({goroutine.since, group, 1});
  }
}

void SeriesBuilder::finish_residence() {
  const std::uint32_t first = series_.first_id_snapshot;
  const std::uint32_t span = series_.last_id_snapshot - first;
  const std::uint32_t late = first + span - span / 3;
  for (const Arrivals& row : arrivals_) {
    if (row.snapshot >= late) series_.residence[row.group].late += row.count;
  }
  if (series_.id_snapshots > 1) {
    for (const SeenGoroutine& goroutine : series_.goroutines) {
      if (goroutine.since == first) ++residence_of(goroutine).residents;
      if (is_old(goroutine)) ++residence_of(goroutine).old_now;
    }
  }
  if (series_.has_times) return;
  for (Residence& residence : series_.residence) {
    residence.exposure = static_cast<double>(residence.stayed);
  }
}

void SeriesBuilder::finish_hints() {
  auto& groups = series_.stacks.groups;
  for (std::size_t i = 0; i < leaked_.size(); ++i) {
    groups[i].leaked = std::max(groups[i].leaked, leaked_[i]);
  }
  align_formats(series_);
  for (StackGroup& group : groups)
    group.leaked = std::min(group.leaked, std::max<std::int64_t>(group.count, 0));
}

bool SeriesBuilder::times_are_known() const {
  const auto& all = series_.snapshots;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].time_ns <= 0) return false;
    if (i > 0 && all[i].time_ns - all[i - 1].time_ns < kShortestGapNs) return false;
  }
  return all.size() > 1;
}

SnapshotSeries SeriesBuilder::finish() && {
  complete(true);
  series_.has_times = times_are_known();
  finish_residence();
  const auto order = [](const EarlierPlace& place) {
    return std::tuple(place.process, place.id, place.since);
  };
  std::ranges::sort(series_.earlier, {}, order);
  series_.stacks = std::move(grouper_).finish();
  series_.residence.resize(series_.stacks.groups.size());
  series_.counts.resize(series_.stacks.groups.size());
  finish_hints();
  return std::move(series_);
}

}  // namespace plumb
