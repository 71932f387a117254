// SPDX-License-Identifier: Apache-2.0
// Values of options as text, read by the rules of Go's flag and strconv packages.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "app/settings.h"
#include "base/result.h"

namespace plumb::cli {

// Errors of all of these: Usage, "parse error" or "value out of range".

/// 1 t T true TRUE True, 0 f F false FALSE False.
Result<bool> parse_go_bool(std::string_view text);

/// A signed integer as in Go source: "10", "-1", "0x1F", "0b11", "0o17", "017", "1_000".
Result<std::int64_t> parse_go_int(std::string_view text);

/// A finite decimal number. (Go also takes hexadecimal ones, "inf" and "nan", of which no option
/// can make sense.)
Result<double> parse_go_float(std::string_view text);

/// Minutes ("10") or a duration of Go ("90s", "1h30m", "1.5h"). Rounded up to whole minutes.
Result<Age> parse_age(std::string_view text);

/// The shortest text that reads back as `value`.
std::string to_text(double value);

}  // namespace plumb::cli
