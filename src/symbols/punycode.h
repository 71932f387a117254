// SPDX-License-Identifier: Apache-2.0
// Punycode (RFC 3492) with "_" for "-": how Rust writes names that are not ASCII.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plumb {

/// The text in UTF-8, or nothing if `text` is not punycode.
std::optional<std::string> decode_punycode(std::string_view text);

}  // namespace plumb
