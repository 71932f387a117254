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

/// A number as in Go source, "0.5", "1e-3", "0x1p-4", "1_000.5", or "inf" or "nan". What is too
/// small is 0.
Result<double> parse_go_float(std::string_view text);

/// Minutes ("10") or a duration of Go ("90s", "1h30m", "1.5h"). Rounded up to whole minutes.
Result<Age> parse_age(std::string_view text);

/// Nanoseconds of a duration of Go ("90s", "1h30m", "1.5h"), or of plain seconds ("5"). Not
/// negative.
Result<std::int64_t> parse_duration_ns(std::string_view text);

/// Bytes: "1000", "512MB", "4GiB", "4g". Units of 1000 are written kB, MB, GB, TB; of 1024 KiB,
/// MiB, GiB, TiB, or k, m, g, t alone.
Result<std::uint64_t> parse_bytes(std::string_view text);

/// The shortest text that reads back as `value`, as Go prints it: "100000", "1e-05".
std::string to_text(double value);

// What a shell takes, read by the rules of pprof's. Errors: Usage, in pprof's words.

/// true t yes y 1, false f no n 0, in any case; empty is true.
Result<bool> parse_shell_bool(std::string_view text);

/// Decimal digits with a sign: "10", "-1", "+3".
Result<std::int64_t> parse_shell_int(std::string_view text);

/// As parse_go_float().
Result<double> parse_shell_float(std::string_view text);

}  // namespace plumb::cli
