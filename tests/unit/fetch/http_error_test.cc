// SPDX-License-Identifier: Apache-2.0
#include "fetch/http_error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace plumb {
namespace {

HttpHead head_of(std::initializer_list<std::string_view> lines) {
  HttpHead head;
  for (const std::string_view line : lines) read_head_line(line, head);
  return head;
}

TEST(HttpHead, KeepsTheLastOfSeveralAnswers) {
  const HttpHead head = head_of({"HTTP/1.1 100 Continue\r\n", "X-Go-Pprof: 1\r\n", "\r\n",
                                 "HTTP/1.1 404 Not Found\r\n", "Content-Type: text/html\r\n"});
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.status_text, "404 Not Found");
  EXPECT_EQ(head.content_type, "text/html");
  EXPECT_FALSE(head.is_from_pprof);
}

TEST(HttpHead, FieldNamesHaveAnyCase) {
  const HttpHead head = head_of({"HTTP/1.1 200", "CONTENT-ENCODING:GZip", "x-go-PPROF:  1"});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.content_encoding, "gzip");
  EXPECT_TRUE(head.is_from_pprof);
}

TEST(StatusError, ShowsTheBodyOfPprofOnly) {
  const HttpHead plain = head_of({"HTTP/1.1 500 Oops", "Content-Type: text/plain"});
  EXPECT_EQ(status_error(plain, "why\n").message(), "server response: 500 Oops");
  const HttpHead pprof =
      head_of({"HTTP/1.1 500 Oops", "Content-Type: text/plain; charset=utf-8", "X-Go-Pprof: 1"});
  EXPECT_EQ(status_error(pprof, "why\n").message(), "server response: 500 Oops - why");
  const HttpHead html = head_of({"HTTP/1.1 500 Oops", "Content-Type: text/html", "X-Go-Pprof: 1"});
  EXPECT_EQ(status_error(html, "<p>why").message(), "server response: 500 Oops");
}

