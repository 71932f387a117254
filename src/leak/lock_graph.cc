// SPDX-License-Identifier: Apache-2.0
#include "leak/lock_graph.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/release.h"
#include "leak/frames.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

constexpr std::uint64_t kObjectBytes = 4096;  // Of an object in front of the lock in it, at most.
constexpr std::size_t kMostCycles = 16;
// What hostile input could make of it: so many locks, and pointers looked at for each of them.
constexpr std::size_t kMostLocks = std::size_t{1} << 16;
constexpr std::size_t kMostLookedAt = 256;
// Goroutines that are compared by the types on their stacks: each with each.
constexpr std::size_t kMostNested = 64;

using Place = std::pair<std::uint32_t, std::uint64_t>;  // Process and address.

struct KnownPointer {
  Place place;
  std::uint32_t row = 0;
};

bool waits_for_mutex(const StackGroups& stacks, const StackGroup& group) {
  const WaitKind kind = find_wait_kind(stacks, group);
  return kind == WaitKind::Mutex || kind == WaitKind::RWMutexRead || kind == WaitKind::RWMutexWrite;
}

class LockGraphBuilder {
 public:
  explicit LockGraphBuilder(const SeriesStudy& all)
      : series_(all.series), goroutines_(all.goroutines.known()) {}

  LockGraph build() {
    find_locks();
    if (graph_.locks.empty()) return std::move(graph_);
    find_pointers();
    for (std::uint32_t i = 0; i < graph_.locks.size(); ++i) find_holders_by_pointer(i);
    take_found();
    find_holders_by_place();
    take_found();
    find_holders_by_type();
    take_found();
    find_cycles();
    return std::move(graph_);
  }

 private:
  void find_locks() {
    const auto place_of = [this](std::uint32_t row) {
      return Place(goroutines_[row].process, goroutines_[row].lock);
    };
    std::vector<std::uint32_t>& waiters = graph_.waiters;
    waiters.reserve(goroutines_.size());
    std::map<std::uint32_t, bool> groups;
    for (std::uint32_t i = 0; i < goroutines_.size(); ++i) {
      const KnownGoroutine& goroutine = goroutines_[i];
      if (goroutine.lock == 0) continue;
      const auto [at, is_new] = groups.try_emplace(goroutine.group);
      if (is_new) {
        const StackGroup& group = series_.stacks.groups[goroutine.group];
        at->second = waits_for_mutex(series_.stacks, group);
      }
      if (at->second) waiters.push_back(i);
    }
    std::ranges::sort(waiters, [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(place_of(a), a) < std::pair(place_of(b), b);
    });
    const auto is_first = [&](std::size_t waiter) {
      return waiter == 0 || place_of(waiters[waiter]) != place_of(waiters[waiter - 1]);
    };
    std::size_t count = 0;
    for (std::size_t i = 0; i < waiters.size(); ++i) count += is_first(i) ? 1 : 0;
    graph_.locks.reserve(std::min(count, kMostLocks));
    for (std::uint32_t i = 0; i < waiters.size(); ++i) {
      if (!is_first(i)) continue;
      if (graph_.locks.size() == kMostLocks) {
        waiters.resize(i);
        break;
      }
      const auto [process, address] = place_of(waiters[i]);
      graph_.locks.push_back({address, process, i});
    }
  }

  [[nodiscard]] std::uint32_t find_row(std::uint32_t process, std::uint64_t id) const {
    const auto key = [](const KnownGoroutine& g) { return Place(g.process, g.id); };
    const Place wanted(process, id);
    const auto at = std::ranges::lower_bound(goroutines_, wanted, {}, key);
    const bool is_there = at != goroutines_.end() && key(*at) == wanted;
    return is_there ? static_cast<std::uint32_t>(at - goroutines_.begin()) : kNone;
  }

  // Others are not looked at, and there are many of them.
  [[nodiscard]] bool is_near_lock(std::uint32_t process, std::uint64_t pointer) const {
    const auto at = std::ranges::lower_bound(
        graph_.locks, Place(process, pointer), {},
        [](const WaitedLock& lock) { return Place(lock.process, lock.address); });
    return at != graph_.locks.end() && at->process == process &&
           at->address - pointer <= kObjectBytes;
  }

