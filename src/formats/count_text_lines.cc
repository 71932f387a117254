// SPDX-License-Identifier: Apache-2.0
#include "formats/count_text_lines.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/strings.h"
#include "formats/hex_digits.h"

namespace plumb {
namespace {

constexpr std::string_view kFieldBlanks = " \t";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

std::string_view trim_front(std::string_view text) {
  while (!text.empty() && (text.front() == '\t' || text.front() == ' ')) text.remove_prefix(1);
  return text;
}

// Removes "+0x1f" from the end of `function`. False if it does not stand there.
bool remove_offset(std::string_view& function) {
  const std::size_t plus = function.rfind("+0x");
  if (plus == std::string_view::npos || plus == 0) return false;
  const std::string_view digits = function.substr(plus + 3);
  if (digits.empty() || digits.find_first_not_of(kHexDigits) != std::string_view::npos) {
    return false;
  }
  function = function.substr(0, plus);
  return true;
}

// The end of the column that holds the function: at the first tab or, in text without tabs, at the
// first space behind an offset. A C++ name may have spaces of its own.
std::size_t find_function_end(std::string_view symbol) {
  const std::size_t tab = symbol.find('\t');
  if (tab != std::string_view::npos) return tab;
  for (std::size_t at = symbol.find("+0x"); at != std::string_view::npos;
       at = symbol.find("+0x", at + 1)) {
    const std::size_t end = symbol.find_first_not_of(kHexDigits, at + 3);
    if (end != at + 3 && (end == std::string_view::npos || symbol[end] == ' ')) {
      return std::min(end, symbol.size());
    }
  }
  return symbol.size();
}

}  // namespace

std::optional<CountHeader> parse_count_header(std::string_view line) {
  constexpr std::string_view kMiddle = " profile: total ";
  const std::size_t at = line.find(kMiddle);
  if (at == std::string_view::npos) return std::nullopt;
  CountHeader header;
  header.total = trim(line.substr(at + kMiddle.size()));
  if (header.total.empty() || !std::ranges::all_of(header.total, is_digit)) return std::nullopt;
  const std::size_t blank = line.substr(0, at).find_last_of(kFieldBlanks);
  const std::size_t name = blank == std::string_view::npos ? 0 : blank + 1;
  header.prefix = line.substr(0, name);
  header.name = line.substr(name, at - name);
  if (header.name.empty()) return std::nullopt;
  return header;
}

std::optional<CountFrame> parse_count_frame(std::string_view line) {
  if (!consume_prefix(line, "#")) return std::nullopt;
  line = trim_front(line);
  if (!consume_prefix(line, "0x")) return std::nullopt;
  CountFrame frame;
  const char* const end = read_hex_digits(line.data(), frame.address);
  const auto digits = static_cast<std::size_t>(end - line.data());
  if (digits == 0 || digits > line.size()) return std::nullopt;
  line.remove_prefix(digits);
  constexpr std::string_view kEnds = "\t \r\n";
  if (!line.empty() && kEnds.find(line.front()) == std::string_view::npos) return std::nullopt;
  frame.symbol = trim_front(line);
  return frame;
}

std::optional<CountSymbol> parse_count_symbol(std::string_view symbol) {
  const std::size_t end = find_function_end(symbol);
  CountSymbol result;
  result.function = symbol.substr(0, end);
  if (!remove_offset(result.function)) return std::nullopt;
  result.file = trim_front(symbol.substr(end));
  const std::size_t colon = result.file.rfind(':');
  if (colon == std::string_view::npos) return result;
  const auto line = parse_int<std::int64_t>(result.file.substr(colon + 1));
  if (!line || *line < 0) return result;
  result.line = *line;
  result.file = result.file.substr(0, colon);
  return result;
}

bool starts_count_record(std::string_view text) {
  const auto digits_end = std::ranges::find_if_not(text, is_digit);
  const auto digits = static_cast<std::size_t>(digits_end - text.begin());
  return digits > 0 && text.substr(digits).starts_with(" @");
}

bool starts_count_line(std::string_view text) {
  if (text.empty() || text.starts_with("---")) return true;
  if (text.front() == '#')
    return text.size() == 1 || kFieldBlanks.find(text[1]) < kFieldBlanks.size();
  return starts_count_record(text);
}

}  // namespace plumb
