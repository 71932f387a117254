// SPDX-License-Identifier: Apache-2.0
// Random numbers for tests: the same on every machine, told by a seed.

#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

namespace plumb::test {

/// `runs`, or fewer where a sanitizer makes each of them slow.
constexpr std::uint32_t fewer_if_slow(std::uint32_t runs) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return runs / 8;
#else
  return runs;
#endif
}

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}

  /// A number from 0 to `end` - 1. Requires: end > 0.
  std::uint32_t below(std::size_t end) { return static_cast<std::uint32_t>(engine_() % end); }

  /// True in `percent` of 100 throws.
  bool chance(std::uint32_t percent) { return below(100) < percent; }

  /// Mostly small, sometimes of any size.
  std::uint64_t number() {
    const std::uint64_t wide = std::uint64_t{engine_()} << 32 | engine_();
    return wide >> (chance(80) ? 50 + below(14) : below(64));
  }

  template <typename T>
  const T& pick(const T* items, std::size_t count) {
    return items[below(count)];
  }

 private:
  std::mt19937 engine_;
};

}  // namespace plumb::test
