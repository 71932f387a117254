// SPDX-License-Identifier: Apache-2.0
// Switching from one stack to another: Boost's fcontext, the exception state of C++ that lies in
// thread_local memory, and what the sanitizers need to be told.
//
// Source of the layout of a saved context: boost/context, src/asm/jump_x86_64_sysv_elf_gas.S and
// jump_arm64_aapcs_elf_gas.S.

#pragma once

#include <atomic>
#include <boost/context/detail/fcontext.hpp>
#include <cstddef>
#include <cstdint>

#include "rt/registers.h"

#if defined(__SANITIZE_ADDRESS__)
#define PLUMB_RT_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PLUMB_RT_ASAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define PLUMB_RT_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PLUMB_RT_TSAN 1
#endif
#endif

namespace plumb::rt::detail {

/// The head of libstdc++'s __cxa_eh_globals (Itanium C++ ABI, 2.2.2): the exceptions being handled.
struct ExceptionState {
  void* caught = nullptr;
  unsigned uncaught_count = 0;
};

/// What is kept of a stack that does not run.
struct SwitchState {
  std::atomic<void*> context{nullptr};  ///< The saved registers, on its stack.
  char* stack_low = nullptr;
  char* stack_high = nullptr;  ///< First byte behind it.
  ExceptionState exceptions;
  ExceptionState* thread_exceptions = nullptr;  ///< Of the thread that it runs on.
#if defined(PLUMB_RT_ASAN)
  void* fake_stack = nullptr;
#endif
#if defined(PLUMB_RT_TSAN)
  void* fiber = nullptr;
#endif
};

/// Exceptions of the calling thread.
ExceptionState* exceptions_of_thread();

/// Sets where the stack of the calling thread is.
void find_stack_of_thread(SwitchState& stack);

/// Prepares `stack` (low and high are set), of which all below `top` is free: the first switch to
/// it calls entry with what switch_stacks() was given.
void prepare_stack(SwitchState& stack, void* top,
                   void (*entry)(boost::context::detail::transfer_t));
/// Tells the sanitizers that a stack made by prepare_stack() is used no more.
void retire_stack(SwitchState& stack);

enum class Leaving : bool { ForNow, ForEver };

/// Leaves `from` for `to`. Returns when somebody switches back, with what they passed.
/// The caller stores the context of the stack that was left: see arrived().
inline boost::context::detail::transfer_t switch_stacks(SwitchState& from, SwitchState& to,
                                                        Leaving leaving, void* passed);
/// To be called first on every stack that was switched to, also by the entry function.
inline void arrived(SwitchState& here);

/// Bytes of a saved context.
#if defined(__x86_64__)
inline constexpr std::size_t kContextBytes = 0x48;
#else
inline constexpr std::size_t kContextBytes = 0xB0;
#endif

/// Reads the registers out of a saved context.
SavedRegisters read_saved(const void* context);

}  // namespace plumb::rt::detail

#if defined(PLUMB_RT_ASAN)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(PLUMB_RT_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

namespace plumb::rt::detail {

/// jump_fcontext(). On x86-64 it is entered by a jump behind a return address that is pushed by
/// hand: it is left by a jump as well, so that a call would leave one address too many where the
/// processor predicts returns, and every return on the other stack would be predicted wrong.
inline boost::context::detail::transfer_t jump(void* to, void* passed) {
#if !defined(__x86_64__) || defined(PLUMB_RT_ASAN) || defined(PLUMB_RT_TSAN) || \
    (defined(__CET__) && (__CET__ & 2))
  return boost::context::detail::jump_fcontext(to, passed);
#else
  void* left = nullptr;
  void* got = nullptr;
  // Below the stack pointer lie 128 bytes that may be in use (System V ABI for x86-64, 3.2.2).
  asm volatile(
      "sub $128, %%rsp\n\t"
      "lea 1f(%%rip), %%rcx\n\t"
      "push %%rcx\n\t"
      "jmp jump_fcontext@PLT\n"
      "1:\n\t"
      "add $128, %%rsp"
      : "=a"(left), "=d"(got), "+D"(to), "+S"(passed)
      :
      : "rcx", "r8", "r9", "r10", "r11", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
        "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
        "xmm15", "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)");
  return {left, got};
#endif
}

inline boost::context::detail::transfer_t switch_stacks(SwitchState& from, SwitchState& to,
                                                        Leaving leaving, void* passed) {
  ExceptionState* const live = from.thread_exceptions;
  from.exceptions = *live;
  *live = to.exceptions;
  to.thread_exceptions = live;
#if defined(PLUMB_RT_ASAN)
  __sanitizer_start_switch_fiber(leaving == Leaving::ForEver ? nullptr : &from.fake_stack,
                                 to.stack_low,
                                 static_cast<std::size_t>(to.stack_high - to.stack_low));
#else
  static_cast<void>(leaving);
#endif
#if defined(PLUMB_RT_TSAN)
  __tsan_switch_to_fiber(to.fiber, 0);
#endif
  return jump(to.context.load(std::memory_order_relaxed), passed);
}

inline void arrived(SwitchState& here) {
#if defined(PLUMB_RT_ASAN)
  __sanitizer_finish_switch_fiber(here.fake_stack, nullptr, nullptr);
#else
  static_cast<void>(here);
#endif
}

}  // namespace plumb::rt::detail
