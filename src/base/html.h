// SPDX-License-Identifier: Apache-2.0
// Text of the input inside of HTML, SVG and XML.

#pragma once

#include <string>
#include <string_view>

namespace plumb {

/// `text` so that it reads as itself between tags and inside of quoted attributes. Control
/// characters that no document may hold, and bytes that are not UTF-8, become U+FFFD.
std::string escape_html(std::string_view text);

}  // namespace plumb
