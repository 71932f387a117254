// SPDX-License-Identifier: Apache-2.0
#include "fetch/http_error.h"

#include <cerrno>
#include <cstring>

#include "base/strings.h"

namespace plumb {
namespace {

constexpr std::size_t kShownFieldBytes = 200;
constexpr std::size_t kShownBodyBytes = 4096;
constexpr std::size_t kShownWordsBytes = 500;
constexpr const char* kWantsCertificate =
    "; does the server want a client certificate (-tls_cert and -tls_key)?";

// Text of the peer in one harmless line.
std::string one_line(std::string_view text, std::size_t limit) {
  text = trim(text);
  const bool is_cut = text.size() > limit;
  std::string line(text.substr(0, limit));
  for (char& c : line) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return printable(line) + (is_cut ? "..." : "");
}

// A sentence of somebody else's in the form of ours: small letter, no full stop.
std::string as_our_clause(std::string_view text) {
  std::string clause = one_line(text, kShownFieldBytes);
  if (clause.ends_with('.')) clause.pop_back();
  const bool is_word = clause.size() > 1 && clause[1] >= 'a' && clause[1] <= 'z';
  if (is_word) clause[0] = to_lower(clause.substr(0, 1))[0];
  return clause;
}

std::string seconds_text(std::int64_t milliseconds) {
  std::string text = std::to_string(milliseconds / 1000);
  if (milliseconds % 1000 != 0) text += '.' + std::to_string(milliseconds % 1000 / 100);
  return text + " s";
}

Error connect_error(const TransferFailure& failure, const Url& url) {
  const int code = static_cast<int>(failure.os_errno);
  const std::string reason = code == 0 ? failure.detail : std::strerror(code);
  if (!failure.proxy.empty()) {
    return Error(ErrorCode::Io, "cannot connect to the proxy of HTTP_PROXY or HTTPS_PROXY: " +
                                    as_our_clause(reason));
  }
  std::string text = "cannot connect to " + host_and_port(url) + ": " + as_our_clause(reason);
  if (code == ECONNREFUSED) text += "; is the program running, with its pprof server on that port?";
  return Error(ErrorCode::Io, text);
}

Error timeout_error(const TransferFailure& failure) {
  return Error(ErrorCode::Io, "no whole answer within " + seconds_text(failure.timeout_ms) + " (" +
                                  plural(failure.bytes_received, "byte") +
                                  " came); -timeout sets how many seconds to wait");
}

Error trust_error(const TransferFailure& failure, const Url& url) {
  std::string_view reason = failure.detail;
  consume_prefix(reason, "SSL certificate problem: ");
  return Error(ErrorCode::Io, "the certificate of " + host_and_port(url) + " is not trusted (" +
                                  as_our_clause(reason) +
                                  "); name the authority that signed it with -tls_ca, or write "
                                  "https+insecure:// to skip the check");
}

// TLS alerts that came from the other side, and everything else that ends a TLS connection.
Error tls_error(const TransferFailure& failure, const Url& url) {
  const std::string detail = to_lower(failure.detail);
  // OpenSSL's words, and GnuTLS's.
  if (detail.find("wrong version number") != std::string::npos ||
      detail.find("unexpected tls packet") != std::string::npos) {
    return Error(ErrorCode::Io, host_and_port(url) + " does not speak TLS; try http://");
  }
  const bool wants_certificate = detail.find("certificate required") != std::string::npos ||
                                 detail.find("bad certificate") != std::string::npos ||
                                 detail.find("handshake failure") != std::string::npos;
  std::string text =
      "no TLS connection with " + host_and_port(url) + ": " + as_our_clause(failure.detail);
  if (wants_certificate) text += kWantsCertificate;
  return Error(ErrorCode::Io, text);
}

// With TLS 1.3 a server judges the client's certificate after the client's side of the handshake is
// done; when it is quick, all that libcurl sees of its refusal is a closed connection.
bool is_closed_after_handshake(const TransferFailure& failure, const Url& url) {
  const bool is_closed = failure.code == CURLE_RECV_ERROR || failure.code == CURLE_SEND_ERROR;
  return url.scheme != "http" && is_closed && failure.bytes_received == 0;
}

Error cut_error(const TransferFailure& failure, const Url& url) {
  return Error(ErrorCode::Truncated, "the connection to " + host_and_port(url) + " ended after " +
                                         plural(failure.bytes_received, "byte") +
                                         ", before the end of the answer");
}

Error other_error(const TransferFailure& failure, const Url& url) {
  if (failure.detail.find("CONNECT") != std::string::npos) {
    return Error(ErrorCode::Io, "the proxy does not let us through to " + host_and_port(url) +
                                    ": " + as_our_clause(failure.detail));
  }
  if (failure.code == CURLE_RECV_ERROR && failure.bytes_received > 0) {
    return cut_error(failure, url);
  }
  if (to_lower(failure.detail).find("ssl") != std::string::npos) return tls_error(failure, url);
  if (is_closed_after_handshake(failure, url)) {
    return Error(ErrorCode::Io, "no TLS connection with " + host_and_port(url) +
                                    ": closed after the handshake" + kWantsCertificate);
  }
  return Error(ErrorCode::Io, host_and_port(url) + ": " + as_our_clause(failure.detail));
}

ErrorCode code_of_status(int status) {
  if (status == 404) return ErrorCode::NotFound;
  return status == 405 ? ErrorCode::NotAllowed : ErrorCode::Io;
}

}  // namespace

void read_head_line(std::string_view line, HttpHead& head) {
  line = trim(line);
  if (line.empty()) head.is_whole = true;
  if (line.starts_with("HTTP/")) {
    head = {};
    take_until(line, ' ');
    head.status_text = one_line(line, kShownFieldBytes);
    head.status = parse_int<int>(line.substr(0, line.find(' '))).value_or(0);
    return;
  }
  const std::string name = to_lower(take_until(line, ':'));
  line = trim(line);
  if (name == "content-type") head.content_type = one_line(line, kShownFieldBytes);
  if (name == "content-encoding")
    head.content_encoding = to_lower(one_line(line, kShownFieldBytes));
  if (name == "x-go-pprof") head.is_from_pprof = !line.empty();
}

Error status_error(const HttpHead& head, std::string_view body) {
  std::string text = "server response: " + head.status_text;
  const bool is_text = head.content_type.find("text/plain") != std::string::npos;
  if (head.is_from_pprof && is_text && !trim(body).empty()) {
    text += " - " + one_line(body, kShownBodyBytes);
  }
  // What Go's TLS server answers to plain HTTP.
  if (head.status == 400 && body.find("HTTP request to an HTTPS server") != std::string::npos) {
    text += "; the server speaks TLS: write https://";
  }
  return {code_of_status(head.status), text};
}

std::string refusal_words(const HttpHead& head, std::string_view body) {
  const bool is_json = head.content_type.find("json") != std::string::npos;
  const bool is_text = head.content_type.find("text/plain") != std::string::npos;
  if (head.is_from_pprof || !(is_json || is_text)) return "";
  std::string_view rest = trim(body);
  const std::string_view line = is_json ? rest : trim(take_until(rest, '\n'));
  // Go's handlers say no more than the status does.
  if (line == head.status_text || line == "404 page not found") return "";
  return one_line(line, kShownWordsBytes);
}

Error transfer_error(const TransferFailure& failure, const Url& url) {
  const std::string place = host_and_port(url);
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return Error(ErrorCode::Io, "cannot find the host " + printable(url.host));
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Error(ErrorCode::Io, "cannot find the proxy that HTTP_PROXY or HTTPS_PROXY names");
    case CURLE_COULDNT_CONNECT:
      return connect_error(failure, url);
    case CURLE_OPERATION_TIMEDOUT:
      return timeout_error(failure);
    case CURLE_PEER_FAILED_VERIFICATION:
      return trust_error(failure, url);
    case CURLE_SSL_CERTPROBLEM:
      return Error(ErrorCode::Usage,
                   "could not load certificate/key pair specified by -tls_cert and -tls_key: " +
                       as_our_clause(failure.detail));
    case CURLE_SSL_CACERT_BADFILE:
      return Error(ErrorCode::Usage, "could not load the certificates of the authorities: " +
                                         as_our_clause(failure.detail) +
                                         "; install ca-certificates, or name a file with -tls_ca");
    case CURLE_SSL_CONNECT_ERROR:
      return tls_error(failure, url);
    case CURLE_GOT_NOTHING:
      return Error(ErrorCode::Truncated, place + " closed the connection without an answer");
    case CURLE_PARTIAL_FILE:
      return cut_error(failure, url);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return Error(ErrorCode::Io, place + " does not answer in HTTP");
    default:
      return other_error(failure, url);
  }
}

}  // namespace plumb