TEST(RefusalWords, AreTheStartOfATextOrJson) {
  const HttpHead text = head_of({"HTTP/1.1 500 Oops", "Content-Type: text/plain"});
  EXPECT_EQ(refusal_words(text, "\nkaboom\x1b: db down\r\nmore"), "kaboom\\x1b: db down");
  EXPECT_LT(refusal_words(text, std::string(100'000, 'y')).size(), 600u);
  const HttpHead json = head_of({"HTTP/1.1 403 Forbidden", "Content-Type: application/json"});
  EXPECT_EQ(refusal_words(json, "{\n\"message\": \"no\"\n}\n"), "{ \"message\": \"no\" }");
}

TEST(RefusalWords, AreEmptyWhereTheySayNothingNew) {
  const HttpHead missing = head_of({"HTTP/1.1 404 Not Found", "Content-Type: text/plain"});
  EXPECT_EQ(refusal_words(missing, "404 page not found\n"), "");
  EXPECT_EQ(refusal_words(missing, "404 Not Found"), "");
  EXPECT_EQ(refusal_words(missing, " \n"), "");
  const HttpHead html = head_of({"HTTP/1.1 500 Oops", "Content-Type: text/html"});
  EXPECT_EQ(refusal_words(html, "<p>why"), "");
  const HttpHead pprof =
      head_of({"HTTP/1.1 500 Oops", "Content-Type: text/plain", "X-Go-Pprof: 1"});
  EXPECT_EQ(refusal_words(pprof, "why"), "");
}

TEST(StatusError, KeepsControlCharactersFromTheTerminal) {
  const HttpHead head =
      head_of({"HTTP/1.1 500 \x1b[2J", "Content-Type: text/plain", "X-Go-Pprof: 1"});
  EXPECT_EQ(status_error(head, "a\nb\x1b]0;c\x07").message(),
            "server response: 500 \\x1b[2J - a b\\x1b]0;c\\x07");
}

TEST(StatusError, ShortensLongTexts) {
  const HttpHead head = head_of(
      {"HTTP/1.1 500 " + std::string(100'000, 'x'), "Content-Type: text/plain", "X-Go-Pprof: 1"});
  EXPECT_LT(status_error(head, std::string(100'000, 'y')).message().size(), 5'000u);
}

struct FailureRow {
  const char* name;
  TransferFailure failure;
  const char* url;
  ErrorCode code;
  const char* message;
};

class TransferError : public testing::TestWithParam<FailureRow> {};

TEST_P(TransferError, SaysWhatToDo) {
  const Error error = transfer_error(GetParam().failure, *parse_url(GetParam().url));
  EXPECT_EQ(error.message(), GetParam().message);
  EXPECT_EQ(error.code(), GetParam().code);
}

TransferFailure failed(CURLcode code, const char* detail, long os_errno = 0,
                       const char* proxy = "") {
  TransferFailure failure;
  failure.code = code;
  failure.detail = detail;
  failure.os_errno = os_errno;
  failure.proxy = proxy;
  failure.bytes_received = 7;
  failure.timeout_ms = 1500;
  return failure;
}

INSTANTIATE_TEST_SUITE_P(
    Failures, TransferError,
    testing::Values(
        FailureRow{"Refused", failed(CURLE_COULDNT_CONNECT, "x", ECONNREFUSED), "http://h:1",
                   ErrorCode::Io,
                   "cannot connect to h:1: connection refused; is the program running, with its "
                   "pprof server on that port?"},
        FailureRow{"NoRoute", failed(CURLE_COULDNT_CONNECT, "x", EHOSTUNREACH), "http://h",
                   ErrorCode::Io, "cannot connect to h:80: no route to host"},
        FailureRow{"ProxyRefused", failed(CURLE_COULDNT_CONNECT, "x", ECONNREFUSED, "http://p:1"),
                   "http://h", ErrorCode::Io,
                   "cannot connect to the proxy of HTTP_PROXY or HTTPS_PROXY: connection refused"},
        FailureRow{"NoSuchHost", failed(CURLE_COULDNT_RESOLVE_HOST, "Could not resolve host: h"),
                   "http://h", ErrorCode::Io, "cannot find the host h"},
        FailureRow{"Timeout", failed(CURLE_OPERATION_TIMEDOUT, "x"), "http://h", ErrorCode::Io,
                   "no whole answer within 1.5 s (7 bytes came); -timeout sets how many seconds "
                   "to wait"},
        FailureRow{"SelfSigned",
                   failed(CURLE_PEER_FAILED_VERIFICATION,
                          "SSL certificate problem: self-signed certificate"),
                   "https://h", ErrorCode::Io,
                   "the certificate of h:443 is not trusted (self-signed certificate); name the "
                   "authority that signed it with -tls_ca, or write https+insecure:// to skip the "
                   "check"},
        FailureRow{"NoTlsThere",
                   failed(CURLE_SSL_CONNECT_ERROR,
                          "error:0A00010B:SSL routines::wrong version "
                          "number"),
                   "https://h:8080", ErrorCode::Io, "h:8080 does not speak TLS; try http://"},
        FailureRow{"Tunnel",
                   failed(CURLE_RECV_ERROR, "CONNECT tunnel failed, response 403", 0, "http://p"),
                   "https://h", ErrorCode::Io,
                   "the proxy does not let us through to h:443: CONNECT tunnel failed, response "
                   "403"},
        FailureRow{"ClosedAfterHandshake",
                   [] {
                     TransferFailure failure =
                         failed(CURLE_RECV_ERROR, "Failure when receiving data from the peer");
                     failure.bytes_received = 0;
                     return failure;
                   }(),
                   "https://h", ErrorCode::Io,
                   "no TLS connection with h:443: closed after the handshake; does the server "
                   "want a client certificate (-tls_cert and -tls_key)?"},
        FailureRow{"CutShort", failed(CURLE_PARTIAL_FILE, "x"), "http://h", ErrorCode::Truncated,
                   "the connection to h:80 ended after 7 bytes, before the end of the answer"},
        FailureRow{"Reset", failed(CURLE_RECV_ERROR, "Recv failure: Connection reset by peer"),
                   "http://h", ErrorCode::Truncated,
                   "the connection to h:80 ended after 7 bytes, before the end of the answer"},
        FailureRow{"Unforeseen", failed(CURLE_SEND_ERROR, "Send failure: Broken pipe."), "http://h",
                   ErrorCode::Io, "h:80: send failure: Broken pipe"}),
    [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace plumb
