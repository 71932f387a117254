// SPDX-License-Identifier: Apache-2.0
#include "rt/leak_scan.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <thread>

#include "rt/leak_candidates.h"
#include "rt/leak_count.h"
#include "rt/leak_tables.h"
#include "rt/memory_search.h"
#include "rt/scheduler.h"
#include "rt/stack_search.h"
#include "rt/stop_world.h"
#include "rt/threads.h"

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): names of the sanitizers
extern "C" {
[[gnu::weak]] void __asan_init();
[[gnu::weak]] void __hwasan_init();
[[gnu::weak]] void __msan_init();
[[gnu::weak]] void __tsan_init();
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace plumb::rt::detail {
namespace {

constexpr std::size_t kMaxHelpers = 4;  // The first is the one that stops the others.

std::atomic<std::int64_t> last_pause_ns{0};

/// A thread on a stack of our own, so that nothing the scan has looked at is left behind in one
/// that the program gets later. Joined when it is destroyed.
class ScanThread {
 public:
  ScanThread() = default;
  ~ScanThread() {
    if (is_started_) pthread_join(thread_, nullptr);
  }
  ScanThread(const ScanThread&) = delete;
  ScanThread& operator=(const ScanThread&) = delete;

  bool allocate() { return stack_.allocate(kStackBytes); }
  bool start(void* (*run)(void*), void* argument) {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    is_started_ = pthread_attr_setstack(&attributes, stack_.data(), kStackBytes) == 0 &&
                  pthread_create(&thread_, &attributes, run, argument) == 0;
    pthread_attr_destroy(&attributes);
    return is_started_;
  }
  [[nodiscard]] AddressRange stack() const { return stack_.range(); }

 private:
  static constexpr std::size_t kStackBytes = std::size_t{512} << 10;

  Pages<char> stack_;
  pthread_t thread_{};
  bool is_started_ = false;
};

/// One scan. Made by the caller of the scan, run by threads of its own.
class LeakScan {
 public:
  LeakScan(Scheduler& scheduler, std::uintptr_t stack_top)
      : slabs_(scheduler.slabs()), stack_top_(stack_top), stacks_(slabs_, tables_) {
    const std::size_t processors = std::thread::hardware_concurrency();
    helper_count_ = std::clamp<std::size_t>(processors, 1, kMaxHelpers);
  }

  Result<std::size_t> run() {
    if (!find_candidates(slabs_, tables_) || !stacks_.allocate(helper_count_)) {
      return Error(ErrorCode::Io, "no memory for a leak scan");
    }
    if (tables_.channels.size() == 0) return std::size_t{0};
    start_helpers();
    if (error_ != nullptr) return Error(ErrorCode::Io, error_);
    return mark_leaked();
  }

 private:
  enum class Phase : std::uint8_t { Waiting, Searching, Over };

  struct Helper {
    LeakScan* scan = nullptr;
    std::size_t number = 0;
    ScanThread thread;
  };

  // The helpers wait before the first one is started, which stops all others.
  void start_helpers() {
    std::array<Helper, kMaxHelpers> helpers;
    for (std::size_t i = 0; i < helper_count_; ++i) {
      helpers[i].scan = this;
      helpers[i].number = i;
      if (!helpers[i].thread.allocate()) {
        error_ = "no memory for a leak scan";
        return;
      }
      not_searched_[i] = helpers[i].thread.stack();
    }
    for (std::size_t i = helper_count_; i-- > 0;) {
      const auto run = [](void* argument) -> void* {
        auto* const helper = static_cast<Helper*>(argument);
        const OwnThread is_own;
        (helper->number == 0) ? helper->scan->stop_and_copy() : helper->scan->help(helper->number);
        return nullptr;
      };
      if (!helpers[i].thread.start(run, &helpers[i])) {
        error_ = "no thread for a leak scan";
        phase_.store(Phase::Over);
        return;
      }
    }
    // Destroyed, that is joined, here.
  }

  void help(std::size_t number) {
    tids_[number].store(static_cast<int>(syscall(SYS_gettid)));
    while (phase_.load() == Phase::Waiting) sched_yield();
    if (phase_.load() == Phase::Searching) stacks_.run(number);
    done_count_.fetch_add(1);
  }

  void stop_and_copy() {
    std::array<int, kMaxHelpers> tids{};
    for (std::size_t i = 1; i < helper_count_; ++i) {
      while ((tids[i] = tids_[i].load()) == 0) sched_yield();
    }
    const std::int64_t start = now_ns();
    if (!stop_world(std::span(tids).first(helper_count_))) {
      error_ = "the threads did not stop in time for a leak scan";
      phase_.store(Phase::Over);
      return;
    }
    const pid_t child = search_stacks();
    resume_world();
    last_pause_ns.store(now_ns() - start);
    wait_for(child);
  }

  // Here nothing may allocate, and no lock be taken.
  pid_t search_stacks() {
    const bool has_room = (slabs_.used() == tables_.slots.size() || tables_.slots.build(slabs_)) &&
                          tables_.slots.size() <= tables_.verdicts.size();
    if (!has_room) {
      phase_.store(Phase::Over);
      return -1;
    }
    phase_.store(Phase::Searching);
    leave_out_stacks(MADV_DONTFORK);
    const pid_t parent = getpid();
    const pid_t child = _Fork();
    if (child == 0) {
      // Nobody wants the answer when the process has ended.
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) syscall(SYS_exit_group, 1);
      const NotSearched without{not_searched_, stack_top_};
      syscall(SYS_exit_group, search_memory(tables_, without) ? 0 : 1);
    }
    leave_out_stacks(MADV_DOFORK);
    stacks_.run(0);
    while (done_count_.load() != helper_count_ - 1) sched_yield();
    tables_.stacks_done[0].store(stacks_.is_overflown() ? 2 : 1, std::memory_order_release);
    return child;
  }

  void leave_out_stacks(int advice) const {
    tables_.slots.for_each_slab([&](const AddressRange& slab) {
      static_cast<void>(
          madvise(reinterpret_cast<void*>(slab.start), slab.limit - slab.start, advice));
    });
  }

  void wait_for(pid_t child) {
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (child <= 0) error_ = "no copy of the process for a leak scan";
    if (child > 0 && status != 0) error_ = "the copy of the process did not finish its leak scan";
  }

  std::size_t mark_leaked() {
    std::size_t count = 0;
    for (std::size_t i = 0; i < tables_.slots.size(); ++i) {
      if (tables_.verdicts[i] != Verdict::Leaked) continue;
      Task& task = slabs_.task(i);
      if (task.is_leaked.load()) continue;
      report_leak(task, task.object.load(), task.reason.load(), LeakProof::ByScan);
      ++count;
    }
    return count;
  }

  StackSlabs& slabs_;
  const std::uintptr_t stack_top_;
  std::size_t helper_count_ = 1;
  LeakTables tables_;
  StackSearch stacks_;
  std::array<AddressRange, kMaxHelpers> not_searched_;
  std::array<std::atomic<int>, kMaxHelpers> tids_{};
  std::atomic<Phase> phase_{Phase::Waiting};
  std::atomic<std::size_t> done_count_{0};
  const char* error_ = nullptr;  // Written by the first helper, read after it was joined.
};

// Sanitizers keep notes about memory that are no part of the program, terabytes of them, and hold
// signals back. The program may have one that this library was built without.
bool has_sanitizer() {
  return __asan_init != nullptr || __hwasan_init != nullptr || __msan_init != nullptr ||
         __tsan_init != nullptr;
}

// Its frame holds the registers of the caller; what is below it is ours.
[[gnu::noinline]] Result<std::size_t> scan_from_here(Scheduler& scheduler) {
  __builtin_unwind_init();
  const auto stack_top = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - 64;
  return LeakScan(scheduler, stack_top).run();
}

}  // namespace

Result<std::size_t> scan_for_leaks() {
  if (has_sanitizer()) return Error(ErrorCode::Io, "no leak scan under a sanitizer");
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  Scheduler* const scheduler = Scheduler::find();
  if (scheduler == nullptr || scheduler->slabs().used() == 0) return std::size_t{0};
  constexpr int kTries = 3;  // On a busy machine a thread may not get to its signal in time.
  for (int i = 1; i < kTries; ++i) {
    Result<std::size_t> result = scan_from_here(*scheduler);
    if (result) return result;
  }
  return scan_from_here(*scheduler);
}

std::int64_t last_scan_pause_ns() {
  return last_pause_ns.load();
}

}  // namespace plumb::rt::detail
