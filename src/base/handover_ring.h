// SPDX-License-Identifier: Apache-2.0
// HandoverRing: objects filled on one thread and used on another, in order, and then filled again.
//
//   the thread that fills                          the one that uses
//   while (T* t = ring.next_empty())               while (T* t = ring.next_full())
//     if (!fill(*t)) break; else ring.publish();     if (!use(*t)) break; else t->clear();
//   ring.finish();                                 ring.give_up();

#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace plumb {

/// For two threads: one calls next_empty(), publish() and finish(), the other next_full() and
/// give_up().
template <typename T>
class HandoverRing {
 public:
  /// Waits for one to fill; null if there is no use for any.
  T* next_empty() {
    std::unique_lock lock(mutex_);
    // The last that was taken is in use.
    changed_.wait(lock, [this] { return is_given_up_ || filled_ + 1 < taken_ + kSize; });
    return is_given_up_ ? nullptr : &ring_[filled_ % kSize];
  }

  /// The last of next_empty() is filled.
  void publish() {
    {
      const std::lock_guard lock(mutex_);
      ++filled_;
    }
    changed_.notify_one();
  }

  /// None will be filled any more.
  void finish() {
    {
      const std::lock_guard lock(mutex_);
      is_finished_ = true;
    }
    changed_.notify_one();
  }

  /// Waits for one that is filled; null if there will not be any. Ends the use of the last one.
  T* next_full() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_finished_ || taken_ < filled_; });
    if (taken_ == filled_) return nullptr;
    T* const taken = &ring_[taken_++ % kSize];
    lock.unlock();
    changed_.notify_one();
    return taken;
  }

  /// None will be used any more.
  void give_up() {
    {
      const std::lock_guard lock(mutex_);
      is_given_up_ = true;
    }
    changed_.notify_one();
  }

 private:
  static constexpr std::size_t kSize = 4;

  std::array<T, kSize> ring_;  // In turn.

  std::mutex mutex_;  // For what follows.
  std::condition_variable changed_;
  std::uint64_t filled_ = 0;
  std::uint64_t taken_ = 0;
  bool is_finished_ = false;
  bool is_given_up_ = false;
};

}  // namespace plumb
