// SPDX-License-Identifier: Apache-2.0
#include "formats/legacy_values.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <system_error>

#include "base/strings.h"

namespace plumb {
namespace {

// Removes "0x", "0b", "0o" or "0" and returns what it stands for.
int take_base(std::string_view& digits) {
  if (digits.size() < 2 || digits[0] != '0') return 10;
  const char letter = static_cast<char>(digits[1] | 0x20);
  const int base = letter == 'x' ? 16 : letter == 'b' ? 2 : letter == 'o' ? 8 : 0;
  digits.remove_prefix(base == 0 ? 1 : 2);
  return base == 0 ? 8 : base;
}

}  // namespace

std::optional<std::int64_t> parse_go_int(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  const int base = take_base(text);
  const auto magnitude = parse_int<std::uint64_t>(text, base);
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!magnitude || *magnitude > kMost + (is_negative ? 1 : 0)) return std::nullopt;
  return static_cast<std::int64_t>(is_negative ? 0 - *magnitude : *magnitude);
}

std::int64_t go_int64(double value) {
  constexpr double kTwoTo63 = 9223372036854775808.0;
  const bool fits = value >= -kTwoTo63 && value < kTwoTo63;
  return fits ? static_cast<std::int64_t>(value) : std::numeric_limits<std::int64_t>::min();
}

HeapValues unsample_heap(HeapValues sampled, std::int64_t rate) {
  if (sampled.count == 0 || sampled.size == 0) return {};
  if (rate <= 1) return sampled;
  const auto count = static_cast<double>(sampled.count);
  const auto size = static_cast<double>(sampled.size);
  const double scale = 1 / (1 - std::exp(-(size / count) / static_cast<double>(rate)));
  return {.count = go_int64(count * scale), .size = go_int64(size * scale)};
}

Result<void> read_hex_addresses(std::string_view text, std::vector<std::uint64_t>& addresses) {
  constexpr std::string_view kPrefix = "0x";
  constexpr std::string_view kDigits = "0123456789abcdef";
  while (true) {
    const std::size_t at = text.find(kPrefix);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + kPrefix.size());
    const std::string_view digits = text.substr(0, text.find_first_not_of(kDigits));
    if (digits.empty()) continue;
    const auto address = parse_int<std::uint64_t>(digits, 16);
    if (!address) {
      return Error(ErrorCode::Malformed,
                   "0x" + std::string(digits.substr(0, 20)) + " is no 64-bit number");
    }
    addresses.push_back(*address);
    text.remove_prefix(digits.size());
  }
}

}  // namespace plumb