  void find_pointers() {
    for (const SeenPointer& seen : series_.pointers) {
      if (!is_near_lock(seen.process, seen.row.pointer)) continue;
      const std::uint32_t row = find_row(seen.process, seen.row.goroutine);
      if (row != kNone) pointers_.push_back({{seen.process, seen.row.pointer}, row});
    }
    std::ranges::sort(pointers_, [](const KnownPointer& a, const KnownPointer& b) {
      return std::tie(a.place, a.row) < std::tie(b.place, b.row);
    });
  }

  [[nodiscard]] bool waits_for(std::uint32_t row, const WaitedLock& lock) const {
    const KnownGoroutine& goroutine = goroutines_[row];
    return goroutine.process == lock.process && goroutine.lock == lock.address;
  }

  // The object that `lock` is in: the pointer of one of its waiters that is nearest in front of it.
  [[nodiscard]] std::uint64_t find_object(const WaitedLock& lock) const {
    const Place end(lock.process, lock.address);
    auto at = std::ranges::upper_bound(pointers_, end, {}, &KnownPointer::place);
    for (std::size_t i = 0; at != pointers_.begin() && i < kMostLookedAt; ++i) {
      --at;
      const bool is_near =
          at->place.first == lock.process && lock.address - at->place.second <= kObjectBytes;
      if (!is_near) break;
      if (waits_for(at->row, lock)) return at->place.second;
    }
    return lock.address;
  }

  void find_holders(const WaitedLock& lock, std::uint64_t pointer) {
    const Place place(lock.process, pointer);
    auto at = std::ranges::lower_bound(pointers_, place, {}, &KnownPointer::place);
    for (std::size_t i = 0; i < kMostLookedAt; ++i, ++at) {
      if (at == pointers_.end() || at->place != place) return;
      if (waits_for(at->row, lock)) continue;
      if (std::ranges::find(found_, at->row) == found_.end()) found_.push_back(at->row);
    }
  }

  void find_holders_by_pointer(std::uint32_t index) {
    const WaitedLock& lock = graph_.locks[index];
    found_.clear();
    find_holders(lock, lock.address);
    const std::uint64_t object = find_object(lock);
    if (object != lock.address) find_holders(lock, object);
    drop_crowds(lock);
    // Who locks in the function that it began with has less likely locked something before.
    std::stable_partition(found_.begin(), found_.end(), [&](std::uint32_t row) {
      const StackGroup& group = series_.stacks.groups[goroutines_[row].group];
      return group.blocked != group.entry;
    });
    set_holders(index, HolderHint::Pointer);
  }

  // One goroutine holds a mutex: where several have its object among their arguments, that does not
  // tell who holds it.
  void drop_crowds(const WaitedLock& lock) {
    const StackGroups& stacks = series_.stacks;
    const KnownGoroutine& waiter = goroutines_[graph_.waiters[lock.first_waiter]];
    if (find_wait_kind(stacks, stacks.groups[waiter.group]) != WaitKind::Mutex) return;
    const std::vector<std::uint32_t> found = found_;
    std::erase_if(found_, [&](std::uint32_t row) {
      const auto is_beside = [&](std::uint32_t other) {
        return other != row && goroutines_[other].group == goroutines_[row].group;
      };
      return std::ranges::any_of(found, is_beside);
    });
  }

  // The first of those that were found.
  void set_holders(std::uint32_t lock, HolderHint hint) {
    if (found_.empty()) return;
    found_.resize(std::min(found_.size(), kMostHolders));
    std::vector<std::uint32_t>& rows = graph_.holder_rows;
    // Those of one type may hold each of a thousand locks.
    const bool are_known =
        rows.size() >= found_.size() && std::equal(found_.rbegin(), found_.rend(), rows.rbegin());
    if (!are_known) rows.insert(rows.end(), found_.begin(), found_.end());
    found_holders_.push_back({.lock = lock,
                              .first_row = static_cast<std::uint32_t>(rows.size() - found_.size()),
                              .count = static_cast<std::uint8_t>(found_.size()),
                              .hint = hint});
  }

  // A way of finding holders has come to its end; the next one is for locks without any.
  void take_found() {
    std::vector<LockHolders>& holders = graph_.holders;
    holders.insert(holders.end(), found_holders_.begin(), found_holders_.end());
    std::ranges::sort(holders, {}, &LockHolders::lock);
    release(found_holders_);
  }

  [[nodiscard]] const StackGroup& group_of(std::uint32_t row) const {
    return series_.stacks.groups[goroutines_[row].group];
  }

