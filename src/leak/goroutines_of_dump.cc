// SPDX-License-Identifier: Apache-2.0
// Dump -> groups. The reader has grouped the goroutines already, by more than is asked for here.
#include <algorithm>

#include "base/release.h"
#include "leak/goroutine_states.h"
#include "leak/stack_grouper.h"

namespace plumb {
namespace {

class DumpGrouping {
 public:
  DumpGrouping(const GoroutineDump& dump, GroupTable& table)
      : dump_(dump), table_(table), frames_(dump.frames.size(), StackFrameId{kNone}) {}

  /// Adds the goroutines of `from` that have waited `min_wait_minutes`. Returns the group they are
  /// in; kNone if there are none. `waits`: those of `from`, to be taken if all of them count; or
  /// null.
  std::uint32_t add(const GoroutineGroup& from, std::uint64_t min_wait_minutes,
                    std::vector<WaitCount>* waits) {
    // Go prints no minutes for a goroutine that it found to be leaked, or that is running.
    const bool has_waits = !from.is_leaked && is_waiting_state(dump_.text(from.state));
    if (!has_waits && min_wait_minutes > 0) return kNone;
    std::uint64_t count = has_waits ? 0 : from.count;
    for (const WaitCount& wait : from.waits) {
      if (has_waits && wait.minutes >= min_wait_minutes) count += wait.goroutines;
    }
    if (count == 0) return kNone;
    StackGroup& group = find_group(from);
    if (has_waits && min_wait_minutes == 0 && waits != nullptr) {
      group.waits.take(*waits);
    } else if (has_waits) {
      for (const WaitCount& wait : from.waits) {
        if (wait.minutes >= min_wait_minutes) group.waits.add(wait.minutes, wait.goroutines);
      }
    }
    merge(from, static_cast<std::int64_t>(count), group);
    return table_.index_of(group);
  }

 private:
  StackGroup& find_group(const GoroutineGroup& from) {
    GroupKey key;
    key.state = table_.intern(dump_.text(from.state));
    stack_.clear();
    for (const DumpFrameId id : dump_.stack(from)) {
      const FrameKind kind = dump_.frame(id).kind;
      if (kind == FrameKind::Ancestor) break;  // From here on it is the stack of the creator.
      if (kind == FrameKind::CreatedBy) {
        key.creator = translate(id);
      } else {
        stack_.push_back(translate(id));
      }
    }
    return table_.find_group(key, stack_);
  }

  StackFrameId translate(DumpFrameId id) {
    StackFrameId& known = frames_[id.index];
    if (known.index != kNone) return known;
    const DumpFrame& from = dump_.frame(id);
    StackFrame frame;
    if (from.kind == FrameKind::Elided) {
      frame.is_elided = true;
      frame.elided = static_cast<std::uint64_t>(std::max<std::int64_t>(from.line, 0));
    } else {
      frame.function = table_.intern(dump_.text(from.function));
      frame.file = table_.intern(dump_.text(from.file));
      frame.line = from.line;
    }
    known = table_.intern_frame(frame);
    return known;
  }

  void merge(const GoroutineGroup& from, std::int64_t count, StackGroup& group) {
    if (group.count == 0) {
      group.first_id = from.first_id;
      group.creator_id = from.first_creator_id;
    }
    group.has_many_creators |= from.has_many_creators || group.creator_id != from.first_creator_id;
    group.count += count;
    if (from.is_leaked) group.leaked += count;
    if (from.is_locked) group.locked += count;
    if (from.bubble.index != 0) group.bubbled += count;
    for (const Label& label : dump_.labels_of(from)) {
      table_.add_label(group, table_.intern(dump_.text(label.key)),
                       table_.intern(dump_.text(label.str)), count);
    }
  }

  const GoroutineDump& dump_;
  GroupTable& table_;
  std::vector<StackFrameId> frames_;  // By DumpFrameId; kNone: not met yet.
  std::vector<StackFrameId> stack_;
};

}  // namespace

// `taken`: the dump, if its groups need not keep their waits; or null.
std::vector<std::uint32_t> StackGrouper::add_groups(const GoroutineDump& dump,
                                                    GoroutineDump* taken) {
  std::vector<std::uint32_t> places(dump.groups.size(), kNone);
  table_.note_wait_times();
  if (!dump.labels.empty()) table_.note_labels();
  DumpGrouping grouping(dump, table_);
  for (std::size_t i = 0; i < dump.groups.size(); ++i) {
    const GoroutineGroup& group = dump.groups[i];
    table_.add_goroutines(static_cast<std::int64_t>(group.count));
    const auto is_wanted = [&](const Label& label) {
      return label_(dump.text(label.key), dump.text(label.str));
    };
    if (label_ && std::ranges::none_of(dump.labels_of(group), is_wanted)) continue;
    std::vector<WaitCount>* const waits = taken != nullptr ? &taken->groups[i].waits : nullptr;
    places[i] = grouping.add(group, min_wait_minutes_, waits);
    if (waits != nullptr) release(*waits);
  }
  return places;
}

void StackGrouper::add_row(const Goroutine& goroutine, const std::vector<std::uint32_t>& places) {
  const std::uint32_t place = places[goroutine.group];
  if (place == kNone || goroutine.wait_minutes < min_wait_minutes_) return;
  rows_ascend_ &= rows_.empty() || rows_.back().row.id < goroutine.id;
  rows_.push_back(
      {{goroutine.id, goroutine.creator_id, goroutine.lock, place, goroutine.wait_minutes}, 0, 0});
}

// What is known of some of the goroutines.
void StackGrouper::add_knowledge(const GoroutineDump& dump,
                                 const std::vector<std::uint32_t>& places) {
  for (const GoroutinePointer& row : dump.pointers) {
    pointers_.push_back({row.goroutine, row.pointer});
  }
  std::size_t creators_added = 0;
  for (const GoroutineGroup& group : dump.groups) creators_added += group.creators.items().size();
  creators_.reserve(creators_.size() + creators_added);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const EvenChoice<std::uint64_t>& creators = dump.groups[i].creators;
    if (places[i] == kNone) continue;
    for (const std::uint64_t id : creators.items()) {
      if (id != 0) creators_.push_back({id, places[i], 0, creators.shift() & 0xFFU});
    }
  }
}

std::vector<std::uint32_t> StackGrouper::add(const GoroutineDump& dump) {
  std::vector<std::uint32_t> places = add_groups(dump, nullptr);
  for (const Goroutine& goroutine : dump.goroutines) add_row(goroutine, places);
  add_knowledge(dump, places);
  return places;
}

void StackGrouper::take(GoroutineDump& dump) {
  const std::vector<std::uint32_t> places = add_groups(dump, &dump);
  dump.goroutines.drain([&](const Goroutine& goroutine) { add_row(goroutine, places); });
  add_knowledge(dump, places);
  release(dump.pointers);
}

}  // namespace plumb
