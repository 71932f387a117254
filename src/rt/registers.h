// SPDX-License-Identifier: Apache-2.0
// The registers from which a stack is walked, on the processors that plumb::rt knows.
//
// Sources: psABI of x86-64, "Stack Unwinding"; DWARF for the Arm 64-bit Architecture, 4.1 (numbers
// of registers) and 4.5 (signed return addresses); Procedure Call Standard for it, 6.4.6 (frame
// records).

#pragma once

#include <ucontext.h>

#include <cstdint>

#if !defined(__linux__) || (!defined(__x86_64__) && !defined(__aarch64__))
#error "plumb::rt knows the stacks of Linux on x86-64 and AArch64"
#endif

namespace plumb::rt::detail {

/// Those with which a stack goes on.
struct SavedRegisters {
  std::uintptr_t pc = 0;
  std::uintptr_t sp = 0;
  std::uintptr_t frame = 0;  ///< rbp or x29
  std::uintptr_t link = 0;   ///< x30, where a call leaves the return address; 0: not known.
};

#if defined(__x86_64__)

/// As they are called in call frame information.
inline constexpr std::uint64_t kFrameRegister = 6;
inline constexpr std::uint64_t kStackRegister = 7;
inline constexpr std::uint64_t kReturnRegister = 16;
/// True if a call leaves the return address on the stack; false: in `link`.
inline constexpr bool kCallsPush = true;

/// Those of a thread that a signal interrupted.
inline SavedRegisters registers_of(const ucontext_t& context) {
  const auto& registers = context.uc_mcontext.gregs;
  return {static_cast<std::uintptr_t>(registers[REG_RIP]),
          static_cast<std::uintptr_t>(registers[REG_RSP]),
          static_cast<std::uintptr_t>(registers[REG_RBP])};
}

/// Those of the caller.
[[gnu::always_inline]] inline SavedRegisters registers_here() {
  SavedRegisters here;
  asm volatile("leaq 0f(%%rip), %0\n0:\tmovq %%rsp, %1\n\tmovq %%rbp, %2"
               : "=r"(here.pc), "=r"(here.sp), "=r"(here.frame));
  return here;
}

/// The return address without what a processor signed it with.
inline std::uintptr_t plain_address(std::uintptr_t address) {
  return address;
}

#else

inline constexpr std::uint64_t kFrameRegister = 29;
inline constexpr std::uint64_t kStackRegister = 31;
inline constexpr std::uint64_t kReturnRegister = 30;
inline constexpr bool kCallsPush = false;

inline SavedRegisters registers_of(const ucontext_t& context) {
  const auto& registers = context.uc_mcontext;
  return {registers.pc, registers.sp, registers.regs[29], registers.regs[30]};
}

[[gnu::always_inline]] inline SavedRegisters registers_here() {
  SavedRegisters here;
  asm volatile("adr %0, .\n\tmov %1, sp\n\tmov %2, x29"
               : "=&r"(here.pc), "=&r"(here.sp), "=&r"(here.frame));
  return here;
}

inline std::uintptr_t plain_address(std::uintptr_t address) {
  register std::uintptr_t x30 asm("x30") = address;
  asm("hint #7" : "+r"(x30));  // xpaclri, which does nothing on processors that sign nothing.
  return x30;
}

#endif

}  // namespace plumb::rt::detail