  [[nodiscard]] const StackFrame* find_blocked(std::uint32_t row) const {
    const StackGroup& group = group_of(row);
    return group.blocked == kNone ? nullptr : &series_.stacks.frame(group, group.blocked);
  }

  // The first line of each function where some wait for a lock.
  using Lines = std::map<StringId, std::int64_t>;

  [[nodiscard]] Lines find_first_lines(std::span<const std::uint32_t> waiters) const {
    Lines lines;
    for (const std::uint32_t row : waiters) {
      const StackFrame* const blocked = find_blocked(row);
      if (blocked == nullptr || blocked->line == 0) continue;
      const auto [at, is_new] = lines.try_emplace(blocked->function, blocked->line);
      if (!is_new) at->second = std::min(at->second, blocked->line);
    }
    return lines;
  }

  // By function: who waits for a lock behind such a line of it, and at which line.
  using Further = std::map<StringId, std::vector<std::pair<std::int64_t, std::uint32_t>>>;

  [[nodiscard]] Further find_further() const {
    const Lines first_lines = find_first_lines(graph_.waiters);
    std::map<std::uint32_t, Lines> lines_of_groups;
    Further further;
    for (const std::uint32_t row : graph_.waiters) {
      const auto [lines, is_new] = lines_of_groups.try_emplace(goroutines_[row].group);
      if (is_new) lines->second = find_lines_behind(first_lines, group_of(row));
      for (const auto& [function, line] : lines->second) {
        auto& rows = further[function];
        if (rows.size() <= kMostNested) rows.emplace_back(line, row);
      }
    }
    return further;
  }

  // Where the stack of `group` is in functions behind the first of their lines.
  [[nodiscard]] Lines find_lines_behind(const Lines& first_lines, const StackGroup& group) const {
    Lines lines;
    for (const StackFrameId id : series_.stacks.stack(group)) {
      const StackFrame& frame = series_.stacks.frame(id);
      const auto first = first_lines.find(frame.function);
      if (first != first_lines.end() && frame.line > first->second) {
        lines.try_emplace(frame.function, frame.line);
      }
    }
    return lines;
  }

  // Who went on from the line where others wait for the lock has got it, perhaps. Of several it
  // would be a guess.
  void find_holders_by_place() {
    const Further further = find_further();
    if (further.empty()) return;
    for (std::uint32_t i = 0; i < graph_.locks.size(); ++i) {
      if (graph_.find_holders(i) != nullptr) continue;
      const WaitedLock& lock = graph_.locks[i];
      found_.clear();
      for (const auto& [function, line] : find_first_lines(graph_.waiters_of(i))) {
        const auto rows = further.find(function);
        if (rows == further.end() || rows->second.size() > kMostNested) continue;
        for (const auto& [at, row] : rows->second) {
          const bool may_hold =
              at > line && !waits_for(row, lock) && goroutines_[row].process == lock.process;
          if (may_hold) found_.push_back(row);
        }
      }
      if (found_.size() == 1) set_holders(i, HolderHint::Place);
    }
  }

  // The type of the method that locks, if another method of it is further out.
  [[nodiscard]] TypeName find_nested_type(const StackGroup& group) const {
    const StackGroups& stacks = series_.stacks;
    const std::string_view locks = blocked_function(stacks, group);
    const std::string_view type = receiver_of(locks);
    if (type.empty()) return {};
    for (const StackFrameId id : stacks.stack(group)) {
      const std::string_view function = stacks.text(stacks.frame(id).function);
      if (function == locks || receiver_of(function) != type) continue;
      if (package_of(function) == package_of(locks)) return {package_of(locks), type};
    }
    return {};
  }

  struct Nested {
    std::uint32_t row = 0;
    TypeName type;
  };

  [[nodiscard]] std::vector<Nested> find_nested() const {
    std::vector<Nested> nested;
    std::map<std::uint32_t, TypeName> types;  // By group.
    for (std::size_t lock = 0; lock < graph_.locks.size(); ++lock) {
      for (const std::uint32_t row : graph_.waiters_of(lock)) {
        if (nested.size() == kMostNested) return nested;
        const std::uint32_t group = goroutines_[row].group;
        const auto [at, is_new] = types.try_emplace(group);
        if (is_new) at->second = find_nested_type(series_.stacks.groups[group]);
        if (!at->second.second.empty()) nested.push_back({row, at->second});
      }
    }
    return nested;
  }

