// SPDX-License-Identifier: Apache-2.0
// What a group of goroutines waits for, as the verdict tells waits apart: Go's states, with those
// that old releases lump together told from the functions on the stack.

#pragma once

#include <cstdint>
#include <string_view>

#include "leak/stack_groups.h"

namespace plumb {

enum class WaitKind : std::uint8_t {
  Unknown,
  ChanSend,
  ChanReceive,  ///< Of one value, or it is not known how many.
  ChanRange,    ///< `range ch`, or `v, ok := <-ch`.
  Select,
  NilChannel,  ///< Sends to or receives from a nil channel: for ever.
  NoCases,     ///< `select {}`: for ever.
  Mutex,
  RWMutexRead,
  RWMutexWrite,
  WaitGroup,
  Cond,
  Semaphore,  ///< Some use of the runtime's semaphores.
  Iterator,   ///< Of iter.Pull: for the next call of what that returned.
  IoWait,
  Sleep,
  SystemCall,
  Running,  ///< Or ready to run.
  System,   ///< The runtime's own.
};

/// The kind of wait of `group`, one of `groups`.
WaitKind find_wait_kind(const StackGroups& groups, const StackGroup& group);

/// True where another goroutine has to do something: channels, select, locks.
bool needs_another_goroutine(WaitKind kind);

/// True for waits of package sync.
bool is_lock(WaitKind kind);

/// True for waits for a mutex, also for one to read or to write.
bool is_mutex(WaitKind kind);

/// True for who may be sent something: receivers, and those in a select.
bool may_receive(WaitKind kind);

/// True for what goes on by itself, or with what comes from outside.
bool goes_on_alone(WaitKind kind);

/// True for waits that healthy programs seldom have for long: whoever waits for a message may be
/// idle, whoever has one to send or needs a lock is not.
bool is_rarely_idle(WaitKind kind);

/// "a send on a channel": as an object of "waits for".
std::string_view describe(WaitKind kind);

}  // namespace plumb
