// SPDX-License-Identifier: Apache-2.0
#include "rt/stop_world.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <climits>
#include <csignal>
#include <cstring>

#include "rt/task.h"
#include "rt/thread_capture.h"

namespace plumb::rt::detail {
namespace {

constexpr std::int64_t kPatienceNs = 200'000'000;

std::atomic<std::uint32_t> is_stopped{0};  // A futex.
std::atomic<int> stopped_count{0};

/// The threads that were asked to stop. No allocation: see stop_world().
class Stopper {
 public:
  explicit Stopper(std::span<const int> helpers) : helpers_(helpers) {}

  bool run() {
    const std::int64_t deadline = now_ns() + kPatienceNs;
    // A thread that was not stopped yet may have made another.
    while (signal_new_threads()) {
      while (stopped_count.load() != static_cast<int>(count_)) {
        if (now_ns() > deadline) return false;
        sched_yield();
      }
    }
    return !is_full_;
  }

 private:
  // True if there were any. Source of the layout: getdents(2).
  bool signal_new_threads() {
    const int fd = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    const std::size_t before = count_;
    long bytes = 0;
    while ((bytes = syscall(SYS_getdents64, fd, buffer_.data(), buffer_.size())) > 0) {
      for (long at = 0; at < bytes;) {
        const auto* const entry = reinterpret_cast<const dirent64*>(buffer_.data() + at);
        add(entry->d_name);
        at += entry->d_reclen;
      }
    }
    close(fd);
    return count_ != before;
  }

  void add(const char* name) {
    int tid = 0;
    std::from_chars(name, name + std::strlen(name), tid);
    const bool is_known =
        std::find(tids_.begin(), tids_.begin() + count_, tid) != tids_.begin() + count_;
    const bool is_helper = std::find(helpers_.begin(), helpers_.end(), tid) != helpers_.end();
    if (tid == 0 || tid == own_tid_ || is_helper || is_known) return;
    is_full_ = is_full_ || count_ == tids_.size();
    if (is_full_ || syscall(SYS_tgkill, getpid(), tid, SIGURG) != 0) return;
    tids_[count_++] = tid;
  }

  const std::span<const int> helpers_;
  const int own_tid_ = static_cast<int>(syscall(SYS_gettid));
  std::array<int, 4096> tids_{};
  std::size_t count_ = 0;
  bool is_full_ = false;
  alignas(8) std::array<char, 8192> buffer_{};
};

}  // namespace

bool stop_world(std::span<const int> helpers) {
  if (!has_signal_handler()) return false;
  stopped_count.store(0);
  is_stopped.store(1);
  if (Stopper(helpers).run()) return true;
  resume_world();
  return false;
}

void resume_world() {
  is_stopped.store(0);
  syscall(SYS_futex, &is_stopped, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

bool wait_while_stopped() {
  if (is_stopped.load() == 0) return false;
  stopped_count.fetch_add(1);
  while (is_stopped.load(std::memory_order_acquire) != 0) {
    syscall(SYS_futex, &is_stopped, FUTEX_WAIT_PRIVATE, 1, nullptr, nullptr, 0);
  }
  return true;
}

}  // namespace plumb::rt::detail
