// SPDX-License-Identifier: Apache-2.0
#include "formats/log_prefix.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "formats/count_text_lines.h"

namespace plumb {
namespace {

constexpr std::string_view kLineEndBlanks = " \t\r";

std::string_view trim_end(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kLineEndBlanks) + 1);
}

// Where a record, a frame or labels begin in a line whose prefix has another length.
std::optional<std::size_t> find_content(std::string_view line) {
  constexpr std::array<std::string_view, 3> kComments = {"#\t0x", "# labels: {", "#  "};
  for (const std::string_view start : kComments) {
    const std::size_t at = line.find(start);
    if (at != std::string_view::npos) return at;
  }
  const std::size_t sign = line.find(" @ 0x");
  std::size_t at = sign == std::string_view::npos ? 0 : sign;
  while (at > 0 && is_digit(line[at - 1])) --at;
  if (sign == std::string_view::npos || at == sign) return std::nullopt;
  return at;
}

}  // namespace

std::optional<std::string_view> strip_log_prefix(std::string_view line, std::size_t prefix_bytes) {
  const std::string_view content = line.substr(std::min(prefix_bytes, line.size()));
  if (trim_end(content).empty() || starts_count_line(content)) return content;
  const auto at = find_content(line);
  if (!at) return std::nullopt;
  return line.substr(*at);
}

}  // namespace plumb
