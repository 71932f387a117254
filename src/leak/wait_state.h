// SPDX-License-Identifier: Apache-2.0
// What a goroutine waits for, inferred from the functions at the leaf of its stack.
//
// profile.proto and debug=1 have no states, but whoever waits does so in a function of the runtime
// that has one purpose. The names given are those that Go 1.24 and later print.
//
//   runtime.gopark < runtime.chanrecv < runtime.chanrecv2 < main.worker       chan receive, range
//   runtime.gopark < runtime.goparkunlock < runtime.semacquire1 <
//     sync.runtime_SemacquireMutex < sync.(*Mutex).lockSlow < ...             sync.Mutex.Lock
//
//   plumb::rt::detail::Worker::resume < plumb::rt::detail::park <
//     plumb::rt::detail::ChanCore::send < ...                                 chan send
//
// Source: the callers of gopark() in src/runtime of Go, releases 1.16 to 1.28-dev, and of park() in
// src/rt.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace plumb {

/// What a function at the leaf says about the wait.
enum class LeafRole : std::uint8_t {
  Ordinary,     ///< Nothing: the program's code, or a part of the runtime that does not wait.
  ForeignCode,  ///< The same, but none of Go's functions.
  Park,         ///< Parks the goroutine; why is said by its caller.
  PassedOver,   ///< Part of a wait; its caller says what for.
  ChanSend,
  ChanReceive,
  ReceiveOne,       ///< Called by compiled code for `<-ch`,
  ReceiveTwo,       ///< and for `range ch` and `v, ok := <-ch`.
  Semacquire,       ///< Its caller may say what for.
  SemacquireMutex,  ///< Up to Go 1.19 also of sync.RWMutex.
  RWMutexRLock,
  RWMutexLock,
  WaitGroupWait,
  Waits,  ///< Waits for what state_of_function() says, if it is parked.
  Busy,   ///< Is in the state that state_of_function() says, parked or not.
  Cgo,    ///< Runs C code, which Go counts as a system call.
};

/// The role of a function by its symbol.
LeafRole role_of_function(std::string_view function);

/// The state of a function of role Waits or Busy.
std::string_view state_of_function(std::string_view function);

/// One frame of a stack.
struct LeafFrame {
  std::string_view function;
  LeafRole role = LeafRole::Ordinary;  ///< role_of_function(function).
  std::int64_t line = 0;               ///< 0: not known.
  std::int64_t start_line = 0;         ///< Where the function begins; 0: not known.
};

struct WaitState {
  std::string_view state;  ///< "chan send"; empty: the stack does not tell. Static text.
  /// Of a receive: `range ch` or `v, ok := <-ch`, if the stack tells.
  std::optional<bool> is_range;
  bool is_cgo = false;  ///< A system call that is a call of C code.

  friend bool operator==(const WaitState&, const WaitState&) = default;
};

/// So many frames decide, all others are not looked at. More than a handful stand only above C
/// code.
inline constexpr std::size_t kLeafFrames = 16;

/// Infers the state from the frames at the leaf, leaf first, inlined ones included.
///
/// `has_hidden_leaf` says that frames of the runtime below the first one are not in the list, as in
/// debug=1. Then no answer is given where they could be anything.
WaitState infer_wait_state(std::span<const LeafFrame> leaf_first, bool has_hidden_leaf = false);

}  // namespace plumb
