// SPDX-License-Identifier: Apache-2.0
#include "rt/cpu_profiler.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <ctime>
#include <map>
#include <thread>

#include "rt/profile_builder.h"
#include "rt/snapshot.h"
#include "rt/thread_capture.h"
#include "rt/threads.h"
#include "rt/unwind.h"

namespace plumb::rt::detail {
namespace {

constexpr std::int64_t kPeriodNs = 10'000'000;
constexpr std::size_t kStackBytes = std::size_t{16} << 10;
constexpr std::size_t kRingSize = 256;  // Samples between two rounds of the collector.
constexpr std::chrono::milliseconds kRound(20);

enum class SlotState : int { Free, Writing, Full };

struct Slot {
  std::atomic<SlotState> state{SlotState::Free};
  SavedRegisters registers;
  std::int64_t weight = 0;
  std::size_t byte_count = 0;
  std::array<std::byte, kStackBytes> bytes;
};

/// Between the handlers and the collector. Stays for ever: a signal may come late.
struct Ring {
  std::atomic<bool> is_open{false};
  std::atomic<std::size_t> next{0};
  std::atomic<std::int64_t> lost{0};
  std::array<Slot, kRingSize> slots;
};

std::atomic<Ring*> the_ring{nullptr};
std::atomic<bool> is_in_use{false};

void on_signal(int, siginfo_t* info, void* context) {
  Ring* const ring = the_ring.load(std::memory_order_acquire);
  if (ring == nullptr || !ring->is_open.load(std::memory_order_acquire)) return;
  const int saved_errno = errno;
  const std::int64_t weight = 1 + std::int64_t{info->si_code == SI_TIMER ? info->si_overrun : 0};
  Slot& slot = ring->slots[ring->next.fetch_add(1, std::memory_order_relaxed) % kRingSize];
  SlotState expected = SlotState::Free;
  if (slot.state.compare_exchange_strong(expected, SlotState::Writing)) {
    slot.registers = registers_of(*static_cast<const ucontext_t*>(context));
    slot.weight = weight;
    slot.byte_count = copy_readable(slot.registers.sp, slot.bytes);
    slot.state.store(SlotState::Full, std::memory_order_release);
  } else {
    ring->lost.fetch_add(weight, std::memory_order_relaxed);
  }
  errno = saved_errno;
}

/// The clock that counts what one thread spends. Source: Linux, include/linux/posix-timers.h.
clockid_t cpu_clock_of(int tid) {
  constexpr int kPerThread = 4;
  constexpr int kScheduled = 2;
  return static_cast<clockid_t>((~static_cast<unsigned>(tid) << 3u) |
                                static_cast<unsigned>(kPerThread | kScheduled));
}

}  // namespace

struct CpuProfiler::State {
  std::map<int, timer_t> timers;  // By thread.
  std::map<std::vector<std::uintptr_t>, std::int64_t> counts;
  Unwinder unwinder;
  std::atomic<bool> is_stopping{false};
  std::thread collector;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  int own_tid = 0;

  void arm_new_threads() {
    for (const int tid : thread_ids()) {
      if (tid == own_tid || timers.contains(tid)) continue;
      sigevent event{};
      event.sigev_notify = SIGEV_THREAD_ID;
      event.sigev_signo = SIGPROF;
      event._sigev_un._tid = tid;
      timer_t timer{};
      if (timer_create(cpu_clock_of(tid), &event, &timer) != 0) continue;
      const itimerspec every = {{0, kPeriodNs}, {0, kPeriodNs}};
      timer_settime(timer, 0, &every, nullptr);
      timers.emplace(tid, timer);
    }
  }

  void take_samples() {
    std::array<std::uintptr_t, 64> pcs{};
    for (Slot& slot : the_ring.load()->slots) {
      if (slot.state.load(std::memory_order_acquire) != SlotState::Full) continue;
      const auto copy = reinterpret_cast<std::uintptr_t>(slot.bytes.data());
      const StackBytes stack = {slot.registers.sp, slot.registers.sp + slot.byte_count,
                                copy - slot.registers.sp};
      const std::size_t count =
          unwinder.unwind(slot.registers, stack, pcs, Unwinder::First::IsExact);
      counts[{pcs.begin(), pcs.begin() + count}] += slot.weight;
      slot.state.store(SlotState::Free, std::memory_order_release);
    }
  }
};

Result<std::unique_ptr<CpuProfiler>> CpuProfiler::start() {
  if (is_in_use.exchange(true)) return Error(ErrorCode::Usage, "cpu profiling already in use");
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  if (sigaction(SIGPROF, &action, nullptr) != 0) {
    is_in_use = false;
    return Error(ErrorCode::Io, std::string("sigaction: ") + std::strerror(errno));
  }
  if (the_ring.load() == nullptr) the_ring.store(new Ring);
  the_ring.load()->is_open.store(true);
  std::unique_ptr<CpuProfiler> profiler(new CpuProfiler(std::make_unique<State>()));
  profiler->state_->collector = std::thread([raw = profiler.get()] {
    const OwnThread is_own;
    raw->collect();
  });
  pthread_setname_np(profiler->state_->collector.native_handle(), "plumb-rt-cpu");
  return profiler;
}

CpuProfiler::CpuProfiler(std::unique_ptr<State> state) : state_(std::move(state)) {}

CpuProfiler::~CpuProfiler() {
  if (state_->collector.joinable()) stop();
}

void CpuProfiler::collect() {
  state_->own_tid = static_cast<int>(syscall(SYS_gettid));
  while (!state_->is_stopping.load()) {
    state_->arm_new_threads();
    std::this_thread::sleep_for(kRound);
    state_->take_samples();
  }
}

Profile CpuProfiler::stop() {
  state_->is_stopping = true;
  state_->collector.join();
  for (const auto& [tid, timer] : state_->timers) timer_delete(timer);
  the_ring.load()->is_open.store(false);
  state_->take_samples();
  const auto duration = std::chrono::steady_clock::now() - state_->started;
  std::vector<std::uintptr_t> pcs;
  for (const auto& [stack, weight] : state_->counts) {
    pcs.insert(pcs.end(), stack.begin(), stack.end());
  }
  ProfileBuilder builder(pcs);
  builder.add_sample_type("samples", "count");
  builder.add_sample_type("cpu", "nanoseconds");
  builder.set_period("cpu", "nanoseconds", kPeriodNs);
  for (const auto& [stack, weight] : state_->counts) {
    const std::array<std::int64_t, 2> values = {weight, weight * kPeriodNs};
    builder.add(stack, values, {}, true);
  }
  Profile profile = builder.finish();
  profile.duration_nanos = std::chrono::nanoseconds(duration).count();
  is_in_use = false;
  return profile;
}

}  // namespace plumb::rt::detail
