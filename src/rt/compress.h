// SPDX-License-Identifier: Apache-2.0
// gzip for the answers of the debug server, by libdeflate: the library is linked into programs of
// others, and of ISA-L Debian has no archive.

#pragma once

#include <string>
#include <string_view>

namespace plumb::rt {

/// `text` as one gzip member. Throws std::bad_alloc.
std::string gzip(std::string_view text);

}  // namespace plumb::rt
