// SPDX-License-Identifier: Apache-2.0
// BinaryReader: a bounds-checked cursor over the bytes of a binary, in the binary's byte order.
//
// As ByteReader: failure is sticky, reads after it yield zeros, and a parser asks ok() once for
// each record. It may be sent anywhere, because tables of binaries point into each other.

#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace plumb {

enum class ByteOrder : std::uint8_t { Little, Big };

class BinaryReader {
 public:
  static constexpr std::size_t kMaxStringBytes = std::size_t{64} << 10;

  BinaryReader() = default;
  /// `bytes` must outlive the reader and every view that it returns.
  BinaryReader(std::string_view bytes, ByteOrder order, std::uint64_t position = 0)
      : bytes_(bytes), order_(order) {
    seek(position);
  }

  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] bool at_end() const { return position_ == bytes_.size(); }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - position_; }
  [[nodiscard]] ByteOrder order() const { return order_; }

  void seek(std::uint64_t position) {
    if (position > bytes_.size()) return fail();
    position_ = static_cast<std::size_t>(position);
  }

  void skip(std::uint64_t count) {
    if (count > left()) return fail();
    position_ += static_cast<std::size_t>(count);
  }

  std::uint8_t u8() { return fixed<std::uint8_t>(); }
  std::uint16_t u16() { return fixed<std::uint16_t>(); }
  std::uint32_t u32() { return fixed<std::uint32_t>(); }
  std::uint64_t u64() { return fixed<std::uint64_t>(); }

  std::uint32_t u24() {
    const std::uint32_t a = u8();
    const std::uint32_t b = u8();
    const std::uint32_t c = u8();
    return order_ == ByteOrder::Little ? a | b << 8 | c << 16 : a << 16 | b << 8 | c;
  }

  /// An unsigned integer of 1, 2, 4 or 8 bytes; any other size fails.
  std::uint64_t unsigned_of(unsigned size_bytes) {
    switch (size_bytes) {
      case 1:
        return u8();
      case 2:
        return u16();
      case 4:
        return u32();
      case 8:
        return u64();
      default:
        return fail(), 0;
    }
  }

  /// LEB128 of any length; bits beyond the 64th are dropped.
  std::uint64_t uleb() {
    if (position_ < bytes_.size()) {  // Most are one byte.
      const auto byte = static_cast<std::uint8_t>(bytes_[position_]);
      if (byte < 0x80) return ++position_, byte;
    }
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const std::uint64_t byte = u8();
      if (shift < 64) value |= (byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
  }

  std::int64_t sleb() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;;) {
      const std::uint64_t byte = u8();
      if (shift < 64) value |= (byte & 0x7F) << shift;
      shift += 7;
      if (byte >= 0x80) continue;
      if (shift < 64 && (byte & 0x40) != 0) value |= ~std::uint64_t{0} << shift;
      return static_cast<std::int64_t>(value);
    }
  }

  void skip_leb() {
    while (u8() >= 0x80) {
    }
  }

  /// Up to the next zero byte, which is skipped and must come within `most` bytes: many offsets of
  /// a table may lead to one long string.
  std::string_view c_string(std::size_t most = kMaxStringBytes) {
    if (left() == 0) return fail(), std::string_view{};
    const void* const end =
        std::memchr(bytes_.data() + position_, 0, left() < most ? left() : most);
    if (end == nullptr) return fail(), std::string_view{};
    const auto size =
        static_cast<std::size_t>(static_cast<const char*>(end) - (bytes_.data() + position_));
    const std::string_view text = bytes_.substr(position_, size);
    position_ += size + 1;
    return text;
  }

  std::string_view take(std::uint64_t count) {
    if (count > left()) return fail(), std::string_view{};
    const std::string_view view = bytes_.substr(position_, static_cast<std::size_t>(count));
    position_ += static_cast<std::size_t>(count);
    return view;
  }

  /// After a failure the reader stands at the end, so that loops over it end.
  void fail() {
    failed_ = true;
    position_ = bytes_.size();
  }

 private:
  template <typename Int>
  Int fixed() {
    if (sizeof(Int) > left()) return fail(), Int{0};
    Int value{};
    std::memcpy(&value, bytes_.data() + position_, sizeof(Int));
    position_ += sizeof(Int);
    const bool is_native =
        (std::endian::native == std::endian::little) == (order_ == ByteOrder::Little);
    return is_native ? value : swapped(value);
  }

  static std::uint8_t swapped(std::uint8_t value) { return value; }
  static std::uint16_t swapped(std::uint16_t value) { return __builtin_bswap16(value); }
  static std::uint32_t swapped(std::uint32_t value) { return __builtin_bswap32(value); }
  static std::uint64_t swapped(std::uint64_t value) { return __builtin_bswap64(value); }

  std::string_view bytes_;
  std::size_t position_ = 0;
  ByteOrder order_ = ByteOrder::Little;
  bool failed_ = false;
};

}  // namespace plumb
