// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4) and Base64 (RFC 4648): what a page says about the script it carries.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace plumb {

/// Complexity: linear; some hundred megabytes a second, for texts that are no secret.
std::array<std::uint8_t, 32> sha256(std::string_view bytes);

/// With padding.
std::string base64(std::string_view bytes);

}  // namespace plumb
