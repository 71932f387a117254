// SPDX-License-Identifier: Apache-2.0
#include "leak/goroutine_index.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/release.h"

namespace plumb {
namespace {

// Ids are handed out in batches, so a slightly larger one may be older: it does not count.
constexpr std::uint64_t kBatches = 256;

// A goroutine with a larger id than this is younger than that with `id`.
std::uint64_t newest_as_old_as(std::uint64_t id) {
  const std::uint64_t slack = std::min(kBatches, id / 8);
  return id > UINT64_MAX - slack ? UINT64_MAX : id + slack;
}

}  // namespace

GoroutineIndex::GoroutineIndex(const SnapshotSeries& series) {
  count(series, series.creators);
  for (const SeenGoroutine& goroutine : series.goroutines) place(series, goroutine);
  finish();
}

GoroutineIndex GoroutineIndex::freeing_rows(SnapshotSeries& series) {
  GoroutineIndex index;
  return_free_memory();  // Of the reader, and then of the rows: what comes next is larger.
  index.count(series, std::move(series.creators));
  series.goroutines.drain([&](const SeenGoroutine& one) { index.place(series, one); });
  index.finish();
  return_free_memory();
  return index;
}

std::vector<std::uint64_t> GoroutineIndex::ids(std::uint32_t group) const {
  std::vector<std::uint64_t> ids;
  ids.reserve(sums(group).count);
  for_each(group, [&](const Row& row) { ids.push_back(row.id); });
  if (!std::ranges::is_sorted(ids)) std::ranges::sort(ids);  // Those of a process are.
  return ids;
}

void GoroutineIndex::find_pointers(const SnapshotSeries& series) {
  for (const SeenPointer& pointer : series.pointers) {
    const Key key(pointer.process, pointer.row.goroutine);
    if (having_pointers_.empty() || having_pointers_.back() != key) having_pointers_.push_back(key);
  }
  if (!std::ranges::is_sorted(having_pointers_)) std::ranges::sort(having_pointers_);
}

void GoroutineIndex::count(const SnapshotSeries& series, std::vector<SeenCreator> creators) {
  groups_.resize(series.stacks.groups.size());
  find_pointers(series);
  std::size_t locked = 0;
  for (const SeenGoroutine& goroutine : series.goroutines) {
    Group& group = groups_[goroutine.row.group];
    ++group.sums.count;
    const Codec::Numbers numbers = numbers_of(goroutine);
    group.bytes += Codec::size(group.last, numbers);
    group.last = numbers;
    if (goroutine.process >= newest_ids_.size()) newest_ids_.resize(goroutine.process + 1);
    newest_ids_[goroutine.process] = goroutine.row.id;
    note_waited(goroutine);
    if (goroutine.row.lock != 0) ++locked;
    if (goroutine.row.creator_id == 0) continue;
    group.creators.add({goroutine.process, goroutine.row.creator_id});
  }
  known_.reserve(locked + having_pointers_.size());
  choose_creators(std::move(creators));
  make_room();
}

void GoroutineIndex::choose_creators(std::vector<SeenCreator> creators) {
  creators_ = std::move(creators);
  for (std::uint32_t i = 0; i < groups_.size(); ++i) {
    const std::uint32_t shift = groups_[i].creators.shift();
    for (const auto& [process, id] : groups_[i].creators.items()) {
      creators_.push_back({id, i, process & 0xFFFFFFU, shift & 0xFFU});
    }
    groups_[i].creators = {};
  }
  std::ranges::sort(creators_, {}, [](const SeenCreator& one) { return Key(one.process, one.id); });
}

void GoroutineIndex::note_waited(const SeenGoroutine& goroutine) {
  const std::uint32_t minutes = goroutine.row.wait_minutes;
  while (!waited_.empty() && waited_.back().process == goroutine.process &&
         waited_.back().minutes <= minutes) {
    waited_.pop_back();
  }
  waited_.push_back({goroutine.process, minutes, goroutine.row.id});
}

void GoroutineIndex::make_room() {
  std::size_t bytes = 0;
  for (Group& group : groups_) {
    group.first = bytes;
    bytes += std::exchange(group.bytes, 0);
    group.last = {};
  }
  bytes_.resize(bytes + Codec::kMostBytes);
}

void GoroutineIndex::place(const SnapshotSeries& series, const SeenGoroutine& goroutine) {
  note_woken(series, goroutine);
  note_creators_before(key_of(goroutine));
  if (has_pointers(key_of(goroutine)) || goroutine.row.lock != 0) {
    known_.push_back({.id = goroutine.row.id,
                      .lock = goroutine.row.lock,
                      .group = goroutine.row.group,
                      .process = goroutine.process & 0xFFFFFFU,
                      .has_waited = goroutine.row.wait_minutes >= 1,
                      .was_there_first = goroutine.since == series.first_id_snapshot});
  }
  add_row(groups_[goroutine.row.group], goroutine);
}

void GoroutineIndex::note_woken(const SnapshotSeries& series, const SeenGoroutine& goroutine) {
  const Key oldest(goroutine.process, newest_as_old_as(goroutine.row.id));
  const auto is_passed = [&](const Waited& one) { return Key(one.process, one.id) <= oldest; };
  while (next_waited_ < waited_.size() && is_passed(waited_[next_waited_])) ++next_waited_;
  if (next_waited_ == waited_.size()) return;
  const Waited& longest = waited_[next_waited_];
  const bool is_new = series.id_snapshots > 1 && goroutine.since == series.last_id_snapshot;
  if (longest.process != goroutine.process || longest.minutes == 0 || is_new) return;
  // Go prints no minutes for a goroutine that it found to be leaked.
  if (series.stacks.groups[goroutine.row.group].leaked != 0) return;
  Sums& sums = groups_[goroutine.row.group].sums;
  const std::uint32_t wait = goroutine.row.wait_minutes;
  ++sums.compared;
  if (wait == 0 || wait + 1 < longest.minutes) ++sums.woken;
}

bool GoroutineIndex::has_pointers(const Key& key) {
  const auto& all = having_pointers_;
  while (next_pointer_ < all.size() && all[next_pointer_] < key) ++next_pointer_;
  return next_pointer_ < all.size() && all[next_pointer_] == key;
}

// Counts the creators up to `key`, the next goroutine that there is.
void GoroutineIndex::note_creators_before(const Key& key) {
  for (; next_creator_ < creators_.size(); ++next_creator_) {
    const SeenCreator& creator = creators_[next_creator_];
    const Key wanted(creator.process, creator.id);
    if (wanted > key) return;
    Sums& sums = groups_[creator.group].sums;
    sums.creators += std::uint64_t{1} << creator.shift;
    if (wanted != key) sums.creators_gone += std::uint64_t{1} << creator.shift;
  }
}

// No goroutine is left.
void GoroutineIndex::finish() {
  for (; next_creator_ < creators_.size(); ++next_creator_) {
    const SeenCreator& creator = creators_[next_creator_];
    Sums& sums = groups_[creator.group].sums;
    sums.creators += std::uint64_t{1} << creator.shift;
    sums.creators_gone += std::uint64_t{1} << creator.shift;
  }
  release(creators_);
  release(waited_);
  release(having_pointers_);
}

void GoroutineIndex::add_row(Group& group, const SeenGoroutine& goroutine) {
  std::array<char, Codec::kMostBytes> row;
  const Codec::Numbers numbers = numbers_of(goroutine);
  const auto size =
      static_cast<std::size_t>(Codec::write(row.data(), group.last, numbers) - row.data());
  std::memcpy(bytes_.data() + group.first + group.bytes, row.data(), size);
  group.bytes += size;
  group.last = numbers;
}

}  // namespace plumb
