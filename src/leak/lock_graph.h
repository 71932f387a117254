// SPDX-License-Identifier: Apache-2.0
// Who waits for which lock, and who may hold it: the wait-for graph of the latest snapshot.
//
// A dump tells the address of the lock that a goroutine waits for, but not who holds it. Who waits
// for a lock has the object that the lock is in among its arguments; a goroutine that has the same
// object there, and waits for something else, may hold the lock. Where arguments tell nothing, who
// is further on in the function where others wait may hold it, or a goroutine that calls one method
// of a type from within another, of another object of that type. All are inferences, and are said
// to be.
//
//   goroutine 20   waits for 0x30 (b.mu)   has a and b among its arguments
//   goroutine 21   waits for 0x20 (a.mu)   the same: 20 -> 0x30 -> 21 -> 0x20 -> 20, a cycle

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "leak/group_study.h"

namespace plumb {

/// How it is known that somebody may hold a lock.
enum class HolderHint : std::uint8_t {
  Pointer,  ///< It has the lock's object among its arguments.
  Place,    ///< It alone is further on in the function where others wait for the lock.
  Type,     ///< It is in a method of the same type that called another one.
};

/// A lock that some goroutines of the latest snapshot wait for. There may be as many as goroutines.
struct WaitedLock {
  std::uint64_t address = 0;
  std::uint32_t process = 0;
  std::uint32_t first_waiter = 0;  ///< In LockGraph::waiters, to that of the next lock.
};

inline constexpr std::size_t kMostHolders = 8;

/// Who may hold a lock.
struct LockHolders {
  std::uint32_t lock = 0;       ///< In LockGraph::locks.
  std::uint32_t first_row = 0;  ///< In LockGraph::holder_rows.
  std::uint8_t count = 0;       ///< Of them, at most kMostHolders.
  HolderHint hint = HolderHint::Pointer;
};

/// One step of a cycle: `waiter` waits for `lock`, which the waiter of the next step may hold.
struct LockStep {
  std::uint32_t waiter = 0;  ///< Row of GoroutineIndex::known().
  std::uint32_t lock = 0;    ///< In LockGraph::locks.
};

struct LockGraph {
  std::vector<WaitedLock> locks;       ///< By process and address.
  std::vector<std::uint32_t> waiters;  ///< Of all locks: rows of GoroutineIndex::known(), by id.
  std::vector<LockHolders> holders;    ///< By lock; of those for which some are known.
  std::vector<std::uint32_t> holder_rows;  ///< Of all locks: rows of GoroutineIndex::known().
  std::vector<std::vector<LockStep>> cycles;

  /// Of the lock with this index in `locks`.
  [[nodiscard]] std::span<const std::uint32_t> waiters_of(std::size_t lock) const {
    const std::size_t first = locks[lock].first_waiter;
    const bool is_last = lock + 1 == locks.size();
    const std::size_t end = is_last ? waiters.size() : locks[lock + 1].first_waiter;
    return std::span(waiters).subspan(first, end - first);
  }

  /// Likeliest first.
  [[nodiscard]] std::span<const std::uint32_t> rows_of(const LockHolders& some) const {
    return std::span(holder_rows).subspan(some.first_row, some.count);
  }

  /// The index of the lock in `locks`, or kNone.
  [[nodiscard]] std::uint32_t find(std::uint32_t process, std::uint64_t address) const;

  /// Of the lock with this index in `locks`; nullptr: none is known.
  [[nodiscard]] const LockHolders* find_holders(std::uint32_t lock) const;
};

/// Complexity: n log n in the goroutines that wait for a lock and in the pointers known.
LockGraph find_lock_graph(const SeriesStudy& all);

}  // namespace plumb
