// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <plumb/rt/debug.h>

#include <cstdint>
#include <mutex>

#include "rt/address.h"
#include "rt/debug_form.h"
#include "rt/http_server.h"

namespace plumb::rt {
namespace {

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t n = 0; n < 3; ++n) {
      group = group << 8u | (i + n < bytes.size() ? static_cast<std::uint8_t>(bytes[i + n]) : 0u);
    }
    for (std::size_t n = 0; n < 4; ++n) {
      const bool is_there = i + n <= bytes.size();
      out += is_there ? kDigits[group >> (18 - 6 * n) & 63u] : '=';
    }
  }
  return out;
}

/// Takes as long for a guess that is nearly right as for any other.
bool is_same(std::string_view given, std::string_view secret) {
  unsigned difference = given.size() != secret.size() ? 1 : 0;
  for (std::size_t i = 0; i < secret.size(); ++i) {
    const char c = i < given.size() ? given[i] : '\0';
    difference |= static_cast<unsigned char>(c) ^ static_cast<unsigned char>(secret[i]);
  }
  return difference == 0;
}

bool is_allowed(const debug_request& request, const debug_options& with) {
  if (with.token.empty() && with.basic_auth.empty()) return true;
  if (!with.token.empty() && is_same(detail::form_value(request.query, "token"), with.token)) {
    return true;
  }
  for (const auto& [name, value] : request.headers) {
    if (name != "authorization") continue;
    if (!with.token.empty() && is_same(value, "Bearer " + with.token)) return true;
    if (!with.token.empty() && is_same(value, "Basic " + base64("token:" + with.token))) {
      return true;
    }
    if (!with.basic_auth.empty() && is_same(value, "Basic " + base64(with.basic_auth))) return true;
  }
  return false;
}

void answer_unauthorized(const debug_options& with, debug_writer& writer) {
  std::vector<std::pair<std::string, std::string>> headers = {
      {"Content-Type", "text/plain; charset=utf-8"}, {"X-Go-Pprof", "1"}};
  if (!with.basic_auth.empty()) {
    headers.emplace_back("WWW-Authenticate", "Basic realm=\"debug\"");
  }
  writer.begin(401, headers);
  writer.write("Unauthorized\n");
}

// Names but one may be those of any machine.
bool is_loopback(const std::string& host) {
  constexpr in_addr_t kLoopbackNet = 127;
  in_addr in{};
  if (inet_aton(host.c_str(), &in) != 0) return ntohl(in.s_addr) >> 24u == kLoopbackNet;
  in6_addr in6{};
  if (inet_pton(AF_INET6, host.c_str(), &in6) == 1) return IN6_IS_ADDR_LOOPBACK(&in6);
  return host == "localhost";
}

}  // namespace

debug_server serve_debug(const std::string& address, const debug_options& with) {
  debug_server started;
  const auto parts = detail::split_address(address);
  if (!parts) {
    started.error_ = parts.error().message();
    return started;
  }
  const bool is_open = with.token.empty() && with.basic_auth.empty();
  if (!is_loopback(parts->host) && is_open && !with.allow_anyone) {
    started.error_ = address + ": not a loopback address; set a token, basic_auth or allow_anyone";
    return started;
  }
  std::shared_ptr<detail::TlsServer> tls;
  if (with.tls_cert.empty() != with.tls_key.empty()) {
    started.error_ = with.tls_cert.empty() ? "tls_key needs tls_cert" : "tls_cert needs tls_key";
    return started;
  }
  if (!with.tls_cert.empty()) {
    auto opened = detail::TlsServer::open(with.tls_cert, with.tls_key);
    if (!opened) {
      started.error_ = opened.error().message();
      return started;
    }
    tls = std::move(*opened);
  }
  auto server = std::make_shared<detail::HttpServer>();
  const auto answer = [with](const debug_request& request, debug_writer& writer) {
    if (is_allowed(request, with)) {
      handle_debug(request, writer);
    } else {
      answer_unauthorized(with, writer);
    }
  };
  const auto result = server->start(address, answer, std::move(tls));
  if (!result) {
    started.error_ = result.error().message();
    return started;
  }
  // Serves until stop(), or the end of the process: never destroyed.
  static auto* const all = new std::vector<std::shared_ptr<detail::HttpServer>>;
  static auto* const all_mutex = new std::mutex;
  const std::scoped_lock lock(*all_mutex);
  all->push_back(server);
  started.server_ = std::move(server);
  return started;
}

std::string debug_server::address() const {
  return server_ != nullptr ? server_->address() : std::string();
}

void debug_server::stop() {
  if (server_ != nullptr) server_->stop();
}

}  // namespace plumb::rt
