// SPDX-License-Identifier: Apache-2.0
// Whatever a heap text says: what is read of it is consistent.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "formats/heap_text.h"
#include "fuzz/require_profile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  plumb::fuzz::require_readable(text, plumb::looks_like_heap_text, plumb::read_heap_text);
  return 0;
}
