// SPDX-License-Identifier: Apache-2.0
#include "app/host_port.h"

#include <limits>

#include "app/option_values.h"
#include "base/strings.h"

namespace plumb::cli {
namespace {

Error bad_address(std::string_view text, std::string_view why) {
  return {ErrorCode::Usage,
          "could not split http address: address " + std::string(text) + ": " + std::string(why)};
}

Result<std::uint16_t> parse_port(std::string_view text) {
  if (text.empty()) return std::uint16_t{0};
  const auto port = parse_int<std::int64_t>(text);
  if (!port) {
    return Error(ErrorCode::Usage, "invalid port number: strconv.Atoi: parsing " + go_quoted(text) +
                                       ": invalid syntax");
  }
  if (*port < 0 || *port > std::numeric_limits<std::uint16_t>::max()) {
    return Error(ErrorCode::Usage, "invalid port number: " + std::string(text));
  }
  return static_cast<std::uint16_t>(*port);
}

}  // namespace

std::string HostPort::url_host() const {
  return host.find(':') == std::string::npos ? host : '[' + host + ']';
}

Result<HostPort> parse_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad_address(text, "missing port in address");
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return bad_address(text, "missing ']' in address");
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return bad_address(text, "too many colons in address");
  }
  auto port = parse_port(text.substr(colon + 1));
  if (!port) return std::move(port).error();
  return HostPort{host.empty() ? "localhost" : std::string(host), *port};
}

}  // namespace plumb::cli
