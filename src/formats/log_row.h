// SPDX-License-Identifier: Apache-2.0
// A row of a log that has the text of a line in one of its fields: something may stand behind the
// text, and the text may be in quotes where it needs them.
//
//   EVENTS  1700000000000  goroutine 1 [running]:  1700000000001           aws logs --output text
//   2026-11-22T19:41:03Z,web-1,"main.f(0x1, 0x2)",stderr                   CSV without a header
//   time=2026-11-22T19:41:03Z msg="goroutine 1 [running]:" plugin=web      logfmt
//   | 17 | goroutine 1 [running]:            |                             a table

#pragma once

#include <optional>
#include <string_view>

namespace plumb {

/// A row whose text is the header of a goroutine. Views the line.
struct HeaderRow {
  std::string_view before;  // What stands in front of the text, or of its quote.
  std::string_view behind;  // And behind it, up to the last blanks of the line.
  bool is_quoted = false;
};

/// Nothing if there is no header in `line`, or one in a sentence.
std::optional<HeaderRow> find_header_row(std::string_view line);

}  // namespace plumb
