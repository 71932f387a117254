// SPDX-License-Identifier: Apache-2.0
// Samples and locations of profile.proto in the form that nearly all writers give them: the fields
// in the order of their numbers, of a sample the locations packed. Read in a third of the time that
// any order of fields takes.
//
// Records that have another form, or are wrong, are to be read field by field. All readers require
// Window::kSlackBytes readable bytes behind the record.

#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "formats/profile_proto_fields.h"
#include "formats/proto_wire.h"

namespace plumb {

struct PlainSample {
  static constexpr std::size_t kMostValues = 8;

  std::string_view locations;  ///< Packed, and not looked at.
  std::size_t value_count = 0;
  std::array<std::int64_t, kMostValues> values;
  std::string_view labels;  ///< Their fields, to be read one by one.
};

/// Reads a varint of at most 8 bytes without a branch on its length. Returns what is behind it;
/// null if it is longer. Requires: 8 readable bytes.
inline const std::uint8_t* read_short_varint(const std::uint8_t* at, std::int64_t& value) {
  constexpr std::uint64_t kTopBits = 0x8080808080808080;
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  const std::uint64_t ends = ~word & kTopBits;
  word &= (ends ^ (ends - 1)) & ~kTopBits;
  word = (word & 0x007F007F007F007F) | (word & 0x7F007F007F007F00) >> 1;
  word = (word & 0x00003FFF00003FFF) | (word & 0x3FFF00003FFF0000) >> 2;
  word = (word & 0x000000000FFFFFFF) | (word & 0x0FFFFFFF00000000) >> 4;
  value = static_cast<std::int64_t>(word);
  return ends == 0 ? nullptr : at + std::countr_zero(ends) / 8 + 1;
}

/// If a field with this key begins at `at`, returns where its bytes begin, and sets `size`; null if
/// not, or if it is 16 KB or longer. Requires: 3 readable bytes.
inline const std::uint8_t* read_short_head(const std::uint8_t* at, std::uint64_t key,
                                           std::ptrdiff_t& size) {
  const bool is_long = at[1] >= 0x80;
  if (*at != key || (is_long && at[2] >= 0x80)) return nullptr;
  size = is_long ? (at[1] & 0x7F) | at[2] << 7 : at[1];
  return at + (is_long ? 3 : 2);
}

/// Reads a Sample record. False if it has another form.
inline bool read_plain_sample(std::string_view record, PlainSample& sample) {
  constexpr auto kLocations = 1 << 3 | kWireBytes;
  constexpr auto kValue = 2 << 3 | kWireVarint;
  constexpr auto kValues = 2 << 3 | kWireBytes;
  constexpr auto kLabel = 3 << 3 | kWireBytes;
  const auto* at = reinterpret_cast<const std::uint8_t*>(record.data());
  const std::uint8_t* const end = at + record.size();
  std::ptrdiff_t size = 0;
  at = read_short_head(at, kLocations, size);
  if (at == nullptr || size > end - at) return false;
  sample.locations = {reinterpret_cast<const char*>(at), static_cast<std::size_t>(size)};
  at += size;

  std::size_t count = 0;
  if (const std::uint8_t* value = read_short_head(at, kValues, size); value != nullptr) {
    at = value + size;
    while (value != nullptr && value < at && count < PlainSample::kMostValues) {
      value = read_short_varint(value, sample.values[count++]);
    }
    if (value != at) return false;
  } else {
    for (; at < end && *at == kValue; ++count) {
      if (count == PlainSample::kMostValues) return false;
      at = read_short_varint(at + 1, sample.values[count]);
      if (at == nullptr) return false;
    }
  }
  sample.value_count = count;
  if (at <= end) sample.labels = record.substr(record.size() - static_cast<std::size_t>(end - at));
  while (at < end) {
    at = read_short_head(at, kLabel, size);
    if (at == nullptr) return false;
    at += size;
  }
  return at == end;
}

/// Calls `use(PlainSample) -> bool` for the samples of this form that `bytes`, fields of a profile,
/// begin with, until it returns false. Returns how many bytes those take that were of use.
template <typename Use>
std::size_t take_plain_samples(std::string_view bytes, Use&& use) {
  const auto* const begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const std::uint8_t* const end = begin + bytes.size();
  const std::uint8_t* at = begin;
  PlainSample sample;
  std::ptrdiff_t size = 0;
  while (at < end) {
    const std::uint8_t* const record = read_short_head(at, proto::kSample << 3 | kWireBytes, size);
    if (record == nullptr || size > end - record) break;
    const auto length = static_cast<std::size_t>(size);
    if (!read_plain_sample({reinterpret_cast<const char*>(record), length}, sample)) break;
    if (!use(sample)) break;
    at = record + size;
  }
  return static_cast<std::size_t>(at - begin);
}

struct PlainLocation {
  static constexpr std::size_t kMostLines = 8;
  struct Line {
    std::int64_t function = 0;
    std::int64_t line = 0;
    std::int64_t column = 0;
  };

  // Not negative; 0 if it is not there.
  std::int64_t id = 0;
  std::int64_t mapping = 0;
  std::int64_t address = 0;
  std::size_t line_count = 0;
  std::array<Line, kMostLines> lines;
};

/// Takes the number of the field with this key, if it stands at `at`. Returns what is behind it, or
/// `at`; null if it is longer than 8 bytes. Null stays null.
inline const std::uint8_t* take_number(const std::uint8_t* at, const std::uint8_t* end,
                                       std::uint64_t key, std::int64_t& value) {
  return at == nullptr || at >= end || *at != key ? at : read_short_varint(at + 1, value);
}

/// Reads a Location record. False if it has another form.
inline bool read_plain_location(std::string_view record, PlainLocation& location) {
  constexpr auto kNumber = [](std::uint64_t field) { return field << 3 | kWireVarint; };
  constexpr auto kLine = 4 << 3 | kWireBytes;
  const auto* at = reinterpret_cast<const std::uint8_t*>(record.data());
  const std::uint8_t* const end = at + record.size();
  location.id = location.mapping = location.address = 0;
  at = take_number(at, end, kNumber(1), location.id);
  at = take_number(at, end, kNumber(2), location.mapping);
  at = take_number(at, end, kNumber(3), location.address);
  std::size_t count = 0;
  while (at != nullptr && at < end && count < PlainLocation::kMostLines) {
    std::ptrdiff_t size = 0;
    at = read_short_head(at, kLine, size);
    if (at == nullptr) return false;
    const std::uint8_t* const line_end = at + size;
    PlainLocation::Line& line = location.lines[count++];
    line = {};
    at = take_number(at, line_end, kNumber(1), line.function);
    at = take_number(at, line_end, kNumber(2), line.line);
    at = take_number(at, line_end, kNumber(3), line.column);
    if (at != line_end) return false;
  }
  location.line_count = count;
  return at == end;
}

}  // namespace plumb
