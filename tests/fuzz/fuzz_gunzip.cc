// SPDX-License-Identifier: Apache-2.0
// Any bytes as gzip: inflating them ends, within the limits, in the same text or the same error
// whatever the sizes of the reads and of the buffers, and zlib's gzip agrees on what is right.

#include <libdeflate.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/gunzip.h"
#include "support/step_source.h"

namespace {

using namespace plumb;

constexpr std::size_t kMaxText = std::size_t{256} << 10;

void require(bool condition) {
  if (!condition) std::abort();
}

Result<std::string> inflate(std::string_view bytes, std::size_t step, std::size_t buffer_bytes) {
  Limits limits;
  limits.inflated_bytes = kMaxText;
  GunzipSource source(std::make_unique<test::StepSource>(std::string(bytes), step), limits);
  std::string buffer(buffer_bytes, '\0');
  std::string text;
  for (;;) {
    const auto count = source.read(buffer);
    if (!count) return count.error();
    if (*count == 0) return text;
    text.append(buffer, 0, *count);
  }
}

// What libdeflate makes of the members, one after the other; false if one is wrong.
bool inflate_members(std::string_view bytes, std::string& text) {
  libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
  std::string member(kMaxText, '\0');
  bool is_right = true;
  while (is_right && !bytes.empty()) {
    std::size_t used = 0;
    std::size_t made = 0;
    is_right =
        libdeflate_gzip_decompress_ex(decompressor, bytes.data(), bytes.size(), member.data(),
                                      member.size(), &used, &made) == LIBDEFLATE_SUCCESS;
    if (!is_right) break;
    text.append(member, 0, made);
    bytes.remove_prefix(used);
  }
  libdeflate_free_decompressor(decompressor);
  return is_right;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = inflate(bytes, SIZE_MAX, std::size_t{64} << 10);
  if (bytes.size() < 1000) {
    const auto in_steps = inflate(bytes, 1, 700);
    require(in_steps.has_value() == whole.has_value());
    if (whole) require(*in_steps == *whole);
  }
  std::string expected;
  if (!bytes.empty() && inflate_members(bytes, expected) && expected.size() < kMaxText) {
    require(whole.has_value() && *whole == expected);
  }
  return 0;
}
