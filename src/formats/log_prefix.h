// SPDX-License-Identifier: Apache-2.0
// Count profiles that went through a log, which put a prefix on each line.
//
//   2024-11-22T20:05:06Z app[7]: goroutine profile: total 173
//   2024-11-22T20:05:06Z app[7]: 151 @ 0x48d66e 0x41099c

#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace plumb {

/// The line of a count profile that stands in `line` behind a prefix. In the header's line the
/// prefix has `prefix_bytes` bytes; elsewhere it may be longer or shorter. Nothing if this line
/// comes from somebody else.
std::optional<std::string_view> strip_log_prefix(std::string_view line, std::size_t prefix_bytes);

}  // namespace plumb
