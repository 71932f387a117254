// SPDX-License-Identifier: Apache-2.0
#include "rt/address.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace plumb::rt::detail {
namespace {

bool is_port(std::string_view text) {
  const bool is_name = std::ranges::any_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
  if (is_name) return true;
  std::uint16_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  return code == std::errc() && end == text.data() + text.size();
}

}  // namespace

Result<HostPort> split_address(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon + 1 == address.size()) {
    return Error(ErrorCode::Usage, "address " + address + ": missing port");
  }
  HostPort parts = {address.substr(0, colon), address.substr(colon + 1)};
  if (!is_port(parts.port)) return Error(ErrorCode::Usage, "address " + address + ": invalid port");
  std::string& host = parts.host;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return parts;
}

}  // namespace plumb::rt::detail
