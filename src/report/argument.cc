// SPDX-License-Identifier: Apache-2.0
#include "report/argument.h"

#include <string>
#include <utility>

#include "base/strings.h"

namespace plumb {

Result<Regexp> compile_argument(std::string_view pattern) {
  auto regexp = Regexp::compile(pattern);
  if (regexp) return regexp;
  return Error(ErrorCode::Usage,
               "parsing argument regexp " + std::string(pattern) + ": " + regexp.error().message());
}

std::optional<std::uint64_t> address_argument(std::string_view argument) {
  std::string lower = to_lower(argument);
  std::string_view digits = lower;
  if (consume_prefix(digits, "0x")) return parse_int<std::uint64_t>(digits, 16);
  if (consume_prefix(digits, "0b")) return parse_int<std::uint64_t>(digits, 2);
  if (consume_prefix(digits, "0o")) return parse_int<std::uint64_t>(digits, 8);
  if (digits.size() > 1 && digits[0] == '0') return parse_int<std::uint64_t>(digits, 8);
  return parse_int<std::uint64_t>(digits);
}

}  // namespace plumb
