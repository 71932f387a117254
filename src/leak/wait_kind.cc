// SPDX-License-Identifier: Apache-2.0
#include "leak/wait_kind.h"

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

using enum WaitKind;

struct KindOfState {
  std::string_view state;
  WaitKind kind;
};

constexpr std::array kStates = {
    KindOfState{"IO wait", IoWait},
    KindOfState{"chan receive", ChanReceive},
    KindOfState{"chan receive (durable)", ChanReceive},
    KindOfState{"chan receive (nil chan)", NilChannel},
    KindOfState{"chan receive (synctest)", ChanReceive},
    KindOfState{"chan send", ChanSend},
    KindOfState{"chan send (durable)", ChanSend},
    KindOfState{"chan send (nil chan)", NilChannel},
    KindOfState{"chan send (synctest)", ChanSend},
    KindOfState{"coroutine", Iterator},
    KindOfState{"idle", System},  // The goroutine 0 of a thread.
    KindOfState{"runnable", Running},
    KindOfState{"running", Running},
    KindOfState{"select", Select},
    KindOfState{"select (durable)", Select},
    KindOfState{"select (no cases)", NoCases},
    KindOfState{"select (synctest)", Select},
    KindOfState{"semacquire", Semaphore},
    KindOfState{"sleep", Sleep},
    KindOfState{"sync.Cond.Wait", Cond},
    KindOfState{"sync.Mutex.Lock", Mutex},
    KindOfState{"sync.RWMutex.Lock", RWMutexWrite},
    KindOfState{"sync.RWMutex.RLock", RWMutexRead},
    KindOfState{"sync.WaitGroup.Wait", WaitGroup},
    KindOfState{"sync.WaitGroup.Wait (durable)", WaitGroup},
    KindOfState{"syscall", SystemCall},
    KindOfState{"preempted", Running},
};

constexpr std::array<std::string_view, 12> kSystemStates = {
    "GC ",     "GOMAXPROCS", "finalizer wait", "force gc",      "trace reader", "cleanup wait",
    "garbage", "dumping",    "wait for GC",    "flushing proc", "debug call",   "timer goroutine"};

// The runtime has semaphores of its own. Who allocates while a garbage collection begins, or a dump
// is taken, waits for one, with no function of a library that asks for it.
bool asks_for_semaphore(std::string_view function) {
  return contains(function, "runtime_Semacquire") || function.starts_with("plumb::rt::");
}

// Which use of a semaphore it is. Stacks come leaf first, so the innermost function decides:
// RWMutex.Lock calls Mutex.Lock, and waits for that where it stands in it.
WaitKind kind_of_semaphore(const StackGroups& groups, const StackGroup& group) {
  constexpr std::array kFunctions = {
      KindOfState{"sync.(*Mutex).", Mutex},
      KindOfState{"internal/sync.(*Mutex).", Mutex},
      KindOfState{"sync.(*RWMutex).RLock", RWMutexRead},
      KindOfState{"sync.(*RWMutex).Lock", RWMutexWrite},
      KindOfState{"sync.(*WaitGroup).Wait", WaitGroup},
  };
  bool is_asked_for = groups.stack(group).empty();
  for (const StackFrameId id : groups.stack(group)) {
    const std::string_view function = groups.text(groups.frame(id).function);
    for (const KindOfState& row : kFunctions) {
      if (function.starts_with(row.state)) return row.kind;
    }
    is_asked_for = is_asked_for || asks_for_semaphore(function);
  }
  return is_asked_for ? Semaphore : System;
}

// Who calls next waits as a coroutine, too, while the iterator works; and tasks of C++ do.
bool is_iterator(const StackGroups& groups, const StackGroup& group) {
  return has_function(groups, group, "iter.Pull.func1") ||
         has_function(groups, group, "iter.Pull2.func1");
}

// The body of a stream of HTTP/2 comes from the network, by way of another goroutine.
bool reads_stream(const StackGroups& groups, const StackGroup& group) {
  return has_function(groups, group, "net/http.(*http2pipe).Read") ||
         has_function(groups, group, "http2.(*pipe).Read");
}

}  // namespace

WaitKind find_wait_kind(const StackGroups& groups, const StackGroup& group) {
  const std::string_view state = groups.text(group.state);
  const auto* const row = std::ranges::find(kStates, state, &KindOfState::state);
  if (row == kStates.end()) {
    const bool is_system = std::ranges::any_of(
        kSystemStates, [&](std::string_view prefix) { return state.starts_with(prefix); });
    return is_system ? System : Unknown;
  }
  if (row->kind == Semaphore) return kind_of_semaphore(groups, group);
  if (row->kind == Cond && reads_stream(groups, group)) return IoWait;
  if (row->kind == Iterator && !is_iterator(groups, group)) return Unknown;
  if (row->kind == ChanReceive && group.is_range.value_or(false)) return ChanRange;
  return row->kind;
}

bool needs_another_goroutine(WaitKind kind) {
  switch (kind) {
    case ChanSend:
    case ChanReceive:
    case ChanRange:
    case Select:
    case NilChannel:
    case NoCases:
    case Iterator:
      return true;
    default:
      return is_lock(kind);
  }
}

bool is_lock(WaitKind kind) {
  switch (kind) {
    case Mutex:
    case RWMutexRead:
    case RWMutexWrite:
    case WaitGroup:
    case Cond:
    case Semaphore:
      return true;
    default:
      return false;
  }
}

bool is_mutex(WaitKind kind) {
  return kind == Mutex || kind == RWMutexRead || kind == RWMutexWrite;
}

bool may_receive(WaitKind kind) {
  return kind == ChanReceive || kind == ChanRange || kind == Select;
}

bool goes_on_alone(WaitKind kind) {
  return kind == Sleep || kind == IoWait || kind == SystemCall || kind == Running;
}

bool is_rarely_idle(WaitKind kind) {
  return kind == ChanSend || kind == NilChannel || (is_lock(kind) && kind != Cond);
}

std::string_view describe(WaitKind kind) {
  switch (kind) {
    case ChanSend:
      return "somebody to receive what it sends";
    case ChanReceive:
      return "a value from a channel";
    case ChanRange:
      return "the next value of a channel, or that it is closed";
    case Select:
      return "one of the cases of a select";
    case NilChannel:
      return "a channel that is nil";
    case NoCases:
      return "nothing: select without cases";
    case Mutex:
      return "a sync.Mutex";
    case RWMutexRead:
      return "a sync.RWMutex, to read";
    case RWMutexWrite:
      return "a sync.RWMutex, to write";
    case WaitGroup:
      return "a sync.WaitGroup";
    case Cond:
      return "a signal of a sync.Cond";
    case Semaphore:
      return "a semaphore";
    case Iterator:
      return "the next call of what iter.Pull returned";
    case IoWait:
      return "the network";
    case Sleep:
      return "time to pass";
    case SystemCall:
      return "the operating system";
    case Running:
      return "a processor";
    case System:
    case Unknown:
      break;
  }
  return "something unknown";
}

}  // namespace plumb
