// SPDX-License-Identifier: Apache-2.0
// Source: golang.org/x/net/http/httpproxy, as vendored in Go.

#include "fetch/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/loopback.h"
#include "base/strings.h"

namespace plumb {
namespace {

std::string environment(const char* upper, const char* lower) {
  const char* value = std::getenv(upper);
  if (value == nullptr || *value == '\0') value = std::getenv(lower);
  return value == nullptr ? "" : value;
}

// An address of either family in 16 bytes: IPv4 as ::ffff:a.b.c.d.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  bool is_v4 = false;
};

std::optional<Address> parse_address(std::string_view text) {
  const std::string terminated(text);
  Address address;
  if (inet_pton(AF_INET, terminated.c_str(), &address.bytes[12]) == 1) {
    address.bytes[10] = address.bytes[11] = 0xFF;
    address.is_v4 = true;
    return address;
  }
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) != 1) return std::nullopt;
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  address.is_v4 = std::memcmp(address.bytes.data(), kMapped.data(), kMapped.size()) == 0;
  return address;
}

bool same_prefix(const Address& a, const Address& b, unsigned bits) {
  for (unsigned i = 0; i < bits; ++i) {
    const unsigned mask = 0x80u >> (i % 8);
    if ((a.bytes[i / 8] & mask) != (b.bytes[i / 8] & mask)) return false;
  }
  return true;
}

// Matches "10.0.0.0/8". Nothing if `pattern` is not of that form.
std::optional<bool> match_network(std::string_view pattern, const std::optional<Address>& address) {
  const std::size_t slash = pattern.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto network = parse_address(pattern.substr(0, slash));
  const auto bits = parse_int<unsigned>(pattern.substr(slash + 1));
  const bool is_dotted = pattern.find(':') == std::string_view::npos;
  if (!network || !bits || *bits > (is_dotted ? 32u : 128u)) return std::nullopt;
  if (!address || address->is_v4 != network->is_v4) return false;
  return same_prefix(*network, *address, *bits + (is_dotted ? 96 : 0));
}

// Splits "host:port" and "[address]:port". Anything else, an address with colons included, has no
// port; brackets without one stay, and match nothing, as in Go.
void split_port(std::string_view& host, std::string_view& port) {
  const std::size_t colon = host.rfind(':');
  if (colon == std::string_view::npos) return;
  const std::string_view head = host.substr(0, colon);
  const bool has_brackets = head.starts_with('[') && head.ends_with(']');
  if (!has_brackets && head.find(':') != std::string_view::npos) return;
  port = host.substr(colon + 1);
  host = has_brackets ? head.substr(1, head.size() - 2) : head;
}

// "example.com" matches itself and what is below it; ".example.com" and "*.example.com" only what
// is below.
bool match_domain(std::string_view pattern, std::string_view host) {
  if (pattern.starts_with("*.")) pattern.remove_prefix(1);
  if (pattern.starts_with('.')) return host.ends_with(pattern);
  return host == pattern || host.ends_with('.' + std::string(pattern));
}

bool is_exempt(std::string_view no_proxy, const Url& url) {
  const std::string host = host_name(url);
  if (is_loopback_host(host)) return true;
  const auto address = parse_address(host);
  for (const std::string_view entry : split(no_proxy, ',')) {
    const std::string pattern = to_lower(trim(entry));
    if (pattern == "*") return true;
    if (const auto match = match_network(pattern, address)) {
      if (*match) return true;
      continue;
    }
    std::string_view name = pattern;
    std::string_view port;
    split_port(name, port);
    if (name.empty() || (!port.empty() && port != effective_port(url))) continue;
    const auto named = parse_address(name);
    if (named && address && named->bytes == address->bytes) return true;
    if (!named && !address && match_domain(name, host)) return true;
  }
  return false;
}

}  // namespace

ProxySettings ProxySettings::from_environment() {
  ProxySettings settings;
  settings.http = environment("HTTP_PROXY", "http_proxy");
  settings.https = environment("HTTPS_PROXY", "https_proxy");
  settings.no_proxy = environment("NO_PROXY", "no_proxy");
  settings.is_cgi = !environment("REQUEST_METHOD", "REQUEST_METHOD").empty();
  return settings;
}

Result<std::string> choose_proxy(const ProxySettings& settings, const Url& url) {
  const bool is_http = url.scheme == "http";
  const std::string& proxy = is_http ? settings.http : settings.https;
  if (proxy.empty() || is_exempt(settings.no_proxy, url)) return std::string();
  if (is_http && settings.is_cgi) {
    return Error(ErrorCode::Usage, "refusing to use HTTP_PROXY in a CGI program");
  }
  // Go's SOCKS client lets the proxy look names up, which libcurl calls socks5h.
  if (proxy.starts_with("socks5://")) return "socks5h" + proxy.substr(6);
  if (parse_url(proxy)) return proxy;
  const bool names_scheme = proxy.find("://") != std::string::npos;
  if (!names_scheme && parse_url("http://" + proxy)) return "http://" + proxy;
  return Error(ErrorCode::Usage,
               std::string(is_http ? "HTTP_PROXY" : "HTTPS_PROXY") + " is not the URL of a proxy");
}

}  // namespace plumb
