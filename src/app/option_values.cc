// SPDX-License-Identifier: Apache-2.0
#include "app/option_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "base/try.h"
#include "base/units.h"

namespace plumb::cli {
namespace {

Error parse_error() {
  return {ErrorCode::Usage, "parse error"};
}

Error range_error() {
  return {ErrorCode::Usage, "value out of range"};
}

// As Go's strconv says it, which pprof's shell shows as it is.
Error number_error(std::string_view function, std::string_view text, std::string_view reason) {
  return {ErrorCode::Usage, "strconv." + std::string(function) + ": parsing " + go_quoted(text) +
                                ": " + std::string(reason)};
}

// Removes the underscores that Go allows between digits (and after the prefix of a base).
Result<std::string> without_underscores(std::string_view digits, bool has_prefix) {
  const bool starts_badly = digits.starts_with('_') && !has_prefix;
  if (starts_badly || digits.ends_with('_') || digits.find("__") != std::string_view::npos) {
    return parse_error();
  }
  std::string plain(digits);
  std::erase(plain, '_');
  return plain;
}

// The base that a prefix tells, which is removed. "017" is octal, as in C.
int take_base(std::string_view& digits) {
  if (digits.size() < 2 || digits[0] != '0') return 10;
  switch (digits[1] | 0x20) {
    case 'x':
      digits.remove_prefix(2);
      return 16;
    case 'o':
      digits.remove_prefix(2);
      return 8;
    case 'b':
      digits.remove_prefix(2);
      return 2;
    default:
      digits.remove_prefix(1);
      return 8;
  }
}

// "inf", "-Infinity", "NaN", in any case.
std::optional<double> number_word(std::string_view text) {
  using Limits = std::numeric_limits<double>;
  const std::string word = to_lower(text);
  if (word == "nan") return Limits::quiet_NaN();
  std::string_view name = word;
  const bool is_negative = name.starts_with('-');
  if (is_negative || name.starts_with('+')) name.remove_prefix(1);
  if (name != "inf" && name != "infinity") return std::nullopt;
  return is_negative ? -Limits::infinity() : Limits::infinity();
}

// Takes digits and single underscores between them; returns how many digits. The first underscore
// may stand in front of them behind the prefix of a base.
std::size_t take_digits(std::string_view& text, std::string_view digits, bool is_behind_prefix) {
  std::size_t count = 0;
  bool may_be_underscore = is_behind_prefix;
  while (!text.empty()) {
    const bool is_digit = digits.find(text[0]) != std::string_view::npos;
    const bool is_joint = text[0] == '_' && may_be_underscore && text.size() > 1 &&
                          digits.find(text[1]) != std::string_view::npos;
    if (!is_digit && !is_joint) break;
    if (is_digit) ++count;
    may_be_underscore = is_digit;
    text.remove_prefix(1);
  }
  return count;
}

// A number as in Go source: decimal, or hexadecimal with an exponent of 2.
bool is_go_float(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  if (is_hex) text.remove_prefix(2);
  const std::string_view digits = is_hex ? "0123456789abcdefABCDEF" : kDecimalDigits;
  std::size_t count = take_digits(text, digits, is_hex);
  if (consume_prefix(text, ".")) count += take_digits(text, digits, false);
  if (count == 0) return false;
  if (text.empty()) return !is_hex;
  if ((text[0] | 0x20) != (is_hex ? 'p' : 'e')) return false;
  text.remove_prefix(1);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return take_digits(text, kDecimalDigits, false) > 0 && text.empty();
}

struct DurationUnit {
  std::string_view name;
  double minutes;
};
constexpr std::array kDurationUnits = {
    DurationUnit{"ns", 1e-9 / 60}, DurationUnit{"us", 1e-6 / 60}, DurationUnit{"ms", 1e-3 / 60},
    DurationUnit{"s", 1.0 / 60},   DurationUnit{"m", 1},          DurationUnit{"h", 60},
};

// Takes one "1.5h" off the front of `text`.
Result<double> take_duration_part(std::string_view& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  TRY_ASSIGN(const double number, parse_go_float(text.substr(0, digits)));
  text.remove_prefix(digits);
  const std::size_t letters = std::min(text.find_first_of("0123456789."), text.size());
  const std::string_view unit = text.substr(0, letters);
  text.remove_prefix(letters);
  const auto* const row = std::ranges::find(kDurationUnits, unit, &DurationUnit::name);
  if (row == kDurationUnits.end()) return parse_error();
  return number * row->minutes;
}

}  // namespace

Result<bool> parse_go_bool(std::string_view text) {
  constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "T", "true", "TRUE", "True"};
  constexpr std::array<std::string_view, 6> kFalse = {"0", "f", "F", "false", "FALSE", "False"};
  if (std::ranges::find(kTrue, text) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, text) != kFalse.end()) return false;
  return parse_error();
}

