// SPDX-License-Identifier: Apache-2.0
#include "leak/goroutine_index.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace plumb {
namespace {

// Of a large group an even choice of creators tells as much.
constexpr std::uint64_t kMostAsked = 1024;

// Ids are handed out in batches, so a slightly larger one may be older: it does not count.
constexpr std::uint64_t kBatches = 256;

using Key = std::pair<std::uint32_t, std::uint64_t>;  // Process and id.

Key key_of(const SeenGoroutine& goroutine) {
  return {goroutine.process, goroutine.row.id};
}

// A goroutine with a larger id than this is younger than that with `id`.
std::uint64_t newest_as_old_as(std::uint64_t id) {
  const std::uint64_t slack = std::min(kBatches, id / 8);
  return id > UINT64_MAX - slack ? UINT64_MAX : id + slack;
}

std::vector<Key> having_pointers(const SnapshotSeries& series) {
  std::vector<Key> keys;
  for (const SeenPointer& pointer : series.pointers) {
    const Key key(pointer.process, pointer.row.goroutine);
    if (keys.empty() || keys.back() != key) keys.push_back(key);
  }
  if (!std::ranges::is_sorted(keys)) std::ranges::sort(keys);
  return keys;
}

}  // namespace

GoroutineIndex::GoroutineIndex(const SnapshotSeries& series)
    : groups_(series.stacks.groups.size()) {
  if (series.goroutines.empty()) return;
  count(series);
  make_room();
  place(series);
  find_creators(series);
}

void GoroutineIndex::count(const SnapshotSeries& series) {
  const std::vector<Key> keys = having_pointers(series);
  auto key = keys.begin();
  for (const SeenGoroutine& goroutine : series.goroutines) {
    Group& group = groups_[goroutine.row.group];
    ++group.sums.count;
    const Codec::Numbers numbers = numbers_of(goroutine);
    group.bytes += Codec::size(group.last, numbers);
    group.last = numbers;
    if (goroutine.process >= newest_ids_.size()) newest_ids_.resize(goroutine.process + 1);
    newest_ids_[goroutine.process] = goroutine.row.id;
    note_waited(goroutine);
    while (key != keys.end() && *key < key_of(goroutine)) ++key;
    const bool has_pointers = key != keys.end() && *key == key_of(goroutine);
    if (has_pointers || goroutine.row.lock != 0) known_.push_back(goroutine);
  }
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

void GoroutineIndex::place(const SnapshotSeries& series) {
  const bool has_seen = series.id_snapshots > 1;
  auto longest = waited_.cbegin();  // The first one that is younger than the goroutine at hand.
  for (const SeenGoroutine& goroutine : series.goroutines) {
    Group& group = groups_[goroutine.row.group];
    const Key oldest(goroutine.process, newest_as_old_as(goroutine.row.id));
    while (longest != waited_.cend() && Key(longest->process, longest->id) <= oldest) ++longest;
    const bool has_younger = longest != waited_.cend() && longest->process == goroutine.process;
    const std::uint32_t outwaited = has_younger ? longest->minutes : 0;
    const bool is_new = has_seen && goroutine.since == series.last_id_snapshot;
    // Go prints no minutes for a goroutine that it found to be leaked.
    if (!is_new && outwaited > 0 && series.stacks.groups[goroutine.row.group].leaked == 0) {
      const std::uint32_t wait = goroutine.row.wait_minutes;
      ++group.sums.compared;
      if (wait == 0 || wait + 1 < outwaited) ++group.sums.woken;
    }
    if (asks_for_creator(group, goroutine)) {
      creators_.push_back({goroutine.process, goroutine.row.group, goroutine.row.creator_id});
    }
    add_row(group, goroutine);
  }
  waited_ = {};
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

bool GoroutineIndex::asks_for_creator(Group& group, const SeenGoroutine& goroutine) const {
  const bool is_chosen = group.passed == 0;
  if (++group.passed > group.sums.count / kMostAsked) group.passed = 0;
  return is_chosen && goroutine.row.creator_id != 0;
}

void GoroutineIndex::find_creators(const SnapshotSeries& series) {
  if (creators_.empty()) return;
  const auto key = [](const Creator& creator) { return Key(creator.process, creator.id); };
  std::ranges::sort(creators_, {}, key);
  auto at = series.goroutines.begin();
  for (const Creator& creator : creators_) {
    while (at != series.goroutines.end() && key_of(*at) < key(creator)) ++at;
    Sums& sums = groups_[creator.group].sums;
    ++sums.creators;
    if (at == series.goroutines.end() || key_of(*at) != key(creator)) ++sums.creators_gone;
  }
  creators_ = {};
}

}  // namespace plumb
