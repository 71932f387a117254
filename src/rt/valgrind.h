// SPDX-License-Identifier: Apache-2.0
// What valgrind needs to be told. Its headers are not needed to build the library.
//
// A request is a sequence of instructions that does nothing on a processor, and that valgrind
// knows. Source: the manual of valgrind, "The Client Request mechanism", and valgrind/valgrind.h.

#pragma once

#include <array>
#include <cstdint>

namespace plumb::rt::detail {

/// [low, high) is a stack: to go there or away from there is no frame of megabytes.
inline void register_stack_with_valgrind(const void* low, const void* high) {
  constexpr std::uint64_t kRegisterStack = 0x1501;
  const std::array<std::uint64_t, 6> request = {
      kRegisterStack, reinterpret_cast<std::uint64_t>(low), reinterpret_cast<std::uint64_t>(high)};
#if defined(__x86_64__)
  std::uint64_t answer = 0;
  asm volatile(
      "rolq $3, %%rdi\n\trolq $13, %%rdi\n\trolq $61, %%rdi\n\trolq $51, %%rdi\n\t"
      "xchgq %%rbx, %%rbx"
      : "+d"(answer)
      : "a"(request.data())
      : "cc", "memory");
#else
  asm volatile(
      "mov x3, #0\n\tmov x4, %0\n\t"
      "ror x12, x12, #3\n\tror x12, x12, #13\n\tror x12, x12, #51\n\tror x12, x12, #61\n\t"
      "orr x10, x10, x10"
      :
      : "r"(request.data())
      : "cc", "memory", "x3", "x4");
#endif
}

}  // namespace plumb::rt::detail
