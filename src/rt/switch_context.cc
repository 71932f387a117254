// SPDX-License-Identifier: Apache-2.0
#include "rt/switch_context.h"

#include <cxxabi.h>
#include <pthread.h>

#include <cstring>

#if defined(PLUMB_RT_ASAN)
#include <sanitizer/asan_interface.h>
#endif

namespace plumb::rt::detail {

ExceptionState* exceptions_of_thread() {
  return reinterpret_cast<ExceptionState*>(abi::__cxa_get_globals());
}

void prepare_stack(SwitchState& stack, void* top,
                   void (*entry)(boost::context::detail::transfer_t)) {
  const auto bytes = static_cast<std::size_t>(static_cast<char*>(top) - stack.stack_low);
  stack.context.store(boost::context::detail::make_fcontext(top, bytes, entry),
                      std::memory_order_relaxed);
  stack.exceptions = {};
#if defined(PLUMB_RT_ASAN)
  stack.fake_stack = nullptr;
#endif
#if defined(PLUMB_RT_TSAN)
  stack.fiber = __tsan_create_fiber(0);
#endif
}

void retire_stack(SwitchState& stack) {
#if defined(PLUMB_RT_TSAN)
  __tsan_destroy_fiber(stack.fiber);
  stack.fiber = nullptr;
#endif
#if defined(PLUMB_RT_ASAN)
  // Frames that were never returned from left their red zones.
  void* const low = stack.stack_low;
  __asan_unpoison_memory_region(low, static_cast<std::size_t>(stack.stack_high - stack.stack_low));
#endif
  static_cast<void>(stack);
}

void find_stack_of_thread(SwitchState& stack) {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void* low = nullptr;
  std::size_t bytes = 0;
  if (pthread_attr_getstack(&attributes, &low, &bytes) == 0) {
    stack.stack_low = static_cast<char*>(low);
    stack.stack_high = stack.stack_low + bytes;
  }
  pthread_attr_destroy(&attributes);
}

// The context is a pointer to, on x86-64: FPU control words, guard, r12 to r15, rbx, rbp, return
// address; on AArch64: d8 to d15, x19 to x30, return address, padding.
__attribute__((no_sanitize("address", "thread"))) SavedRegisters read_saved(const void* context) {
#if defined(__x86_64__)
  constexpr std::size_t kFrame = 0x38;
  constexpr std::size_t kPc = 0x40;
#else
  constexpr std::size_t kFrame = 0x90;
  constexpr std::size_t kPc = 0xA0;
#endif
  const auto at = reinterpret_cast<std::uintptr_t>(context);
  return {*reinterpret_cast<const volatile std::uintptr_t*>(at + kPc), at + kContextBytes,
          *reinterpret_cast<const volatile std::uintptr_t*>(at + kFrame)};
}

}  // namespace plumb::rt::detail
