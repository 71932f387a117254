// SPDX-License-Identifier: Apache-2.0
#include "leak/wait_state.h"

#include <algorithm>
#include <array>

namespace plumb {
namespace {

using enum LeafRole;

struct KnownFunction {
  std::string_view name;
  LeafRole role;
  std::string_view state = {};
};

constexpr std::array kKnownFunctions = {
    KnownFunction{"internal/poll.runtime_Semacquire", Waits, "semacquire"},
    KnownFunction{"internal/poll.runtime_pollWait", Waits, "IO wait"},
    KnownFunction{"internal/sync.runtime_SemacquireMutex", SemacquireMutex},
    KnownFunction{"internal/synctest.Run", Waits, "synctest.Run"},
    KnownFunction{"internal/synctest.Wait", Waits, "synctest.Wait"},
    // What these hide in debug=1 is the switch to the other side.
    KnownFunction{"iter.Pull2[...].func1.1", Waits, "coroutine"},
    KnownFunction{"iter.Pull2[...].func2", Waits, "coroutine"},
    KnownFunction{"iter.Pull[...].func1.1", Waits, "coroutine"},
    KnownFunction{"iter.Pull[...].func2", Waits, "coroutine"},
    KnownFunction{"os/signal.signal_recv", Busy, "syscall"},
    KnownFunction{"plumb::rt::blocking", Waits, "syscall"},
    KnownFunction{"plumb::rt::cond::sleep", Waits, "sync.Cond.Wait"},
    KnownFunction{"plumb::rt::cond::wait", Waits, "sync.Cond.Wait"},
    KnownFunction{"plumb::rt::detail::ChanCore::receive", Waits, "chan receive"},
    KnownFunction{"plumb::rt::detail::ChanCore::send", Waits, "chan send"},
    KnownFunction{"plumb::rt::detail::Selection::run", Waits, "select"},
    KnownFunction{"plumb::rt::detail::Selection::wait", Waits, "select"},
    KnownFunction{"plumb::rt::detail::Worker::leave", Park},
    KnownFunction{"plumb::rt::detail::Worker::resume", Park},
    KnownFunction{"plumb::rt::detail::call_blocking", Waits, "syscall"},
    KnownFunction{"plumb::rt::detail::chan_receive", Waits, "chan receive (nil chan)"},
    KnownFunction{"plumb::rt::detail::chan_send", Waits, "chan send (nil chan)"},
    KnownFunction{"plumb::rt::detail::park", Park},
    KnownFunction{"plumb::rt::detail::park_thread", Park},
    KnownFunction{"plumb::rt::detail::wait_for_ever", PassedOver},
    KnownFunction{"plumb::rt::mutex::lock", Waits, "sync.Mutex.Lock"},
    KnownFunction{"plumb::rt::rwmutex::lock", Waits, "sync.RWMutex.Lock"},
    KnownFunction{"plumb::rt::rwmutex::lock_shared", Waits, "sync.RWMutex.RLock"},
    KnownFunction{"plumb::rt::select", Waits, "select (no cases)"},
    KnownFunction{"plumb::rt::semaphore::acquire", Waits, "semacquire"},
    KnownFunction{"plumb::rt::sleep_for", Waits, "sleep"},
    KnownFunction{"plumb::rt::wait_group::wait", Waits, "sync.WaitGroup.Wait"},
    KnownFunction{"plumb::rt::yield", Waits, "runnable"},
    KnownFunction{"plumb::rt::{anonymous}::wait_for", Waits, "IO wait"},
    KnownFunction{"reflect.chanrecv", ChanReceive},
    KnownFunction{"reflect.chansend", ChanSend},
    KnownFunction{"reflect.chansend0", ChanSend},
    KnownFunction{"reflect.rselect", Waits, "select"},
    KnownFunction{"runtime.(*cleanupQueue).dequeue", Waits, "cleanup wait"},
    KnownFunction{"runtime.(*scavengerState).park", Waits, "GC scavenge wait"},
    KnownFunction{"runtime.(*scavengerState).sleep", Waits, "sleep"},
    KnownFunction{"runtime.GoroutineProfile", Busy, "running"},
    KnownFunction{"runtime.ReadTrace", Waits, "trace reader (blocked)"},
    KnownFunction{"runtime.Stack", Busy, "running"},
    KnownFunction{"runtime.asmcgocall", Cgo},
    KnownFunction{"runtime.bgscavenge", Waits, "GC scavenge wait"},
    KnownFunction{"runtime.bgsweep", Waits, "GC sweep wait"},
    KnownFunction{"runtime.block", Waits, "select (no cases)"},
    KnownFunction{"runtime.cgocall", Cgo},
    KnownFunction{"runtime.chanrecv", ChanReceive},
    KnownFunction{"runtime.chanrecv1", ReceiveOne},
    KnownFunction{"runtime.chanrecv2", ReceiveTwo},
    KnownFunction{"runtime.chansend", ChanSend},
    KnownFunction{"runtime.chansend1", PassedOver},
    KnownFunction{"runtime.corostart", Busy, "coroutine"},
    KnownFunction{"runtime.coroswitch", Busy, "coroutine"},
    KnownFunction{"runtime.forcegchelper", Waits, "force gc (idle)"},
    KnownFunction{"runtime.gcBgMarkWorker", Waits, "GC worker (idle)"},
    KnownFunction{"runtime.gcParkAssist", Waits, "GC assist wait"},
    KnownFunction{"runtime.gcParkStrongFromWeak", Waits, "GC weak to strong wait"},
    KnownFunction{"runtime.gcWaitOnMark", Waits, "wait for GC cycle"},
    KnownFunction{"runtime.gopark", Park},
    KnownFunction{"runtime.goparkunlock", Park},
    KnownFunction{"runtime.goroutineProfileWithLabels", Busy, "running"},
    KnownFunction{"runtime.goroutineProfileWithLabelsConcurrent", Busy, "running"},
    KnownFunction{"runtime.goroutineProfileWithLabelsSync", Busy, "running"},
    KnownFunction{"runtime.main", Waits, "panicwait"},
    KnownFunction{"runtime.mcall", PassedOver},
    KnownFunction{"runtime.netpollblock", Waits, "IO wait"},
    KnownFunction{"runtime.notetsleepg", Busy, "syscall"},
    KnownFunction{"runtime.pprof_goroutineLeakProfileWithLabels", Busy, "running"},
    KnownFunction{"runtime.pprof_goroutineProfileWithLabels", Busy, "running"},
    KnownFunction{"runtime.runCleanups", Waits, "cleanup wait"},
    KnownFunction{"runtime.runFinalizers", Waits, "finalizer wait"},
    KnownFunction{"runtime.runfinq", Waits, "finalizer wait"},
    KnownFunction{"runtime.selectgo", Waits, "select"},
    KnownFunction{"runtime.semacquire", Semacquire},
    KnownFunction{"runtime.semacquire1", PassedOver},
    KnownFunction{"runtime.synctestRun", Waits, "synctest.Run"},
    KnownFunction{"runtime.synctestWait", Waits, "synctest.Wait"},
    KnownFunction{"runtime.systemstack", PassedOver},
    KnownFunction{"runtime.timeSleep", Waits, "sleep"},
    KnownFunction{"runtime.updateMaxProcsGoroutine", Waits, "GOMAXPROCS updater (idle)"},
    KnownFunction{"runtime/pprof.pprof_goroutineLeakProfileWithLabels", Busy, "running"},
    KnownFunction{"runtime/pprof.pprof_goroutineProfileWithLabels", Busy, "running"},
    KnownFunction{"runtime/pprof.runtime_goroutineProfileWithLabels", Busy, "running"},
    KnownFunction{"runtime/pprof.writeRuntimeProfile", Busy, "running"},
    KnownFunction{"sync.(*RWMutex).Lock", RWMutexLock},
    KnownFunction{"sync.(*RWMutex).RLock", RWMutexRLock},
    KnownFunction{"sync.(*WaitGroup).Wait", WaitGroupWait},
    KnownFunction{"sync.runtime_Semacquire", Semacquire},
    KnownFunction{"sync.runtime_SemacquireMutex", SemacquireMutex},
    KnownFunction{"sync.runtime_SemacquireRWMutex", Waits, "sync.RWMutex.Lock"},
    KnownFunction{"sync.runtime_SemacquireRWMutexR", Waits, "sync.RWMutex.RLock"},
    KnownFunction{"sync.runtime_SemacquireWaitGroup", Waits, "sync.WaitGroup.Wait"},
    KnownFunction{"sync.runtime_notifyListWait", Waits, "sync.Cond.Wait"},
    KnownFunction{"time.Sleep", Waits, "sleep"},
};

const KnownFunction* find_known(std::string_view function) {
  const auto at = std::ranges::lower_bound(kKnownFunctions, function, {}, &KnownFunction::name);
  return at != kKnownFunctions.end() && at->name == function ? &*at : nullptr;
}

static_assert(std::ranges::is_sorted(kKnownFunctions, {}, &KnownFunction::name));

// "syscall.Syscall6" of Linux, "syscall.SyscallN" of Windows, "syscall.syscall6X" of macOS,
// "syscall.sysvicall6" of Solaris. Raw ones are no system calls to the scheduler.
bool is_system_call(std::string_view function) {
  return function.starts_with("syscall.Syscall") || function.starts_with("syscall.syscall") ||
         function.starts_with("syscall.sysvicall");
}

bool calls_c(std::string_view function) {
  return function.find("._Cfunc_") != std::string_view::npos ||
         function.find("._C2func_") != std::string_view::npos;
}

// A channel operation parks at its start if the channel is nil, else at its end, 90 and more lines
// further down. The line in the file tells the two apart where the input does not say where the
// function starts, as up to Go 1.19.
struct ParkLines {
  std::int64_t last_nil_offset;
  std::int64_t first_offset;
  std::int64_t last_nil_line;
  std::int64_t first_line;
};
constexpr ParkLines kSendLines{40, 60, 200, 240};
constexpr ParkLines kReceiveLines{40, 60, 545, 560};

std::string_view choose_by_line(const LeafFrame& frame, const ParkLines& lines,
                                std::string_view normal, std::string_view nil) {
  if (frame.line == 0) return normal;
  const bool has_start = frame.start_line > 0 && frame.start_line <= frame.line;
  const std::int64_t place = has_start ? frame.line - frame.start_line : frame.line;
  if (place <= (has_start ? lines.last_nil_offset : lines.last_nil_line)) return nil;
  if (place >= (has_start ? lines.first_offset : lines.first_line)) return normal;
  return "";
}

WaitState receive_state(const LeafFrame& frame, LeafRole caller) {
  WaitState state;
  state.state = choose_by_line(frame, kReceiveLines, "chan receive", "chan receive (nil chan)");
  if (caller == ReceiveOne) state.is_range = false;
  if (caller == ReceiveTwo) state.is_range = true;
  return state;
}

// The state that `frame` stands for in a goroutine that is parked in it.
WaitState parked_state(const LeafFrame& frame, LeafRole caller) {
  const auto named = [](std::string_view state) {
    WaitState result;
    result.state = state;
    return result;
  };
  switch (frame.role) {
    case ChanSend:
      return named(choose_by_line(frame, kSendLines, "chan send", "chan send (nil chan)"));
    case ChanReceive:
      return receive_state(frame, caller);
    case Semacquire:
      return named(caller == WaitGroupWait ? "sync.WaitGroup.Wait" : "semacquire");
    case SemacquireMutex:
      if (caller == RWMutexRLock) return named("sync.RWMutex.RLock");
      return named(caller == RWMutexLock ? "sync.RWMutex.Lock" : "sync.Mutex.Lock");
    case Waits:
      return named(state_of_function(frame.function));
    default:
      return {};
  }
}

}  // namespace

LeafRole role_of_function(std::string_view function) {
  const KnownFunction* const known = find_known(function);
  if (known != nullptr) return known->role;
  if (is_system_call(function)) return Busy;
  if (calls_c(function)) return Cgo;
  return function.find('.') == std::string_view::npos ? ForeignCode : Ordinary;
}

std::string_view state_of_function(std::string_view function) {
  const KnownFunction* const known = find_known(function);
  if (known != nullptr) return known->state;
  return is_system_call(function) ? "syscall" : "";
}

WaitState infer_wait_state(std::span<const LeafFrame> leaf_first, bool has_hidden_leaf) {
  WaitState result;
  bool is_parked = has_hidden_leaf;
  bool is_foreign = false;
  const std::size_t count = std::min(leaf_first.size(), kLeafFrames);
  for (std::size_t i = 0; i < count; ++i) {
    const LeafFrame& frame = leaf_first[i];
    switch (frame.role) {
      case Park:
        is_parked = true;
        continue;
      case PassedOver:
        continue;
      case ForeignCode:
        is_foreign = true;
        continue;
      case Busy:
      case Cgo:
        result.is_cgo = frame.role == Cgo;
        result.state = result.is_cgo ? "syscall" : state_of_function(frame.function);
        return result;
      default:
        break;
    }
    if (is_parked && !is_foreign) {
      return parked_state(frame, i + 1 < count ? leaf_first[i + 1].role : Ordinary);
    }
    if (!is_foreign) result.state = "runnable";
    return result;
  }
  return result;
}

}  // namespace plumb
