// SPDX-License-Identifier: Apache-2.0
#include "leak/wait_state.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "leak/goroutine_states.h"

namespace plumb {
namespace {

// "runtime.gopark < runtime.chanrecv@12/1 < main.f": a line, and where its function starts.
std::vector<LeafFrame> parse_stack(std::string_view text) {
  std::vector<LeafFrame> frames;
  while (!text.empty()) {
    constexpr std::string_view kSeparator = " < ";
    const std::size_t end = std::min(text.find(kSeparator), text.size());
    std::string_view frame = text.substr(0, end);
    text.remove_prefix(std::min(end + kSeparator.size(), text.size()));
    LeafFrame result;
    const std::size_t at = frame.rfind('@');
    if (at != std::string_view::npos) {
      const std::string place(frame.substr(at + 1));
      result.line = std::stol(place);
      const std::size_t slash = place.find('/');
      if (slash != std::string::npos) result.start_line = std::stol(place.substr(slash + 1));
      frame = frame.substr(0, at);
    }
    result.function = frame;
    result.role = role_of_function(frame);
    frames.push_back(result);
  }
  return frames;
}

std::string describe(const WaitState& state) {
  std::string text(state.state);
  if (state.is_range) text += *state.is_range ? " +range" : " +one";
  if (state.is_cgo) text += " +cgo";
  return text;
}

struct Case {
  std::string_view stack;
  std::string_view state;
};

// What profile.proto has: every frame with its name.
constexpr Case kWhole[] = {
    {"plumb::rt::detail::Worker::resume < plumb::rt::detail::park < "
     "plumb::rt::detail::ChanCore::send < plumb::rt::chan::send < f",
     "chan send"},
    {"plumb::rt::detail::Worker::resume < plumb::rt::detail::Worker::leave < "
     "plumb::rt::detail::park < plumb::rt::mutex::lock < f",
     "sync.Mutex.Lock"},
    {"plumb::rt::detail::Worker::resume < plumb::rt::detail::Worker::leave < plumb::rt::yield < f",
     "runnable"},
    {"plumb::rt::detail::park < plumb::rt::detail::call_blocking < blocking < f", "syscall"},
    {"plumb::rt::detail::park_thread < plumb::rt::detail::ChanCore::receive < main",
     "chan receive"},
    {"plumb::rt::detail::park < plumb::rt::detail::wait_for_ever < plumb::rt::detail::chan_receive",
     "chan receive (nil chan)"},
    {"plumb::rt::detail::park < plumb::rt::detail::wait_for_ever < plumb::rt::select",
     "select (no cases)"},
    {"plumb::rt::detail::park < plumb::rt::detail::Selection::wait < plumb::rt::detail::select",
     "select"},
    {"plumb::rt::detail::park < plumb::rt::rwmutex::lock_shared < f", "sync.RWMutex.RLock"},
    {"runtime.gopark < runtime.chansend@283/176 < runtime.chansend1 < main.f", "chan send"},
    {"runtime.gopark < runtime.chansend@181/176 < runtime.chansend1 < main.f",
     "chan send (nil chan)"},
    {"runtime.gopark < runtime.chansend@259 < runtime.chansend1 < main.f", "chan send"},
    {"runtime.gopark < runtime.chansend@165 < runtime.chansend1 < main.f", "chan send (nil chan)"},
    {"runtime.gopark < runtime.chansend@220 < runtime.chansend1 < main.f", ""},
    {"runtime.gopark < runtime.chansend < runtime.chansend1 < main.f", "chan send"},
    {"runtime.gopark < runtime.chanrecv@667/524 < runtime.chanrecv1 < main.f", "chan receive +one"},
    {"runtime.gopark < runtime.chanrecv@667/524 < runtime.chanrecv2 < main.f",
     "chan receive +range"},
    {"runtime.gopark < runtime.chanrecv@536/524 < runtime.chanrecv2 < main.f",
     "chan receive (nil chan) +range"},
    {"runtime.gopark < runtime.chanrecv@583 < runtime.chanrecv1 < main.f", "chan receive +one"},
    {"runtime.gopark < runtime.chanrecv@469 < runtime.chanrecv1 < main.f",
     "chan receive (nil chan) +one"},
    {"runtime.gopark < runtime.chanrecv@667/524 < reflect.chanrecv < reflect.Value.recv",
     "chan receive"},
    {"runtime.gopark < runtime.selectgo < main.f", "select"},
    {"runtime.gopark < runtime.selectgo < reflect.rselect < reflect.Select", "select"},
    {"runtime.gopark < runtime.block < main.main", "select (no cases)"},
    // sync, up to Go 1.19.
    {"runtime.gopark < runtime.goparkunlock < runtime.semacquire1 < "
     "sync.runtime_SemacquireMutex < sync.(*Mutex).lockSlow < sync.(*Mutex).Lock < main.f",
     "sync.Mutex.Lock"},
    {"runtime.gopark < runtime.goparkunlock < runtime.semacquire1 < "
     "sync.runtime_SemacquireMutex < sync.(*RWMutex).RLock < main.f",
     "sync.RWMutex.RLock"},
    {"runtime.gopark < runtime.goparkunlock < runtime.semacquire1 < "
     "sync.runtime_SemacquireMutex < sync.(*RWMutex).Lock < main.f",
     "sync.RWMutex.Lock"},
    {"runtime.gopark < runtime.goparkunlock < runtime.semacquire1 < sync.runtime_Semacquire < "
     "sync.(*WaitGroup).Wait < main.f",
     "sync.WaitGroup.Wait"},
    // A writer behind another writer waits for the lock inside.
    {"runtime.gopark < runtime.goparkunlock < runtime.semacquire1 < "
     "sync.runtime_SemacquireMutex < sync.(*Mutex).lockSlow < sync.(*Mutex).Lock < "
     "sync.(*RWMutex).Lock < main.f",
     "sync.Mutex.Lock"},
    // sync, later.
    {"runtime.gopark < runtime.goparkunlock < runtime.semacquire1 < "
     "internal/sync.runtime_SemacquireMutex < internal/sync.(*Mutex).lockSlow < "
     "internal/sync.(*Mutex).Lock < sync.(*Mutex).Lock < main.f",
     "sync.Mutex.Lock"},
    {"runtime.gopark < runtime.goparkunlock < runtime.semacquire1 < "
     "sync.runtime_SemacquireRWMutexR < sync.(*RWMutex).RLock < main.f",
     "sync.RWMutex.RLock"},
    {"runtime.gopark < runtime.goparkunlock < runtime.semacquire1 < "
     "sync.runtime_SemacquireRWMutex < sync.(*RWMutex).Lock < main.f",
     "sync.RWMutex.Lock"},
    {"runtime.gopark < runtime.goparkunlock < runtime.semacquire1 < "
     "sync.runtime_SemacquireWaitGroup < sync.(*WaitGroup).Wait < main.f",
     "sync.WaitGroup.Wait"},
    {"runtime.gopark < runtime.goparkunlock < sync.runtime_notifyListWait < sync.(*Cond).Wait",
     "sync.Cond.Wait"},
    {"runtime.gopark < runtime.goparkunlock < runtime.semacquire1 < "
     "internal/poll.runtime_Semacquire < internal/poll.(*fdMutex).rwlock",
     "semacquire"},
    {"runtime.gopark < runtime.goparkunlock < runtime.semacquire1 < runtime.semacquire < "
     "runtime.stopTheWorld < runtime/debug.setGCPercent",
     "semacquire"},
    {"runtime.gopark < time.Sleep < main.f", "sleep"},
    {"runtime.gopark < runtime.netpollblock < internal/poll.runtime_pollWait < "
     "internal/poll.(*pollDesc).wait",
     "IO wait"},
    // System calls, C and signals.
    {"syscall.Syscall < syscall.read < syscall.Read < os.(*File).Read", "syscall"},
    {"syscall.Syscall6 < syscall.wait4", "syscall"},
    {"syscall.SyscallN < syscall.ReadFile", "syscall"},
    {"syscall.syscall6X < syscall.fcntl", "syscall"},
    {"runtime.notetsleepg < os/signal.signal_recv < os/signal.loop", "syscall"},
    {"runtime.cgocall < main._Cfunc_sleep < main.f", "syscall +cgo"},
    {"pthread_cond_wait < std::thread::join() < runtime.asmcgocall < runtime.cgocall < "
     "main._Cfunc_f",
     "syscall +cgo"},
    {"pthread_cond_wait < start_thread", ""},
    // The runtime's own.
    {"runtime.gopark < runtime.gcBgMarkWorker", "GC worker (idle)"},
    {"runtime.gopark < runtime.goparkunlock < runtime.bgsweep", "GC sweep wait"},
    {"runtime.gopark < runtime.goparkunlock < runtime.(*scavengerState).park < runtime.bgscavenge",
     "GC scavenge wait"},
    {"runtime.gopark < runtime.goparkunlock < runtime.forcegchelper", "force gc (idle)"},
    {"runtime.gopark < runtime.runfinq", "finalizer wait"},
    {"runtime.gopark < runtime.runFinalizers", "finalizer wait"},
    {"runtime.gopark < runtime.(*cleanupQueue).dequeue < runtime.runCleanups", "cleanup wait"},
    {"runtime.gopark < runtime.goparkunlock < runtime.gcParkAssist < runtime.gcAssistAlloc < "
     "runtime.mallocgc < main.f",
     "GC assist wait"},
    {"runtime.gopark < runtime.goparkunlock < runtime.gcWaitOnMark < runtime.GC < main.f",
     "wait for GC cycle"},
    {"runtime.gopark < runtime.ReadTrace < runtime/trace.Start.func1", "trace reader (blocked)"},
    {"runtime.gopark < runtime.main", "panicwait"},
    {"runtime.coroswitch < iter.Pull[...].func2 < main.f", "coroutine"},
    {"runtime.gopark < internal/synctest.Run < testing/synctest.Test", "synctest.Run"},
    {"runtime.gopark < internal/synctest.Wait < testing/synctest.Wait", "synctest.Wait"},
    {"runtime.gopark < runtime.somethingNew < main.f", ""},
    // Who does not wait.
    {"runtime.goroutineProfileWithLabels < runtime/pprof.runtime_goroutineProfileWithLabels",
     "running"},
    {"runtime.goroutineProfileWithLabels < runtime.pprof_goroutineProfileWithLabels < "
     "runtime/pprof.writeRuntimeProfile",
     "running"},
    {"runtime.asyncPreempt2 < runtime.asyncPreempt < main.spin", "runnable"},
    {"runtime.Gosched < main.spin", "runnable"},
    {"main.spin < main.main < runtime.main", "runnable"},
    {"time.Sleep < main.f", "runnable"},
    {"sync.(*Mutex).lockSlow < sync.(*Mutex).Lock < main.f", "runnable"},
    {"runtime.chanrecv1 < main.f", "runnable"},
    {"", ""},
    {"runtime.gopark", ""},
};

TEST(WaitState, IsToldByTheFunctionsAtTheLeaf) {
  for (const Case& c : kWhole) {
    SCOPED_TRACE(c.stack);
    const std::vector<LeafFrame> frames = parse_stack(c.stack);
    const WaitState state = infer_wait_state(frames);
    EXPECT_EQ(describe(state), c.state);
    EXPECT_TRUE(state.state.empty() || is_go_state(state.state)) << "no state of Go";
  }
}

// What debug=1 has: the frames behind those of the runtime.
constexpr Case kShownPart[] = {
    {"sync.runtime_SemacquireMutex < sync.(*Mutex).lockSlow < sync.(*Mutex).Lock",
     "sync.Mutex.Lock"},
    {"sync.runtime_Semacquire < sync.(*WaitGroup).Wait < main.f", "sync.WaitGroup.Wait"},
    {"sync.runtime_notifyListWait < sync.(*Cond).Wait < main.f", "sync.Cond.Wait"},
    {"internal/poll.runtime_pollWait < internal/poll.(*pollDesc).wait", "IO wait"},
    {"time.Sleep < main.f", "sleep"},
    {"os/signal.signal_recv < os/signal.loop", "syscall"},
    {"main._Cfunc_sleep < main.f", "syscall +cgo"},
    {"net._C2func_getaddrinfo < net.cgoLookupIPCNAME", "syscall +cgo"},
    {"runtime/pprof.writeRuntimeProfile < runtime/pprof.writeGoroutine", "running"},
    {"reflect.rselect < reflect.Select", "select"},
    {"main.leak.func1", ""},
    {"net/http.(*persistConn).writeLoop", ""},
    {"sync.(*Mutex).Lock < main.f", ""},
};

TEST(WaitState, IsNotGuessedFromTheProgramsOwnFunctions) {
  for (const Case& c : kShownPart) {
    SCOPED_TRACE(c.stack);
    EXPECT_EQ(describe(infer_wait_state(parse_stack(c.stack), /*has_hidden_leaf=*/true)), c.state);
  }
}

}  // namespace
}  // namespace plumb
