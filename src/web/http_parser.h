// SPDX-License-Identifier: Apache-2.0
// The head of an HTTP/1 request: its first line and headers.
//
//   GET /ui/top?f=main HTTP/1.1\r\n
//   Host: localhost:8081\r\n
//   \r\n
//
// Strict where leniency has been somebody's hole: no folded headers, no blank before a colon, one
// Content-Length, no Transfer-Encoding. Source: RFC 9112.

#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "web/http_message.h"

namespace plumb::web {

/// A head may have so many bytes, and so many headers.
inline constexpr std::size_t kMostHeadBytes = std::size_t{64} << 10;
inline constexpr std::size_t kMostHeaders = 100;

struct HttpHead {
  HttpRequest request;  ///< Without its body.
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  bool expects_continue = false;
};

/// Where the head at the front of `bytes` ends: behind its empty line; npos: not yet.
std::size_t find_head_end(std::string_view bytes);

/// Reads a whole head.
///
/// Errors: Malformed; LimitExceeded for too many headers; Usage for what HTTP has and this server
/// has not (other versions, Transfer-Encoding).
Result<HttpHead> parse_head(std::string_view head);

}  // namespace plumb::web
