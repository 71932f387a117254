// SPDX-License-Identifier: Apache-2.0
// HTTP GET for profiles, and POST for their symbols: many at the same time on one thread,
// redirects, proxies, TLS.
//
// Servers are not trusted. Redirects lead to http and https only, and what was given for one server
// (password, client certificate, leave to skip the certificate check) does not go to another;
// everything that arrives is bounded in bytes and in time.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "fetch/proxy.h"
#include "fetch/url.h"

namespace plumb {

struct HttpRequest {
  Url url;                         ///< Scheme http, https or https+insecure.
  std::int64_t timeout_ms = 5000;  ///< For everything: name, connection, redirects, body.
  /// What to POST; nothing: GET. A POST is not sent on where a server redirects it.
  std::optional<std::string> post_body = std::nullopt;
};

struct HttpSettings {
  std::string tls_cert;  ///< PEM files; empty: none.
  std::string tls_key;
  std::string tls_ca;  ///< Empty: the authorities the system trusts.
  ProxySettings proxy;
  std::uint64_t response_bytes = std::uint64_t{4} << 30;  ///< Limit of one answer, as it travels.
  std::size_t memory_bytes = std::size_t{64} << 20;       ///< Of one answer; the rest in a file.
  Limits limits;  ///< For an answer that was compressed for the way.
};

using HttpBody = Result<std::unique_ptr<ByteSource>>;

/// Sends all requests at once and waits for the last answer. Results are in the order of
/// `requests`.
///
/// Errors: Io for what network and server refuse ("server response: 403 Forbidden"), NotFound for a
/// 404, Truncated for a connection that ends early, LimitExceeded, Usage for files of certificates
/// that are no good.
std::vector<HttpBody> http_get(std::span<const HttpRequest> requests, const HttpSettings& settings);

}  // namespace plumb
