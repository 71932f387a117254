// SPDX-License-Identifier: Apache-2.0
// Numbers of the older texts of pprof, read and reckoned as Go does, so that they come out equal.
//
// Source: legacy_profile.go of https://github.com/google/pprof.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plumb {

/// Parses an integer as Go's strconv.ParseInt() with base 0: "42", "-7", "0x2a", "0b11", "0o17",
/// "017". Underscores between digits are not read.
std::optional<std::int64_t> parse_go_int(std::string_view text);

/// The integer part of `value` as Go on amd64 has it: the smallest integer if it does not fit.
std::int64_t go_int64(double value);

/// a * b modulo 2^64, as Go multiplies.
inline std::int64_t multiply_wrapping(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

/// Objects and their bytes.
struct HeapValues {
  std::int64_t count = 0;
  std::int64_t size = 0;

  friend bool operator==(HeapValues, HeapValues) = default;
};

/// What was allocated, estimated from what was sampled: an allocation of S bytes is sampled with
/// the probability 1 - exp(-S / rate). A rate of at most 1 means that everything was.
HeapValues unsample_heap(HeapValues sampled, std::int64_t rate);

/// Appends the numbers like `0x48d66e` in `text`, whatever stands between them, to `addresses`.
///
/// Errors: Malformed for a number of more than 64 bits.
Result<void> read_hex_addresses(std::string_view text, std::vector<std::uint64_t>& addresses);

}  // namespace plumb
