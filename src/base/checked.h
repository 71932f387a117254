// SPDX-License-Identifier: Apache-2.0
// Arithmetic on untrusted integers: sums saturate instead of overflowing.

#pragma once

#include <cstdint>
#include <limits>

namespace plumb {

/// a + b, or the nearest representable value.
inline std::int64_t add_saturating(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<std::int64_t>::max()
               : std::numeric_limits<std::int64_t>::min();
}

/// a + b modulo 2^64, as Go adds. Use it where the numbers must equal pprof's.
inline std::int64_t add_wrapping(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

/// a - b modulo 2^64, as Go subtracts.
inline std::int64_t subtract_wrapping(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

/// |a|; the smallest integer, which has no positive twin, stays as it is, as in Go.
inline std::int64_t abs_wrapping(std::int64_t a) {
  return a < 0 ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(a)) : a;
}

/// |a|, or the nearest representable value.
inline std::int64_t abs_saturating(std::int64_t a) {
  return a == std::numeric_limits<std::int64_t>::min() ? std::numeric_limits<std::int64_t>::max()
                                                       : abs_wrapping(a);
}

/// a / b as Go divides: towards zero, and the smallest integer by -1 is itself. Requires: b != 0.
inline std::int64_t divide_wrapping(std::int64_t a, std::int64_t b) {
  return b == -1 ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(a)) : a / b;
}

}  // namespace plumb
