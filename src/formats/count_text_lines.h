// SPDX-License-Identifier: Apache-2.0
// The lines of a count profile, one parser each. All views are into the line.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace plumb {

/// `goroutine profile: total 173`, in a log perhaps behind a prefix.
struct CountHeader {
  std::string_view prefix;  ///< What stands in front of the name.
  std::string_view name;    ///< "goroutine".
  std::string_view total;   ///< Digits.
};

/// Parses a header line; nothing on any other line.
std::optional<CountHeader> parse_count_header(std::string_view line);

/// `#	0x67537a	main.leakGoroutines.func1+0x1a	leaky/main.go:27`
struct CountFrame {
  std::uint64_t address = 0;
  std::string_view symbol;  ///< What follows the address; empty if the PC has no symbol.
};

/// Parses the front of a frame line; nothing on any other comment. A line end behind the address is
/// taken for a symbol, so that a caller who cares only for the address need not look for it.
///
/// Requires: kHexSlackBytes readable bytes behind the line.
std::optional<CountFrame> parse_count_frame(std::string_view line);

/// `main.leakGoroutines.func1+0x1a	leaky/main.go:27`
struct CountSymbol {
  std::string_view function;
  std::string_view file;
  std::int64_t line = 0;  ///< 0: not known.
};

/// Parses what follows the address. Columns are parted by runs of tabs, or of spaces where a copy
/// lost the tabs; files may contain spaces and colons. Nothing if there is no function.
std::optional<CountSymbol> parse_count_symbol(std::string_view symbol);

/// True if a line of a count profile may start like `text`: a record, '#', '---', or an empty line.
bool starts_count_line(std::string_view text);

/// True if `text` begins with a record: `151 @`.
bool starts_count_record(std::string_view text);

}  // namespace plumb