  void find_holders_by_type() {
    const std::vector<Nested> nested = find_nested();
    if (nested.empty()) return;
    const StackGroups& stacks = series_.stacks;
    for (std::uint32_t i = 0; i < graph_.locks.size(); ++i) {
      if (graph_.find_holders(i) != nullptr) continue;
      const WaitedLock& lock = graph_.locks[i];
      const KnownGoroutine& waiter = goroutines_[graph_.waiters[lock.first_waiter]];
      const std::string_view locks = blocked_function(stacks, stacks.groups[waiter.group]);
      const TypeName wanted(package_of(locks), receiver_of(locks));
      found_.clear();
      for (const Nested& other : nested) {
        const bool may_hold = other.type == wanted && !waits_for(other.row, lock) &&
                              goroutines_[other.row].process == lock.process;
        if (may_hold && found_.size() < kMostHolders) found_.push_back(other.row);
      }
      set_holders(i, HolderHint::Type);
    }
  }

  // Depth first over the locks: from each to those that its possible holders wait for.
  void find_cycles() {
    state_.assign(graph_.locks.size(), State::New);
    for (std::uint32_t i = 0; i < graph_.locks.size(); ++i) {
      if (state_[i] == State::New) visit(i);
    }
  }

  struct Visit {
    std::uint32_t lock = 0;
    std::size_t next = 0;              // In its holders.
    std::uint32_t entered_by = kNone;  // The holder of the lock before that waits for this one.
  };

  void visit(std::uint32_t first) {
    std::vector<Visit> path = {{first, 0, kNone}};
    state_[first] = State::OnPath;
    while (!path.empty()) {
      Visit& top = path.back();
      const LockHolders* const known = graph_.find_holders(top.lock);
      if (known == nullptr || top.next == known->count) {
        state_[top.lock] = State::Done;
        path.pop_back();
        continue;
      }
      const std::uint32_t holder = graph_.rows_of(*known)[top.next++];
      const KnownGoroutine& goroutine = goroutines_[holder];
      const std::uint32_t next = graph_.find(goroutine.process, goroutine.lock);
      if (next == kNone) continue;
      if (state_[next] == State::OnPath) {
        add_cycle(path, next, holder);
      } else if (state_[next] == State::New) {
        state_[next] = State::OnPath;
        path.push_back({next, 0, holder});
      }
    }
  }

  // The part of `path` from the lock `from` on, which `closing`, a holder of its last one, waits
  // for.
  void add_cycle(const std::vector<Visit>& path, std::uint32_t from, std::uint32_t closing) {
    if (graph_.cycles.size() == kMostCycles) return;
    const auto first = std::ranges::find(path, from, &Visit::lock);
    std::vector<LockStep> cycle = {{closing, from}};
    for (auto at = first + 1; at < path.end(); ++at) cycle.push_back({at->entered_by, at->lock});
    graph_.cycles.push_back(std::move(cycle));
  }

  enum class State : std::uint8_t { New, OnPath, Done };

  const SnapshotSeries& series_;
  const std::vector<KnownGoroutine>& goroutines_;
  LockGraph graph_;
  std::vector<std::uint32_t> found_;        // Rows of those that may hold the lock at hand.
  std::vector<LockHolders> found_holders_;  // In the way of finding them that is at work.
  std::vector<KnownPointer> pointers_;      // By place and row.
  std::vector<State> state_;                // By lock.
};

}  // namespace

std::uint32_t LockGraph::find(std::uint32_t process, std::uint64_t address) const {
  if (address == 0) return kNone;
  const std::pair wanted(process, address);
  const auto at = std::ranges::lower_bound(locks, wanted, {}, [](const WaitedLock& lock) {
    return std::pair(lock.process, lock.address);
  });
  const bool is_there = at != locks.end() && std::pair(at->process, at->address) == wanted;
  return is_there ? static_cast<std::uint32_t>(at - locks.begin()) : kNone;
}

const LockHolders* LockGraph::find_holders(std::uint32_t lock) const {
  const auto at = std::ranges::lower_bound(holders, lock, {}, &LockHolders::lock);
  return at != holders.end() && at->lock == lock ? &*at : nullptr;
}

LockGraph find_lock_graph(const SeriesStudy& all) {
  return LockGraphBuilder(all).build();
}

}  // namespace plumb
