// SPDX-License-Identifier: Apache-2.0
// GoroutineArguments: what the arguments on one goroutine's stack tell of locks.
//
//   internal/sync.(*Mutex).lockSlow(0xc000182040)     waits for the lock at 0xc000182040
//   main.(*account).transfer(0x0?, 0xc000182040, 0x1) knows an object at that address
//
// Values that the runtime marks with "?" may be stale: of another call that is over. They tell
// nothing.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace plumb {

/// Filled frame by frame, leaf first. Keeps a fixed number of pointers: the first ones.
class GoroutineArguments {
 public:
  void clear() {
    count_ = 0;
    lock_ = 0;
  }

  /// Reads the line of a function with its arguments.
  void add_call(std::string_view line);

  /// Reads the function lines among [from, to), whole lines of a stack; at most kMostLines of them.
  void add_lines(const char* from, const char* to);

  /// The same of the first kLockLines of them, and only as far as they tell of the lock.
  void find_lock(const char* from, const char* to);

  /// The address of the lock that the leaf frames wait for; 0: none, or it is not known.
  [[nodiscard]] std::uint64_t lock() const { return lock_; }

  /// Distinct numbers that may be pointers, without those of package sync's own frames.
  [[nodiscard]] std::span<const std::uint64_t> pointers() const {
    return std::span(pointers_).first(count_);
  }

  /// The frames of package sync that may stand in front of the one with the lock's address.
  static constexpr std::size_t kLockLines = 4;

 private:
  static constexpr std::size_t kMostLines = 256;
  static constexpr std::size_t kMostPointers = 16;

  void add_pointer(std::uint64_t value);
  void add_lock(std::string_view function, std::string_view arguments);

  std::array<std::uint64_t, kMostPointers> pointers_{};
  std::size_t count_ = 0;
  std::uint64_t lock_ = 0;
};

/// True for a function of package sync that waits for a mutex, by its name alone.
bool waits_for_mutex(std::string_view function);

}  // namespace plumb
