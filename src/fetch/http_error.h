// SPDX-License-Identifier: Apache-2.0
// What a failed request says to a person: what happened, where, and what to do about it.

#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "fetch/url.h"

namespace plumb {

/// The head of an answer.
struct HttpHead {
  int status = 0;                ///< 0: nothing that reads as HTTP came.
  std::string status_text;       ///< "404 Not Found".
  std::string content_type;      ///< As sent, as are the other fields.
  std::string content_encoding;  ///< Empty: none.
  bool is_whole = false;         ///< The empty line behind the head came.
  bool is_from_pprof = false;    ///< X-Go-Pprof: the body is a message of net/http/pprof.
};

/// Takes one line of the head into `head`; a status line starts a new head.
void read_head_line(std::string_view line, HttpHead& head);

/// pprof's sentence for an answer that is not 200, with the body where pprof shows it. NotFound for
/// 404, NotAllowed for 405, else Io.
Error status_error(const HttpHead& head, std::string_view body);

/// What a server other than pprof's own says of an answer that is not 200, in one harmless line:
/// the first line of a plain text, or the start of a JSON text. Empty: nothing beyond the status.
std::string refusal_words(const HttpHead& head, std::string_view body);

/// What is known of a request that got no whole answer.
struct TransferFailure {
  CURLcode code = CURLE_OK;
  std::string detail;  ///< libcurl's own sentence.
  long os_errno = 0;
  std::string proxy;  ///< Empty: none was used.
  std::uint64_t bytes_received = 0;
  std::int64_t timeout_ms = 0;
};

Error transfer_error(const TransferFailure& failure, const Url& url);

}  // namespace plumb
