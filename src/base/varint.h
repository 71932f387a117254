// SPDX-License-Identifier: Apache-2.0
// Base-128 varints (https://protobuf.dev/programming-guides/encoding/#varints) in memory that this
// program wrote itself. Untrusted input goes through ByteReader, which checks every byte.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace plumb {

/// Appends `value` in 1 to 10 bytes.
template <typename Bytes>
void append_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) {
    out.push_back(static_cast<typename Bytes::value_type>(value | 0x80));
  }
  out.push_back(static_cast<typename Bytes::value_type>(value));
}

inline constexpr std::size_t kMaxVarintBytes = 10;

/// Writes `value` to `out` and returns where it ends. Requires: room for kMaxVarintBytes.
inline std::uint8_t* write_varint(std::uint8_t* out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) *out++ = static_cast<std::uint8_t>(value | 0x80);
  *out++ = static_cast<std::uint8_t>(value);
  return out;
}

/// Reads one varint and moves `at` behind it. Requires: a whole varint of ours stands there.
inline std::uint64_t read_varint_trusted(const std::uint8_t*& at) {
  std::uint64_t value = *at++;
  if (value < 0x80) return value;
  value &= 0x7F;
  for (unsigned shift = 7;; shift += 7) {
    const std::uint64_t byte = *at++;
    value |= (byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
}

/// How many of the eight bytes of `word` end a varint: those whose top bit is clear. A product sums
/// the bits up, as not every processor counts them in one instruction.
inline std::uint32_t count_varint_ends(std::uint64_t word) {
  constexpr std::uint64_t kLowBits = 0x0101010101010101;
  return static_cast<std::uint32_t>((~word >> 7 & kLowBits) * kLowBits >> 56);
}

}  // namespace plumb
