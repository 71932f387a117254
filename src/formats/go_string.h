// SPDX-License-Identifier: Apache-2.0
// String literals as Go's strconv.Quote (%q) writes them, in labels of text profiles and dumps.
// Source: "String literals" in https://go.dev/ref/spec#String_literals

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plumb {

/// Removes the literal at the front of `text` and returns what it stands for. Without an escape in
/// it that is a part of `text`, else it is in `scratch`, whose old content is lost.
///
/// Understands every escape of Go: \a \b \f \n \r \t \v \\ \' \" \ooo \xhh \uhhhh \Uhhhhhhhh.
/// Nothing (and `text` unchanged) if there is no whole, valid literal.
std::optional<std::string_view> take_go_string(std::string_view& text, std::string& scratch);

}  // namespace plumb
