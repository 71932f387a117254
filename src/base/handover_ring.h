// SPDX-License-Identifier: Apache-2.0
// HandoverRing: objects filled on one thread and used on another, in order, and then filled again.
//
//   the thread that fills                          the one that uses
//   while (T* t = ring.next_empty())               while (T* t = ring.next_full())
//     if (!fill(*t)) break; else ring.publish();     if (!use(*t)) break; else t->clear();
//   ring.finish();                                 ring.give_up();
//
// Who has to wait does so until half of the ring is there for it: being woken for each object takes
// both threads a thirtieth of their time.

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
    if (empty() == 0)
      wait(lock, filler_waits_, [this] { return is_given_up_ || empty() >= kHalf; });
    return is_given_up_ ? nullptr : &ring_[filled_ % kSize];
  }

  /// The last of next_empty() is filled.
  void publish() {
    std::unique_lock lock(mutex_);
    ++filled_;
    wake(lock, user_waits_ && full() >= kHalf);
  }

  /// None will be filled any more.
  void finish() {
    std::unique_lock lock(mutex_);
    is_finished_ = true;
    wake(lock, user_waits_);
  }

  /// Waits for one that is filled; null if there will not be any. Ends the use of the last one.
  T* next_full() {
    std::unique_lock lock(mutex_);
    if (full() == 0) wait(lock, user_waits_, [this] { return is_finished_ || full() >= kHalf; });
    if (full() == 0) return nullptr;
    T* const taken = &ring_[taken_++ % kSize];
    wake(lock, filler_waits_ && empty() >= kHalf);
    return taken;
  }

  /// None will be used any more.
  void give_up() {
    std::unique_lock lock(mutex_);
    is_given_up_ = true;
    wake(lock, filler_waits_);
  }

 private:
  static constexpr std::size_t kSize = 8;
  static constexpr std::size_t kHalf = kSize / 2;

  // How many can be used.
  [[nodiscard]] std::size_t full() const { return filled_ - taken_; }
  // How many can be filled. The last that was taken is in use.
  [[nodiscard]] std::size_t empty() const { return kSize - 1 - full(); }

  template <typename Is>
  void wait(std::unique_lock<std::mutex>& lock, bool& waits, const Is& is_ready) {
    if (is_finished_ || is_given_up_) return;
    waits = true;
    changed_.wait(lock, is_ready);
    waits = false;
  }

  // Ends what `lock` guards.
  void wake(std::unique_lock<std::mutex>& lock, bool wakes) {
    lock.unlock();
    if (wakes) changed_.notify_one();
  }

  std::array<T, kSize> ring_;  // In turn.

  std::mutex mutex_;  // For what follows.
  std::condition_variable changed_;
  std::size_t filled_ = 0;
  std::size_t taken_ = 0;
  bool filler_waits_ = false;
  bool user_waits_ = false;
  bool is_finished_ = false;
  bool is_given_up_ = false;
};

}  // namespace plumb
