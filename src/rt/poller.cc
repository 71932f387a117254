// SPDX-License-Identifier: Apache-2.0
#include "rt/poller.h"

#include <plumb/rt/detail/waiter.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <span>
#include <system_error>

namespace plumb::rt::detail {
namespace {

int checked_fd(int fd, const char* what) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
  return fd;
}

}  // namespace

Poller::Poller()
    : epoll_fd_(checked_fd(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_fd_(checked_fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake_fd_;
  checked_fd(epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event), "epoll_ctl");
}

Poller::~Poller() {
  close(wake_fd_);
  close(epoll_fd_);
}

void Poller::wake() {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then it wakes anyway.
  static_cast<void>(!write(wake_fd_, &one, sizeof one));
}

// To the nanosecond where the kernel can: not before Linux 5.11, where it is forbidden, or under
// valgrind.
static int wait_for_events(int fd, std::span<epoll_event> events, std::int64_t timeout_ns) {
  static std::atomic<bool> is_exact{true};
  const int most = static_cast<int>(events.size());
  const bool has_limit = timeout_ns != Poller::kNoLimit;
  if (is_exact.load(std::memory_order_relaxed)) {
    const timespec timeout = {timeout_ns / 1'000'000'000, timeout_ns % 1'000'000'000};
    const int count =
        epoll_pwait2(fd, events.data(), most, has_limit ? &timeout : nullptr, nullptr);
    if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
    is_exact.store(false, std::memory_order_relaxed);
  }
  const std::int64_t rounded_up = timeout_ns / 1'000'000 + (timeout_ns % 1'000'000 != 0 ? 1 : 0);
  const auto timeout_ms = static_cast<int>(std::min<std::int64_t>(rounded_up, INT_MAX));
  return epoll_wait(fd, events.data(), most, has_limit ? timeout_ms : -1);
}

void Poller::wait(std::int64_t timeout_ns) {
  std::array<epoll_event, 64> events;
  const int count = wait_for_events(epoll_fd_, events, timeout_ns);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == wake_fd_) {
      std::uint64_t value = 0;
      static_cast<void>(!read(wake_fd_, &value, sizeof value));
    } else {
      take_ready(event.data.fd, event.events);
    }
  }
}

void Poller::take_ready(int fd, std::uint32_t events) {
  const auto found = waiting_.find(fd);
  if (found == waiting_.end()) return;
  Waiting& waiting = found->second;
  const bool is_broken = (events & (EPOLLERR | EPOLLHUP)) != 0;
  Task* const reader = waiting.reader;
  if (reader != nullptr && (is_broken || (events & (EPOLLIN | EPOLLRDHUP)) != 0)) {
    waiting.reader = nullptr;
    --waiters_;
    ready(reader);
  }
  Task* const writer = waiting.writer;
  if (writer != nullptr && (is_broken || (events & EPOLLOUT) != 0)) {
    waiting.writer = nullptr;
    --waiters_;
    ready(writer);
  }
  update(fd, waiting);
}

// One shot, so that a descriptor for which nobody waits costs nothing. One that was closed and
// opened anew is no longer registered, whatever we remember.
bool Poller::update(int fd, Waiting& waiting) {
  if (waiting.reader == nullptr && waiting.writer == nullptr) return true;
  epoll_event event{};
  event.events = EPOLLONESHOT | (waiting.reader != nullptr ? EPOLLIN | EPOLLRDHUP : 0u) |
                 (waiting.writer != nullptr ? EPOLLOUT : 0u);
  event.data.fd = fd;
  if (waiting.is_registered) {
    if (epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event) == 0) return true;
    if (errno != ENOENT) return false;
  }
  waiting.is_registered = epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0 ||
                          (errno == EEXIST && epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event) == 0);
  return waiting.is_registered;
}

bool Poller::add(int fd, FdEvent event, Task* task) {
  Waiting& waiting = waiting_[fd];
  Task*& place = event == FdEvent::Readable ? waiting.reader : waiting.writer;
  if (place != nullptr) {
    errno = EBUSY;
    return false;
  }
  place = task;
  if (!update(fd, waiting)) {
    const int code = errno;
    place = nullptr;
    if (waiting.reader == nullptr && waiting.writer == nullptr) waiting_.erase(fd);
    errno = code;
    return false;
  }
  ++waiters_;
  return true;
}

bool Poller::remove(int fd, FdEvent event, const Task* task) {
  const auto found = waiting_.find(fd);
  if (found == waiting_.end()) return false;
  Task*& place = event == FdEvent::Readable ? found->second.reader : found->second.writer;
  if (place != task) return false;
  place = nullptr;
  --waiters_;
  return true;
}

}  // namespace plumb::rt::detail
