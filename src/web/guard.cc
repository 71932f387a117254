// SPDX-License-Identifier: Apache-2.0
#include "web/guard.h"

#include <arpa/inet.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/loopback.h"
#include "base/strings.h"

namespace plumb::web {
namespace {

// An address in digits cannot be rebound to another one.
bool is_address(std::string_view host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (host.starts_with('[') && host.ends_with(']')) {
    const std::string inner(host.substr(1, host.size() - 2));
    return ::inet_pton(AF_INET6, inner.c_str(), bytes.data()) == 1;
  }
  return ::inet_pton(AF_INET, std::string(host).c_str(), bytes.data()) == 1;
}

std::string machine_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return to_lower(name.data());
}

// "localhost" of "localhost:8081".
std::string_view without_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::size_t bracket = text.rfind(']');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return has_port ? text.substr(0, colon) : text;
}

// Compares without telling by the time how much of it was right.
bool equal_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

}  // namespace

Guard::Guard(const std::string& host, std::string token)
    : host_(to_lower(host)),
      machine_(machine_name()),
      token_(std::move(token)),
      is_private_(is_loopback_host(host_)) {}

bool Guard::knows_host(std::string_view text) const {
  const std::string lower = to_lower(text);
  const std::string_view host = without_port(lower);
  if (is_loopback_host(host)) return true;
  if (is_private_) return false;
  if (host == host_ || is_address(host)) return true;
  // Anybody may own a longer name that begins like ours; but .local is given out by the network.
  return !machine_.empty() && (host == machine_ || host == machine_ + ".local");
}

Refusal Guard::check(const HttpRequest& request) const {
  if (is_private_ && !request.peer_is_loopback) return "permission denied";
  const std::string_view host = request.header("host");
  if (!knows_host(host)) {
    return "this server does not answer to the name " + printable(host) +
           "; use the address that it printed when it started";
  }
  // A page of another site has no business here, not even to embed something.
  const std::string_view site = request.header("sec-fetch-site");
  const bool is_navigation = request.header("sec-fetch-mode") == "navigate";
  if ((site == "cross-site" || site == "same-site") && !is_navigation) {
    return "requests of other sites are refused";
  }
  return std::nullopt;
}

Refusal Guard::check_write(const HttpRequest& request) const {
  const std::string_view origin = request.header("origin");
  if (!origin.empty() && origin != "http://" + std::string(request.header("host"))) {
    return "requests of other sites are refused";
  }
  if (!equal_secret(request.header("x-plumb-token"), token_)) {
    return "the token of this run is missing or wrong; reload the page";
  }
  return std::nullopt;
}

std::string make_token() {
  std::array<unsigned char, 16> bytes{};
  // Cannot be short or fail for so few bytes.
  [[maybe_unused]] const ssize_t count = ::getrandom(bytes.data(), bytes.size(), 0);
  std::string token;
  for (const unsigned char byte : bytes) token += to_hex(byte, 2);
  return token;
}

void add_security_headers(HttpResponse& response) {
  constexpr std::string_view kPolicy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
      "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  response.headers.emplace_back("Content-Security-Policy", kPolicy);
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
}

}  // namespace plumb::web
