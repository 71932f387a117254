// SPDX-License-Identifier: Apache-2.0
// Poller: what a worker without work sleeps in (epoll): file descriptors that its tasks wait for,
// and a wake-up call from other threads.

#pragma once

#include <atomic>
#include <cstdint>
#include <unordered_map>

namespace plumb::rt::detail {

struct Task;

enum class FdEvent : std::uint8_t { Readable, Writable };

/// All functions but wake() are for the thread of the worker.
class Poller {
 public:
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Blocks for up to `timeout_ns` (kNoLimit, 0: not at all) and makes the tasks ready whose
  /// descriptors are.
  static constexpr std::int64_t kNoLimit = -1;
  void wait(std::int64_t timeout_ns);
  /// Ends a wait(), this one or the next.
  void wake();

  /// Notes that `task` waits for `fd`. False, with errno, if the descriptor cannot be waited for.
  bool add(int fd, FdEvent event, Task* task);
  /// Forgets it. False if the task was made ready before.
  bool remove(int fd, FdEvent event, const Task* task);
  [[nodiscard]] bool has_waiters() const { return waiters_ != 0; }

 private:
  struct Waiting {
    Task* reader = nullptr;
    Task* writer = nullptr;
    bool is_registered = false;
  };
  bool update(int fd, Waiting& waiting);
  void take_ready(int fd, std::uint32_t events);

  int epoll_fd_;
  int wake_fd_;
  std::unordered_map<int, Waiting> waiting_;
  std::size_t waiters_ = 0;
};

}  // namespace plumb::rt::detail
