// SPDX-License-Identifier: Apache-2.0
// Field numbers of message Profile in profile.proto.

#pragma once

#include <cstdint>

#include "formats/proto_wire.h"

namespace plumb::proto {

inline constexpr std::uint64_t kSampleType = 1;
inline constexpr std::uint64_t kSample = 2;
inline constexpr std::uint64_t kMapping = 3;
inline constexpr std::uint64_t kLocation = 4;
inline constexpr std::uint64_t kFunction = 5;
inline constexpr std::uint64_t kStringTable = 6;
inline constexpr std::uint64_t kDropFrames = 7;
inline constexpr std::uint64_t kKeepFrames = 8;
inline constexpr std::uint64_t kTimeNanos = 9;
inline constexpr std::uint64_t kDurationNanos = 10;
inline constexpr std::uint64_t kPeriodType = 11;
inline constexpr std::uint64_t kPeriod = 12;
inline constexpr std::uint64_t kComment = 13;
inline constexpr std::uint64_t kDefaultSampleType = 14;
inline constexpr std::uint64_t kDocUrl = 15;

/// The wire type of a field of Profile (of `comment`, the unpacked one).
inline constexpr std::uint64_t wire_type(std::uint64_t number) {
  return number <= kStringTable || number == kPeriodType ? kWireBytes : kWireVarint;
}

}  // namespace plumb::proto
