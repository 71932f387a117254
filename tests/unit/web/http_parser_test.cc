// SPDX-License-Identifier: Apache-2.0
#include "web/http_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace plumb::web {
namespace {

constexpr std::string_view kRequest =
    "GET /ui/top?f=main.%28x%29&i=a+b&f=second HTTP/1.1\r\n"
    "Host: localhost:8081\r\n"
    "Accept-Encoding:  gzip \r\n"
    "\r\n";

TEST(HttpParser, ReadsPathParametersAndHeaders) {
  const auto head = parse_head(kRequest);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->request.method, "GET");
  EXPECT_EQ(head->request.path, "/ui/top");
  EXPECT_EQ(head->request.query.get("f"), "main.(x)") << "the first of two";
  EXPECT_EQ(head->request.query.get("i"), "a b");
  EXPECT_EQ(head->request.query.get("none"), "");
  EXPECT_EQ(head->request.header("accept-encoding"), "gzip");
  EXPECT_TRUE(head->keep_alive);
}

TEST(HttpParser, FindsTheEndOfTheHead) {
  for (std::size_t length = 0; length < kRequest.size(); ++length) {
    EXPECT_EQ(find_head_end(kRequest.substr(0, length)), std::string_view::npos);
  }
  EXPECT_EQ(find_head_end(kRequest), kRequest.size());
  EXPECT_EQ(find_head_end("GET / HTTP/1.1\n\nrest"), 16u);
}

struct Refused {
  const char* name;
  std::string head;
  ErrorCode code;
};

std::string with(std::string_view header) {
  return "POST / HTTP/1.1\r\nHost: x\r\n" + std::string(header) + "\r\n\r\n";
}

TEST(HttpParser, RefusesWhatOtherServersWereBrokenBy) {
  const std::vector<Refused> rows = {
      {"no host", "GET / HTTP/1.1\r\n\r\n", ErrorCode::Malformed},
      {"two hosts", with("Host: y"), ErrorCode::Malformed},
      {"two lengths", with("Content-Length: 1\r\nContent-Length: 2"), ErrorCode::Malformed},
      {"negative length", with("Content-Length: -1"), ErrorCode::Malformed},
      {"length with a sign", with("Content-Length: +1"), ErrorCode::Malformed},
      {"huge length", with("Content-Length: 99999999999999999999999"), ErrorCode::Malformed},
      {"chunks", with("Transfer-Encoding: chunked"), ErrorCode::Usage},
      {"blank before the colon", with("X : y"), ErrorCode::Malformed},
      {"folded header", with("X: y\r\n z"), ErrorCode::Malformed},
      {"control character",
       with(std::string("X: a\x01"
                        "b")),
       ErrorCode::Malformed},
      {"whole URL", "GET http://other/ HTTP/1.1\r\nHost: x\r\n\r\n", ErrorCode::Malformed},
      {"bad encoding", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", ErrorCode::Malformed},
      {"cut encoding", "GET /%4 HTTP/1.1\r\nHost: x\r\n\r\n", ErrorCode::Malformed},
      {"encoded line feed", "GET /a%0ab HTTP/1.1\r\nHost: x\r\n\r\n", ErrorCode::Malformed},
      {"tab in the path", "GET /\ta HTTP/1.1\r\nHost: x\r\n\r\n", ErrorCode::Malformed},
      {"other version", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", ErrorCode::Usage},
      {"TLS hello", std::string("\x16\x03\x01\x02\x00\r\n\r\n", 9), ErrorCode::Malformed},
      {"empty", "\r\n\r\n", ErrorCode::Malformed},
  };
  for (const Refused& row : rows) {
    const auto head = parse_head(row.head);
    ASSERT_FALSE(head) << row.name;
    EXPECT_EQ(head.error().code(), row.code) << row.name;
  }
}

TEST(HttpParser, LimitsTheNumberOfHeaders) {
  std::string head = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (std::size_t i = 0; i < kMostHeaders; ++i) head += "X: y\r\n";
  const auto parsed = parse_head(head + "\r\n");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code(), ErrorCode::LimitExceeded);
}

TEST(HttpParser, SurvivesEveryCut) {
  for (std::size_t length = 0; length < kRequest.size(); ++length) {
    [[maybe_unused]] const auto head = parse_head(kRequest.substr(0, length));
  }
}

TEST(HttpParser, KnowsWhenTheConnectionEnds) {
  const auto closed = parse_head(with("Connection: close"));
  ASSERT_TRUE(closed);
  EXPECT_FALSE(closed->keep_alive);
  const auto old = parse_head("GET / HTTP/1.0\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(old);
  EXPECT_FALSE(old->keep_alive);
}

TEST(HttpMessage, EncodingAndDecodingAreInverse) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  std::string back;
  ASSERT_TRUE(percent_decode(percent_encode(all), true, back));
  EXPECT_EQ(back, all);
}

}  // namespace
}  // namespace plumb::web
