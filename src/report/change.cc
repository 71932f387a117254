// SPDX-License-Identifier: Apache-2.0
#include "report/change.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "base/checked.h"
#include "base/strings.h"
#include "base/try.h"
#include "base/units.h"

namespace plumb {
namespace {

Error no_change(std::string_view text) {
  return {ErrorCode::Usage,
          "\"" + std::string(text) +
              "\" is no change: -min_change takes 0 or more, also with a unit or % behind it"};
}

}  // namespace

ChangeKind change_kind(std::int64_t before, std::int64_t after) {
  if (before == after) return ChangeKind::Same;
  if (before == 0) return ChangeKind::Came;
  if (after == 0) return ChangeKind::Ended;
  return after > before ? ChangeKind::Grew : ChangeKind::Shrank;
}

std::string_view to_string(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::Came:
      return "came";
    case ChangeKind::Ended:
      return "ended";
    case ChangeKind::Grew:
      return "grew";
    case ChangeKind::Shrank:
      return "shrank";
    case ChangeKind::Same:
      return "same";
  }
  return {};
}

std::string relative_change(std::int64_t before, std::int64_t after) {
  if (before == after) return {};
  if (before == 0) return "new";
  // Values may be negative themselves, in a difference.
  const double change = static_cast<double>(after) - static_cast<double>(before);
  const double percent = change / std::abs(static_cast<double>(before)) * 100;
  std::array<char, 64> text;
  const int size = std::snprintf(text.data(), text.size(), "%+.2f", percent);
  std::string_view digits(text.data(), static_cast<std::size_t>(size));
  if (digits.ends_with(".00")) digits.remove_suffix(3);
  return std::string(digits) + '%';
}

std::string signed_number(std::int64_t number) {
  return (number > 0 ? "+" : "") + std::to_string(number);
}

Result<std::int64_t> parse_least_change(std::string_view text, std::string_view unit,
                                        std::int64_t total_before) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc{} || !std::isfinite(number) || number < 0) return no_change(text);
  const std::string_view suffix(stop, static_cast<std::size_t>(end - stop));
  if (suffix == "%") {
    const double total = std::abs(static_cast<double>(total_before));
    return truncate_to_int64(std::ceil(std::min(number / 100 * total, 9e18)));
  }
  if (suffix.empty()) return truncate_to_int64(std::ceil(std::min(number, 9e18)));
  if (!units_are_related(suffix, unit)) return no_change(text);
  const UnitScale scale = find_unit_scale(suffix, unit);
  return truncate_to_int64(std::ceil(std::min(number * scale.factor / scale.divisor, 9e18)));
}

}  // namespace plumb
