// SPDX-License-Identifier: Apache-2.0
// Cheap random numbers, one sequence for each thread.

#pragma once

#include <cstddef>
#include <cstdint>

namespace plumb::rt::detail {

/// xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators").
inline std::uint64_t random_word() {
  static thread_local std::uint64_t state = reinterpret_cast<std::uintptr_t>(&state) | 1;
  state ^= state >> 12u;
  state ^= state << 25u;
  state ^= state >> 27u;
  return state * 0x2545F4914F6CDD1Dull;
}

/// Requires: `count` > 0 and < 2^32.
inline std::size_t random_below(std::size_t count) {
  return static_cast<std::size_t>((random_word() >> 32u) * count >> 32u);
}

}  // namespace plumb::rt::detail
