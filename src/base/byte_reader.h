// SPDX-License-Identifier: Apache-2.0
// ByteReader: a bounds-checked cursor over borrowed bytes, with sticky failure.
//
// Primitive reads never fail loudly: after the first bad read the reader is at its end, yields
// zeros and remembers where it went wrong. Parsers therefore read a whole record plainly and ask
// ok() once at the record's boundary.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace plumb {

class ByteReader {
 public:
  /// `bytes` must outlive the reader and every view it returns. `origin` is the offset in the input
  /// of bytes[0]; errors report input offsets, also from nested records.
  explicit ByteReader(std::string_view bytes, std::uint64_t origin = 0)
      : bytes_(bytes), origin_(origin) {}

  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] bool at_end() const { return failed_ || pos_ == bytes_.size(); }
  [[nodiscard]] std::uint64_t offset() const { return origin_ + pos_; }
  [[nodiscard]] std::size_t position() const { return pos_; }

  /// Reads a base-128 varint of at most 10 bytes; higher bits are dropped, as in Go's decoder.
  /// Source: https://protobuf.dev/programming-guides/encoding/#varints
  std::uint64_t varint() {
    if (!at_end()) {  // Most are one byte.
      const auto byte = static_cast<std::uint8_t>(bytes_[pos_]);
      if (byte < 0x80) return ++pos_, byte;
    }
    return long_varint();
  }

  /// Returns the next `count` bytes without copying, or an empty view on failure.
  std::string_view take(std::uint64_t count) {
    if (!ok() || count > bytes_.size() - pos_) {
      return fail(ErrorCode::Truncated), std::string_view{};
    }
    const std::string_view view = bytes_.substr(pos_, static_cast<std::size_t>(count));
    pos_ += static_cast<std::size_t>(count);
    return view;
  }

  /// Returns a reader over the next `count` bytes, which this reader skips. Offsets carry on.
  ByteReader nested(std::uint64_t count) {
    const std::uint64_t start = offset();
    return ByteReader(take(count), start);
  }

  /// Requires: !ok().
  [[nodiscard]] Error error() const {
    const bool truncated = code_ == ErrorCode::Truncated;
    return Error(code_, truncated ? "input ends inside a field" : "varint exceeds 10 bytes")
        .at(offset());
  }

 private:
  std::uint64_t long_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      if (at_end()) return fail(ErrorCode::Truncated), 0;
      const auto byte = static_cast<std::uint8_t>(bytes_[pos_++]);
      if (shift < 64) value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
    return fail(ErrorCode::Malformed), 0;
  }

  void fail(ErrorCode code) {
    if (failed_) return;  // The first failure wins.
    failed_ = true;
    code_ = code;
  }

  std::string_view bytes_;  // Borrowed.
  std::uint64_t origin_;
  std::size_t pos_ = 0;
  bool failed_ = false;
  ErrorCode code_ = ErrorCode::Truncated;  // Meaningful once failed_.
};

}  // namespace plumb
