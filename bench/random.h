// SPDX-License-Identifier: Apache-2.0
// Random numbers of the generators: the same ones everywhere, unlike those of <random>.

#pragma once

#include <cmath>
#include <cstdint>

/// Scrambles all bits of `x` (the finalizer of SplitMix64).
inline std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

/// SplitMix64 (Steele, Lea, Flood 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return mix(state_ += 0x9E3779B97F4A7C15U); }
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(next() % bound); }
  bool percent(std::uint32_t share) { return below(100) < share; }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  /// Below `bound`, the small ones more often.
  std::uint32_t skewed(std::uint32_t bound, int power) {
    return static_cast<std::uint32_t>(bound * std::pow(unit(), power));
  }

 private:
  std::uint64_t state_;
};
