// SPDX-License-Identifier: Apache-2.0
// Hexadecimal numbers, eight digits a step: the arithmetic works on all bytes of a word at once.

#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace plumb {

/// Bytes behind the number that read_hex_digits() may read and ignore.
inline constexpr std::size_t kHexSlackBytes = 8;

namespace hex_detail {

constexpr std::uint64_t kOnes = 0x0101010101010101u;
constexpr std::uint64_t kHighBits = 0x80 * kOnes;

/// The eight bytes at `at`, the first in the lowest byte.
inline std::uint64_t load(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

/// How many bytes at the front are 0-9 or a-f. A byte plus (0x80 - x) has its high bit set if the
/// byte is at least x; without high bits in the terms no sum carries into the next byte.
inline unsigned count_digits(std::uint64_t word) {
  const std::uint64_t low = word & ~kHighBits;
  const std::uint64_t decimals = (low + (0x80 - '0') * kOnes) & ~(low + (0x80 - ('9' + 1)) * kOnes);
  const std::uint64_t letters = (low + (0x80 - 'a') * kOnes) & ~(low + (0x80 - ('f' + 1)) * kOnes);
  const std::uint64_t others = (~(decimals | letters) | word) & kHighBits;
  return others == 0 ? 8 : static_cast<unsigned>(std::countr_zero(others)) / 8;
}

/// The number that the first `count` bytes stand for. Requires: 1 <= count <= 8.
inline std::uint64_t value_of(std::uint64_t word, unsigned count) {
  std::uint64_t digits = (word & 0x0F * kOnes) + 9 * (word >> 6 & kOnes);
  digits <<= 64 - 8 * count;  // Zeros in front, which stand for zeros.
  digits = (digits << 4 | digits >> 8) & 0x00FF00FF00FF00FFu;
  digits = (digits << 8 | digits >> 16) & 0x0000FFFF0000FFFFu;
  return (digits << 16 | digits >> 32) & 0xFFFFFFFFu;
}

}  // namespace hex_detail

/// Reads up to 16 lower-case digits at `at` into `value` and returns what follows them; `at` itself
/// if there is none. Requires: kHexSlackBytes readable bytes behind them.
inline const char* read_hex_digits(const char* at, std::uint64_t& value) {
  std::uint64_t word = hex_detail::load(at);
  unsigned count = hex_detail::count_digits(word);
  if (count == 0) return at;
  value = hex_detail::value_of(word, count);
  if (count < 8) return at + count;
  at += 8;
  word = hex_detail::load(at);
  count = hex_detail::count_digits(word);
  if (count != 0) value = value << 4 * count | hex_detail::value_of(word, count);
  return at + count;
}

}  // namespace plumb
