// SPDX-License-Identifier: Apache-2.0
// gzip members for tests, made by hand where a library would make only one kind (RFC 1952).

#pragma once

#include <libdeflate.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace plumb::test {

inline std::string little_endian32(std::uint32_t value) {
  std::string bytes;
  for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

/// `text` as a raw deflate stream.
inline std::string deflate(std::string_view text, int level = 6) {
  libdeflate_compressor* const compressor = libdeflate_alloc_compressor(level);
  std::string out(libdeflate_deflate_compress_bound(compressor, text.size()), '\0');
  out.resize(
      libdeflate_deflate_compress(compressor, text.data(), text.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

/// What stands behind the deflate stream of a member: CRC and length.
inline std::string gzip_trailer(std::string_view text) {
  return little_endian32(libdeflate_crc32(0, text.data(), text.size())) +
         little_endian32(static_cast<std::uint32_t>(text.size()));
}

/// The ten bytes in front of a member, with the given flags.
inline std::string gzip_header(char flags = 0) {
  return {'\x1f', '\x8b', 8, flags, 0, 0, 0, 0, 0, '\xff'};
}

/// `text` as one gzip member. Level 0 stores it.
inline std::string gzip(std::string_view text, int level = 6) {
  return gzip_header() + deflate(text, level) + gzip_trailer(text);
}

}  // namespace plumb::test
