// SPDX-License-Identifier: Apache-2.0
// Why a task waits, in the words of Go's runtime, so that every tool that reads the dumps of Go
// programs understands those of C++ programs.

#pragma once

#include <cstdint>
#include <string_view>

namespace plumb::rt {

enum class WaitReason : std::uint8_t {
  None,  ///< It does not wait.
  ChanReceive,
  ChanReceiveNil,
  ChanSend,
  ChanSendNil,
  Select,
  SelectNoCases,
  MutexLock,
  RwMutexLock,
  RwMutexRLock,
  WaitGroupWait,
  CondWait,
  Semaphore,
  Sleep,
  IoWait,
  Syscall,    ///< In blocking(): the state of such a task is "syscall".
  Coroutine,  ///< A registered task (register.h) that waits for another coroutine.
};

/// "chan send", "select (no cases)", "sync.Mutex.Lock", "IO wait".
std::string_view to_string(WaitReason reason);

}  // namespace plumb::rt
