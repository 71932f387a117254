// SPDX-License-Identifier: Apache-2.0
// Hashing of short byte strings and integers by one 64x64->128 bit multiplication per 16 bytes (the
// method of wyhash, https://github.com/wangyi-fudan/wyhash), under a seed that differs from run to
// run, so that no input can be made to collide. Output never depends on the order of a table.

#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace plumb {

__extension__ using Uint128 = unsigned __int128;

/// Mixes two words into one that depends on every bit of both.
inline std::uint64_t hash_mix(std::uint64_t a, std::uint64_t b) {
  const Uint128 product = static_cast<Uint128>(a ^ 0x9E3779B97F4A7C15u) * (b ^ 0xE7037ED1A0B428DBu);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

extern const std::uint64_t kHashSeed;  ///< Random for each run of the program.

inline std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed = kHashSeed) {
  const char* p = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t hash = seed ^ (left * 0xA0761D6478BD642Fu);
  const auto load = [](const char* from, std::size_t count) {
    std::uint64_t word = 0;
    if (count != 0) std::memcpy(&word, from, count);
    return word;
  };
  for (; left > 16; p += 16, left -= 16) {
    hash = hash_mix(load(p, 8) ^ hash, load(p + 8, 8));
  }
  if (left >= 8) return hash_mix(load(p, 8) ^ hash, load(p + left - 8, 8) ^ left);
  return hash_mix(load(p, left) ^ hash, left);
}

}  // namespace plumb
