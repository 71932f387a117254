// SPDX-License-Identifier: Apache-2.0
// Messages of the protobuf wire format, field by field: right ones and wrong ones.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/varint.h"

namespace plumb::test {

/// The bytes of `value` as a varint.
inline std::string varint(std::uint64_t value) {
  std::string bytes;
  append_varint(bytes, value);
  return bytes;
}

class ProtoMessage {
 public:
  ProtoMessage() = default;

  ProtoMessage& number(std::uint64_t field, std::uint64_t value) {
    return raw(varint(field << 3) + varint(value));
  }
  ProtoMessage& bytes(std::uint64_t field, std::string_view value) {
    raw(varint(field << 3 | 2) + varint(value.size()));
    return raw(value);
  }
  ProtoMessage& message(std::uint64_t field, const ProtoMessage& value) {
    return bytes(field, value.text());
  }
  ProtoMessage& packed(std::uint64_t field, const std::vector<std::uint64_t>& values) {
    std::string joined;
    for (const std::uint64_t value : values) append_varint(joined, value);
    return bytes(field, joined);
  }
  ProtoMessage& unpacked(std::uint64_t field, const std::vector<std::uint64_t>& values) {
    for (const std::uint64_t value : values) number(field, value);
    return *this;
  }
  /// A field of 8 bytes.
  ProtoMessage& fixed64(std::uint64_t field) {
    return raw(varint(field << 3 | 1)).raw("\1\2\3\4\5\6\7\x8");
  }
  /// A field of 4 bytes.
  ProtoMessage& fixed32(std::uint64_t field) { return raw(varint(field << 3 | 5)).raw("\1\2\3\4"); }
  ProtoMessage& raw(std::string_view more) {
    text_ += more;
    return *this;
  }
  ProtoMessage& append(const ProtoMessage& more) { return raw(more.text_); }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace plumb::test