Result<std::int64_t> parse_go_int(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t size_before = text.size();
  const int base = take_base(text);
  TRY_ASSIGN(const std::string digits, without_underscores(text, text.size() < size_before));

  std::uint64_t magnitude = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, code] = std::from_chars(digits.data(), end, magnitude, base);
  if (stop != end || code == std::errc::invalid_argument) return parse_error();
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (code != std::errc{} || magnitude > kMax + (is_negative ? 1 : 0)) return range_error();
  return static_cast<std::int64_t>(is_negative ? 0 - magnitude : magnitude);
}

Result<double> parse_go_float(std::string_view text) {
  if (const auto word = number_word(text)) return *word;
  if (!is_go_float(text)) return parse_error();
  std::string plain(text);
  std::erase(plain, '_');
  const double value = std::strtod(plain.c_str(), nullptr);  // What is too small for it is 0.
  if (!std::isfinite(value)) return range_error();
  return value;
}

Result<Age> parse_age(std::string_view text) {
  if (const auto minutes = parse_int<std::uint64_t>(text)) return Age{*minutes};
  if (text.empty()) return parse_error();
  double minutes = 0;
  while (!text.empty()) {
    TRY_ASSIGN(const double part, take_duration_part(text));
    minutes += part;
  }
  constexpr double kLongest = 1e12;
  if (minutes > kLongest) return range_error();
  constexpr double kRounding = 1e-9;  // 60s is one minute, although 60 * (1 / 60.0) may not be 1.
  return Age{static_cast<std::uint64_t>(std::ceil(minutes - kRounding))};
}

Result<std::int64_t> parse_duration_ns(std::string_view text) {
  constexpr std::int64_t kMostSeconds = std::int64_t{100} * 365 * 86400;
  if (const auto seconds = parse_int<std::uint32_t>(text)) {
    if (*seconds > kMostSeconds) return range_error();
    return *seconds * kNanosPerSecond;
  }
  if (text.empty()) return parse_error();
  double minutes = 0;
  while (!text.empty()) {
    TRY_ASSIGN(const double part, take_duration_part(text));
    minutes += part;
  }
  const double seconds = minutes * kSecondsPerMinute;
  if (!(seconds >= 0) || seconds > static_cast<double>(kMostSeconds)) return range_error();
  return static_cast<std::int64_t>(std::llround(seconds * static_cast<double>(kNanosPerSecond)));
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of(kDecimalDigits), text.size());
  const auto number = parse_int<std::uint64_t>(text.substr(0, digits));
  if (!number) return digits == 0 ? parse_error() : range_error();
  std::string unit = to_lower(text.substr(digits));
  std::uint64_t base = unit.size() == 2 ? 1000 : 1024;
  if (unit.ends_with('b')) unit.pop_back();
  if (unit.size() == 2 && unit[1] == 'i') {
    unit.pop_back();
    base = 1024;
  }
  std::uint64_t bytes = *number;
  if (unit.empty()) return bytes;
  constexpr std::string_view kUnits = "kmgt";
  const std::size_t power = unit.size() == 1 ? kUnits.find(unit[0]) : std::string_view::npos;
  if (power == std::string_view::npos) return parse_error();
  for (std::size_t i = 0; i <= power; ++i) {
    if (__builtin_mul_overflow(bytes, base, &bytes)) return range_error();
  }
  return bytes;
}

std::string to_text(double value) {
  // Go's %v: an exponent below 1e-4 and from 1e21 on.
  constexpr double kSmallest = 1e-4;
  constexpr double kLargest = 1e21;
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  const double size = std::fabs(value);
  const bool is_fixed = size == 0 || (size >= kSmallest && size < kLargest);
  std::array<char, 64> buffer;
  const auto [end, code] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                    is_fixed ? std::chars_format::fixed : std::chars_format::scientific);
  return code == std::errc{} ? std::string(buffer.data(), end) : std::string();
}

Result<bool> parse_shell_bool(std::string_view text) {
  constexpr std::array<std::string_view, 6> kTrue = {"true", "t", "yes", "y", "1", ""};
  constexpr std::array<std::string_view, 5> kFalse = {"false", "f", "no", "n", "0"};
  const std::string lower = to_lower(text);
  if (std::ranges::find(kTrue, lower) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, lower) != kFalse.end()) return false;
  return Error(ErrorCode::Usage, "illegal value \"" + std::string(text) + "\" for bool variable");
}

Result<std::int64_t> parse_shell_int(std::string_view text) {
  const bool is_signed = text.size() > 1 && text[0] == '+' && text[1] != '-';
  const std::string_view digits = text.substr(is_signed ? 1 : 0);
  std::int64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, code] = std::from_chars(digits.data(), end, value);
  if (stop != end || code == std::errc::invalid_argument) {
    return number_error("Atoi", text, "invalid syntax");
  }
  if (code != std::errc{}) return number_error("Atoi", text, "value out of range");
  return value;
}

Result<double> parse_shell_float(std::string_view text) {
  auto value = parse_go_float(text);
  if (value) return value;
  const bool is_range = value.error().message() == range_error().message();
  return number_error("ParseFloat", text, is_range ? "value out of range" : "invalid syntax");
}

}  // namespace plumb::cli
