// SPDX-License-Identifier: Apache-2.0
#include "leak/goroutine_states.h"

#include <algorithm>
#include <array>

namespace plumb {
namespace {

constexpr std::array<std::string_view, 59> kGoStates = {"GC assist marking",
                                                        "GC assist wait",
                                                        "GC mark termination",
                                                        "GC scavenge wait",
                                                        "GC sweep wait",
                                                        "GC weak to strong wait",
                                                        "GC worker (active)",
                                                        "GC worker (idle)",
                                                        "GOMAXPROCS updater (idle)",
                                                        "IO wait",
                                                        "chan receive",
                                                        "chan receive (durable)",
                                                        "chan receive (nil chan)",
                                                        "chan receive (synctest)",
                                                        "chan send",
                                                        "chan send (durable)",
                                                        "chan send (nil chan)",
                                                        "chan send (synctest)",
                                                        "cleanup wait",
                                                        "copystack",
                                                        "coroutine",
                                                        "dead",
                                                        "debug call",
                                                        "dumping heap",
                                                        "finalizer wait",
                                                        "flushing proc caches",
                                                        "force gc (idle)",
                                                        "garbage collection",
                                                        "garbage collection scan",
                                                        "idle",
                                                        "leaked",
                                                        "page trace flush",
                                                        "panicwait",
                                                        "preempted",
                                                        "runnable",
                                                        "running",
                                                        "select",
                                                        "select (durable)",
                                                        "select (no cases)",
                                                        "select (synctest)",
                                                        "semacquire",
                                                        "sleep",
                                                        "stopping the world",
                                                        "sync.Cond.Wait",
                                                        "sync.Mutex.Lock",
                                                        "sync.RWMutex.Lock",
                                                        "sync.RWMutex.RLock",
                                                        "sync.WaitGroup.Wait",
                                                        "sync.WaitGroup.Wait (durable)",
                                                        "synctest.Run",
                                                        "synctest.Wait",
                                                        "syscall",
                                                        "timer goroutine (idle)",
                                                        "trace goroutine status",
                                                        "trace proc status",
                                                        "trace reader (blocked)",
                                                        "wait for GC cycle",
                                                        "waiting",
                                                        "waiting for cgo callback"};
static_assert(std::ranges::is_sorted(kGoStates));

constexpr std::array<std::string_view, 6> kBusyStates = {"copystack", "dead",     "idle",
                                                         "preempted", "runnable", "running"};
static_assert(std::ranges::is_sorted(kBusyStates));

}  // namespace

bool is_go_state(std::string_view text) {
  return std::ranges::binary_search(kGoStates, text);
}

bool is_waiting_state(std::string_view text) {
  return !std::ranges::binary_search(kBusyStates, text);
}

}  // namespace plumb
