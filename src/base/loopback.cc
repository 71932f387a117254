// SPDX-License-Identifier: Apache-2.0
#include "base/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string>

#include "base/strings.h"

namespace plumb {
namespace {

constexpr unsigned kLoopbackNet = 127;

bool is_loopback(const in6_addr& address) {
  if (IN6_IS_ADDR_V4MAPPED(&address)) return address.s6_addr[12] == kLoopbackNet;
  return IN6_IS_ADDR_LOOPBACK(&address);
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  const bool has_brackets = host.starts_with('[') && host.ends_with(']');
  if (has_brackets) host = host.substr(1, host.size() - 2);
  const std::string text = to_lower(host);
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.c_str(), &v6) == 1) return is_loopback(v6);
  in_addr v4{};
  if (has_brackets) return false;
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24U == kLoopbackNet;
  return text == "localhost";
}

}  // namespace plumb
