// SPDX-License-Identifier: Apache-2.0
// Fetching over plain HTTP from Go's own server, from servers that misbehave, and through a proxy.
#include <gtest/gtest.h>

#include <string>

#include "base/cut_source.h"
#include "base/gunzip.h"
#include "base/strings.h"
#include "test_server.h"

namespace plumb {
namespace {

using Strings = std::vector<std::string>;

TEST_F(FetchTest, ReadsTheDumpOfALiveProgram) {
  const std::string dump = fetch(url("/debug/pprof/goroutine?debug=2"));
  EXPECT_TRUE(dump.starts_with("goroutine ")) << dump.substr(0, 100);
  EXPECT_NE(dump.find("[chan send"), std::string::npos);
  EXPECT_EQ(notices_,
            (Strings{"Fetching profile over HTTP from " + url("/debug/pprof/goroutine?debug=2")}));
}

TEST_F(FetchTest, HostAndPortAloneMeanTheDefaultProfile) {
  options_.bare_host_path = "/debug/pprof/goroutine?debug=2";
  EXPECT_TRUE(fetch(server_->address("http")).starts_with("goroutine "));
  options_.bare_host_path = "/debug/pprof/heap";
  EXPECT_TRUE(looks_like_gzip(fetch(server_->address("http") + "/debug/pprof/")));
}

TEST_F(FetchTest, SecondsAreAskedForAndAnnounced) {
  options_.seconds = 2;
  const std::string source = server_->address("http") + "/echo?seconds=30&x=1";
  EXPECT_EQ(field(fetch(source), "uri"), "/echo?seconds=2&x=1");
  EXPECT_EQ(notices_, (Strings{"Fetching profile over HTTP from " + url("/echo?seconds=2&x=1"),
                               "Please wait... (2s)"}));
}

TEST_F(FetchTest, EverySourceIsAnnouncedWithItsSeconds) {
  options_.seconds = 2;
  const Strings sources{url("/echo?x=1"), url("/echo?x=2")};
  open_sources(sources, options_, notice_,
               [](std::size_t, const Result<Fetched>& fetched) { EXPECT_TRUE(fetched); });
  const std::string fetching = "Fetching profile over HTTP from ";
  EXPECT_EQ(notices_, (Strings{fetching + url("/echo?seconds=2&x=1"), "Please wait... (2s)",
                               fetching + url("/echo?seconds=2&x=2"), "Please wait... (2s)"}));
}

TEST_F(FetchTest, ShowsWhatPprofAnswersToBadRequests) {
  EXPECT_EQ(fetch(url("/debug/pprof/goroutine?seconds=1&debug=1")),
            "server response: 400 Bad Request - seconds and debug params are incompatible");
  EXPECT_EQ(fetch(url("/debug/pprof/nothing")), "server response: 404 Not Found - Unknown profile");
  EXPECT_EQ(code_, ErrorCode::NotFound);
  EXPECT_EQ(fetch(url("/nothing")), "server response: 404 Not Found");
}

// Go's own server takes no POST since 1.22.
TEST_F(FetchTest, AsksForSymbolsByGetWhereAPostIsRefused) {
  const Strings sources{url("/get-only/heap")};
  std::string addresses;
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    const std::string address = "0x" + std::to_string(400000 + i);
    addresses += (addresses.empty() ? "" : "+") + address;
    expected += address + " at." + address + '\n';
  }
  auto answer = ask_for_symbols(sources, url("/get-only/symbol"), addresses, options_);
  ASSERT_TRUE(answer) << answer.error().message();
  std::string_view rest = *answer;
  std::string lines;
  while (!rest.empty()) {
    const std::string_view line = take_until(rest, '\n');
    if (line.starts_with("0x")) lines += std::string(line) + '\n';
  }
  EXPECT_EQ(lines, expected);
  const auto refused = ask_for_symbols(sources, url("/nothing/symbol"), "0x1", options_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(),
            "http post " + url("/nothing/symbol") + ": server response: 404 Not Found");
}

TEST_F(FetchTest, ShowsWhatOtherServersAnswerBelowPprofsLine) {
  EXPECT_EQ(fetch(url("/raw?text=HTTP/1.1%20403%20Forbidden%0d%0aContent-Type:%20application/json"
                      "%0d%0a%0d%0a{\"message\":\"no\"}")),
            "server response: 403 Forbidden\n  the server says: {\"message\":\"no\"}");
}

TEST_F(FetchTest, MessagesOfServersCannotDriveTheTerminal) {
  EXPECT_EQ(fetch(url("/message?status=500&text=a%1b[2Jb%0ac")),
            "server response: 500 Internal Server Error - a\\x1b[2Jb c");
}

TEST_F(FetchTest, ReadsCompressedMessages) {
  EXPECT_EQ(fetch(url("/message?status=503&gzip=1&text=busy")),
            "server response: 503 Service Unavailable - busy");
}

TEST_F(FetchTest, ErrorPagesWithoutEndAreCutShort) {
  const std::string message = fetch(url("/bulk?status=500&bytes=100000000"));
  EXPECT_TRUE(message.starts_with("server response: 500 Internal Server Error\n"));
  EXPECT_TRUE(message.ends_with("..."));
  EXPECT_LT(message.size(), 1000u);
}

TEST_F(FetchTest, InflatesWhatWasCompressedForTheWay) {
  EXPECT_EQ(field(fetch(url("/echo")), "encoding"), "gzip");
  EXPECT_EQ(fetch(url("/gzip?bytes=200000")), std::string(200'000, '0'));
}

TEST_F(FetchTest, BombsAreStopped) {
  options_.limits.inflate_ratio_floor = 1 << 20;
  EXPECT_NE(fetch(url("/gzip?bytes=30000000")), "");
  EXPECT_EQ(code_, ErrorCode::LimitExceeded);
}

TEST_F(FetchTest, CutCompressionIsAnError) {
  EXPECT_NE(fetch(url("/gzip?bytes=200000&cut=1")), "");
  EXPECT_EQ(code_, ErrorCode::Truncated);
}

TEST_F(FetchTest, UnaskedCompressionIsNamed) {
  EXPECT_EQ(fetch(url("/brotli")),
            "the server compressed its answer with br, which it was not asked for");
}

TEST_F(FetchTest, AnAnswerThatEndsInItsHeadIsCut) {
  EXPECT_EQ(
      fetch(url("/raw?text=HTTP/1.1%20200%20OK%0d%0aContent-Type:%20text/plain%0d%0a")),
      server_->address("http") + " closed the connection before the end of the answer's head");
  EXPECT_EQ(code_, ErrorCode::Truncated);
  EXPECT_EQ(fetch(url("/raw?text=HTTP/1.1%20200%20OK%0d%0a%0d%0abody")), "body");
}

// Stores of objects keep what an uploader said of its own way there.
TEST_F(FetchTest, AnEncodingThatIsNoCompressionIsPassedOver) {
  const auto answer = [this](const std::string& encoding) {
    return fetch(url("/raw?text=HTTP/1.1%20200%20OK%0d%0aContent-Encoding:%20" + encoding +
                     "%0d%0a%0d%0abody"));
  };
  EXPECT_EQ(answer("identity"), "body");
  EXPECT_EQ(answer("aws-chunked"), "body");
  EXPECT_EQ(answer("utf-8,%20aws-chunked"), "body");
  EXPECT_EQ(answer("aws-chunked,%20br"),
            "the server compressed its answer with aws-chunked, br, which it was not asked for");
  EXPECT_EQ(answer("gzip,%20gzip"),
            "the server compressed its answer with gzip, gzip, which it was not asked for");
}

TEST_F(FetchTest, LargeAnswersGoThroughAFile) {
  HttpSettings settings;
  settings.memory_bytes = 100'000;
  const std::string body = get(url("/bulk?bytes=5000000"), settings);
  ASSERT_EQ(body.size(), 5'000'000u);
  for (std::size_t i = 0; i < body.size(); i += 4099) EXPECT_EQ(body[i], '0' + i % 10) << i;
}

TEST_F(FetchTest, AnswersHaveALimit) {
  options_.response_bytes = 1000;
  EXPECT_EQ(fetch(url("/bulk?bytes=1000")).size(), 1000u);
  EXPECT_EQ(fetch(url("/bulk?bytes=1001")), "the answer is larger than 1000 bytes");
  EXPECT_EQ(code_, ErrorCode::LimitExceeded);
  EXPECT_EQ(fetch(url("/bulk?bytes=100000000")), "the answer is larger than 1000 bytes");
  EXPECT_EQ(fetch(url("/bulk?bytes=2000&length=1")), "the answer is larger than 1000 bytes");
}

TEST_F(FetchTest, EmptyAnswersAreEmptySources) {
  EXPECT_EQ(fetch(url("/bulk?bytes=0")), "");
}

TEST_F(FetchTest, HeadsHaveALimit) {
  EXPECT_EQ(fetch(url("/endless-head")), "the head of the answer is larger than 262144 bytes");
  EXPECT_EQ(code_, ErrorCode::LimitExceeded);
}

TEST_F(FetchTest, SilentServersRunIntoTheTimeout) {
  EXPECT_EQ(get(url("/stall"), {}, 300),
            "no whole answer within 0.3 s (0 bytes came); -timeout sets how many seconds to wait");
  EXPECT_EQ(get(url("/stall?bytes=11"), {}, 300),
            "no whole answer within 0.3 s (11 bytes came); -timeout sets how many seconds to "
            "wait");
  EXPECT_EQ(code_, ErrorCode::Io);
}

TEST_F(FetchTest, AnswersCutShortAreErrors) {
  const std::string head = "HTTP/1.1%20200%20OK%0d%0a";
  EXPECT_EQ(fetch(url("/raw?text=" + head + "Content-Length:%20100%0d%0a%0d%0aonly%20this")),
            "the connection to " + server_->address("http") +
                " ended after 9 bytes, before the end of the answer");
  EXPECT_EQ(code_, ErrorCode::Truncated);
  EXPECT_EQ(fetch(url("/raw?text=" + head +
                      "Transfer-Encoding:%20chunked%0d%0a%0d%0a9%0d%0aonly%20this%0d%0a")),
            "the connection to " + server_->address("http") +
                " ended after 9 bytes, before the end of the answer");
  EXPECT_EQ(fetch(url("/raw?text=")),
            server_->address("http") + " closed the connection without an answer");
}

TEST_F(FetchTest, WhatCameBeforeAServerDiedIsKept) {
  const std::string answer =
      "HTTP/1.1%20200%20OK%0d%0aContent-Length:%20100%0d%0a%0d%0aonly%20this";
  auto fetched = open_source(url("/raw?text=" + answer), options_, notice_);
  ASSERT_TRUE(fetched);
  for (int i = 0; i < 2; ++i) {
    CutSource cut(*fetched->bytes);
    EXPECT_EQ(*read_all(cut, 1000), "only this");
    ASSERT_TRUE(cut.reason());
    EXPECT_TRUE(cut.reason()->message().starts_with("the connection to "));
    EXPECT_TRUE(fetched->bytes->rewind());
  }
}

TEST_F(FetchTest, OtherProtocolsAreNotAnswers) {
  EXPECT_EQ(fetch(url("/raw?text=SSH-2.0-OpenSSH%0d%0a")),
            server_->address("http") + " does not answer in HTTP");
}

TEST_F(FetchTest, NobodyListening) {
  EXPECT_EQ(fetch(url("/", "closed")),
            "cannot connect to " + server_->address("closed") +
                ": connection refused; is the program running, with its pprof server on that "
                "port?");
}

// A name that no resolver has to be asked about.
TEST_F(FetchTest, UnknownHostsAreNamed) {
  const std::string name(70, 'x');
  EXPECT_EQ(fetch("http://" + name + ":6060/"), "cannot find the host " + name);
}

TEST_F(FetchTest, FollowsRedirects) {
  EXPECT_TRUE(fetch(url("/debug/pprof/../pprof/goroutine?debug=2")).starts_with("goroutine "));
  EXPECT_EQ(fetch(url("/chain?n=9")), "end of the chain");
  EXPECT_EQ(fetch(url("/chain?n=10")), "stopped after 10 redirects");
}

TEST_F(FetchTest, RedirectsLeadToHttpOnly) {
  for (const std::string target : {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://h/x"}) {
    EXPECT_EQ(fetch(url("/redirect?to=" + target)),
              "the server redirects to " + target + ", and only http and https are followed");
  }
}

TEST_F(FetchTest, RedirectWithoutTargetIsAnAnswer) {
  EXPECT_EQ(fetch(url("/message?status=302")), "server response: 302 Found");
}

TEST_F(FetchTest, PasswordsStayWithTheirServer) {
  const std::string secret = "http://me:pass%3aword@" + server_->address("http");
  const std::string same = fetch(secret + "/redirect?to=/echo");
  EXPECT_EQ(field(same, "user"), "me");
  EXPECT_EQ(field(same, "password"), "pass:word");
  const std::string other_name = "http://localhost:" + server_->port("http") + "/echo";
  const std::string other = fetch(secret + "/redirect?to=" + other_name);
  EXPECT_EQ(field(other, "user"), "");
  EXPECT_EQ(notices_.front().find("word"), std::string::npos) << notices_.front();
}

// Tokens are given so.
TEST_F(FetchTest, APasswordNeedsNoUser) {
  const std::string echo = fetch("http://:token@" + server_->address("http") + "/echo");
  EXPECT_EQ(field(echo, "user"), "");
  EXPECT_EQ(field(echo, "password"), "token");
}

TEST_F(FetchTest, PasswordsInRedirectsAreNotUsed) {
  const std::string target = "http://x:y@" + server_->address("http") + "/echo";
  EXPECT_EQ(field(fetch(url("/redirect?to=" + target)), "user"), "");
}

TEST_F(FetchTest, ManySourcesAreFetchedAtOnceInOrder) {
  Strings sources;
  for (int i = 0; i < 150; ++i) {  // More than are in flight at once.
    sources.push_back(url("/bulk?bytes=" + std::to_string(i)));
  }
  sources[3] = url("/nothing");
  sources[5] = url("/", "closed");
  Strings results;
  open_sources(sources, options_, notice_, [&](std::size_t index, Result<Fetched> fetched) {
    EXPECT_EQ(index, results.size());
    results.push_back(fetched ? std::to_string(read_all(*fetched->bytes, 1000)->size())
                              : fetched.error().message().substr(0, 19));
  });
  ASSERT_EQ(results.size(), sources.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i], i == 3   ? "server response: 40"
                          : i == 5 ? "cannot connect to 1"
                                   : std::to_string(i));
  }
}

TEST_F(FetchTest, SourcesAreFetchedSideBySide) {
  // The server answers when three requests wait for it, and not before.
  const Strings sources(3, url("/meet?n=3"));
  options_.timeout_seconds = 20;
  Strings results;
  open_sources(sources, options_, notice_, [&](std::size_t, Result<Fetched> fetched) {
    results.push_back(fetched ? *read_all(*fetched->bytes, 100) : fetched.error().message());
  });
  EXPECT_EQ(results, Strings(3, "all here"));
}

TEST_F(FetchTest, GoesThroughTheProxyOfTheEnvironment) {
  const ScopedVariable proxy("HTTP_PROXY", "http://" + server_->address("proxy"));
  const std::string echo = fetch("http://plumb.test/echo");
  EXPECT_EQ(field(echo, "via"), "plumb test proxy");
  EXPECT_EQ(field(echo, "host"), "plumb.test");
}

TEST_F(FetchTest, LoopbackNeedsNoProxy) {
  const ScopedVariable proxy("HTTP_PROXY", "http://" + server_->address("closed"));
  EXPECT_EQ(field(fetch(url("/echo")), "via"), "");
  EXPECT_EQ(field(fetch("http://localhost:" + server_->port("http") + "/echo"), "via"), "");
}

TEST_F(FetchTest, RedirectsChooseTheirOwnProxy) {
  const ScopedVariable proxy("HTTP_PROXY", server_->address("proxy"));
  const std::string echo = fetch("http://plumb.test/redirect?to=" + url("/echo"));
  EXPECT_EQ(field(echo, "via"), "");  // From a proxied host to one that never is.
}

TEST_F(FetchTest, ProxyCredentialsGoToTheProxyOnly) {
  const ScopedVariable proxy("HTTP_PROXY", "http://proxy:pass@" + server_->address("proxy"));
  const std::string echo = fetch("http://guarded.test/echo");
  EXPECT_EQ(field(echo, "via"), "plumb test proxy");
  EXPECT_EQ(field(echo, "user"), "");
}

TEST_F(FetchTest, ProxiesSayNo) {
  const ScopedVariable proxy("HTTP_PROXY", server_->address("proxy"));
  const ScopedVariable secure_proxy("HTTPS_PROXY", server_->address("proxy"));
  EXPECT_EQ(fetch("http://guarded.test/echo"),
            "server response: 407 Proxy Authentication Required");
  EXPECT_EQ(fetch("https://forbidden.test/echo"),
            "the proxy does not let us through to forbidden.test:443: CONNECT tunnel failed, "
            "response 403");
}

TEST_F(FetchTest, ProxyThatIsNotThere) {
  const ScopedVariable proxy("HTTP_PROXY", server_->address("closed"));
  EXPECT_EQ(fetch("http://plumb.test/echo"),
            "cannot connect to the proxy of HTTP_PROXY or HTTPS_PROXY: connection refused");
}

TEST_F(FetchTest, NoProxyExempts) {
  const ScopedVariable proxy("HTTP_PROXY", server_->address("proxy"));
  // This machine, by an address that is not a loopback address.
  const std::string source = "http://0.0.0.0:" + server_->port("http") + "/echo";
  EXPECT_EQ(field(fetch(source), "via"), "plumb test proxy");
  const ScopedVariable exempt("NO_PROXY", "10.0.0.0/8,0.0.0.0/8");
  EXPECT_EQ(field(fetch(source), "via"), "");
}

}  // namespace
}  // namespace plumb
