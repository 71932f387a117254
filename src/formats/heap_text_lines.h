// SPDX-License-Identifier: Apache-2.0
// The lines of a heap text, one parser each. All views are into the line. As in pprof, anything may
// stand in front of what is looked for and behind it.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace plumb {

/// `heap profile: 7: 458752 [270: 17694720] @ heap/1048576`
struct HeapHeader {
  std::optional<std::int64_t> inuse_count;  ///< Nothing if it is not a 64-bit number.
  std::optional<std::int64_t> alloc_count;
  bool has_alloc = false;   ///< Allocated and in use differ: both are to be shown.
  bool is_sampled = false;  ///< The values are samples, taken every `period` bytes.
  std::int64_t period = 0;
};

/// Parses a header line; nothing on any other line, or for a kind that is not known.
std::optional<HeapHeader> parse_heap_header(std::string_view line);

/// Digits, with a minus in front where the text may have it.
struct HeapNumbers {
  std::string_view count;
  std::string_view size;
};

/// `1: 448 [1: 448] @ 0x48b1f1 0x4196c5`
struct HeapSample {
  HeapNumbers inuse;
  HeapNumbers alloc;
  std::string_view addresses;
};

/// Finds the first sample in a line. Complexity: O(line).
std::optional<HeapSample> match_heap_sample(std::string_view line);

}  // namespace plumb
