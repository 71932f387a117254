// SPDX-License-Identifier: Apache-2.0
// Words and numbers of the `leaks` report as text.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "leak/finding.h"
#include "report/leaks.h"

namespace plumb {

/// "23.41MB".
std::string format_bytes(std::uint64_t bytes);

/// `text` with blanks in front, `width` long at least.
std::string pad_left(std::string text, std::size_t width);

/// A unit of time.
struct RateUnit {
  double seconds = 1;
  std::string_view name = "interval";
  std::string_view symbol = "interval";
};

/// A second, minute, hour or day, in which the number reads best.
RateUnit unit_of(const GrowthRate& rate);

/// "+36.6/s"; "-" if it is not known.
std::string growth_cell(const Finding& finding);

/// "~44 s", ">2 min" if it may be more; "-" if it is not known.
std::string since_cell(const Finding& finding);

/// A line for each leak, if there are several, with a line of captions above: how sure, how many,
/// how fast, how much memory, since when, where. No longer than `width`; 0: as long as they are.
std::vector<std::string> leak_table(const LeaksReport& report, std::size_t width);

/// The lines of `text`, broken between words so that none is longer than `width`, those behind the
/// first indented; 0: one line.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// Lines of a program without the indentation that all of them have, four blanks for a tab.
std::vector<std::string> outdented(const std::vector<std::string>& lines);

}  // namespace plumb
