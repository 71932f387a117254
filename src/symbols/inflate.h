// SPDX-License-Identifier: Apache-2.0
// Whole compressed sections: zlib (every compiler) and zstd (binutils 2.40 and later on request).

#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.h"

namespace plumb {

/// Inflates a zlib stream (RFC 1950) that must fill `out` exactly. Errors: Malformed.
Result<void> inflate_zlib(std::string_view compressed, std::span<char> out);

/// Inflates a zstd frame that must fill `out` exactly. Errors: Malformed; Io if there is no libzstd
/// on this machine.
Result<void> inflate_zstd(std::string_view compressed, std::span<char> out);

}  // namespace plumb
