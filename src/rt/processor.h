// SPDX-License-Identifier: Apache-2.0
// Instructions of the processor that the language has no words for.
//
// The order of memory accesses matters between a task and those who look at it while it may run:
// they read what is not atomic, its stack for example, and find out afterwards whether it was still
// there. Fences of the language would do; ThreadSanitizer does not know them, and need not know
// these.

#pragma once

#include <atomic>

namespace plumb::rt::detail {

/// Loads in front of it are done before those behind it.
inline void keep_loads_in_order() {
#if defined(__x86_64__)
  std::atomic_signal_fence(std::memory_order_acquire);  // The processor keeps them so.
#else
  asm volatile("dmb ishld" ::: "memory");
#endif
}

/// Stores in front of it are seen before those behind it.
inline void keep_stores_in_order() {
#if defined(__x86_64__)
  std::atomic_signal_fence(std::memory_order_release);  // The processor keeps them so.
#else
  asm volatile("dmb ishst" ::: "memory");
#endif
}

/// In a loop that waits for another processor.
inline void pause_in_loop() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  asm volatile("isb" ::: "memory");
#endif
}

}  // namespace plumb::rt::detail
