// SPDX-License-Identifier: Apache-2.0
// Text of profiles inside XML: untrusted, and XML cannot hold every character.

#pragma once

#include <string>
#include <string_view>

namespace plumb {

/// `text` for the content of an element or an attribute in quotes. Line feeds are kept; what XML
/// cannot hold becomes U+FFFD.
std::string xml_text(std::string_view text);

}  // namespace plumb
