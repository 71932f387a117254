// SPDX-License-Identifier: Apache-2.0
#include "web/guard.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

namespace plumb::web {
namespace {

HttpRequest request_with(std::vector<NameValue> headers) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/ui/";
  request.headers = std::move(headers);
  return request;
}

struct HostRow {
  const char* host;
  bool is_allowed;
};

TEST(Guard, AnswersOnlyToNamesOfThisMachine) {
  const Guard guard("localhost", "t");
  const std::vector<HostRow> rows = {
      {"localhost:8081", true},
      {"LOCALHOST:8081", true},
      {"127.0.0.1:8081", true},
      {"[::1]:8081", true},
      {"[0:0::1]:8081", true},
      {"localhost", true},
      {"localhost:9000", true},  // A port that is forwarded to ours.
      {"127.0.0.1:9000", true},
      {"[::1]:9000", true},
      {"evil.example:8081", false},
      {"evil.example:9000", false},
      {"127.0.0.1.evil:8081", false},
      {"192.168.1.2:8081", false},
      {"", false},
      {"localhost.:8081", false},
      {"localhost@evil:8081", false},
      {"evil:localhost", false},
      {"localhost:9000:8081", false},
      {"[::1", false},
  };
  for (const HostRow& row : rows) {
    const Refusal refusal = guard.check(request_with({{"host", row.host}}));
    EXPECT_EQ(!refusal.has_value(), row.is_allowed) << row.host;
  }
}

TEST(Guard, AnswersToAddressesWhereEverybodyMayAsk) {
  const Guard guard("0.0.0.0", "t");
  const std::vector<HostRow> rows = {
      {"192.168.1.2", true},        {"192.168.1.2:80", true},
      {"192.168.1.2:9000", true},   {"[fe80::1]", true},
      {"localhost", true},          {"evil.example", false},
      {"evil.example:9000", false}, {"192.168.1.2.evil.example", false},
  };
  for (const HostRow& row : rows) {
    const Refusal refusal = guard.check(request_with({{"host", row.host}}));
    EXPECT_EQ(!refusal.has_value(), row.is_allowed) << row.host;
  }
}

TEST(Guard, KnowsTheNameOfTheMachineButNoneThatBeginsLikeIt) {
  const Guard guard("0.0.0.0", "t");
  std::array<char, 256> name{};
  ASSERT_EQ(::gethostname(name.data(), name.size() - 1), 0);
  const std::string machine = name.data();
  EXPECT_FALSE(guard.check(request_with({{"host", machine + ":8081"}})));
  EXPECT_FALSE(guard.check(request_with({{"host", machine + ".local"}})));
  EXPECT_TRUE(guard.check(request_with({{"host", machine + ".evil.example:8081"}})));
}

TEST(Guard, TurnsOtherMachinesAway) {
  HttpRequest request = request_with({{"host", "localhost:1"}});
  request.peer_is_loopback = false;
  EXPECT_EQ(Guard("localhost", "t").check(request), "permission denied");
  EXPECT_FALSE(Guard("0.0.0.0", "t").check(request));
}

TEST(Guard, OtherSitesMayLinkHereButNotAsk) {
  const Guard guard("localhost", "t");
  const NameValue host = {"host", "localhost:1"};
  EXPECT_TRUE(guard.check(request_with({host, {"sec-fetch-site", "cross-site"}})));
  EXPECT_TRUE(guard.check(
      request_with({host, {"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", "no-cors"}})));
  EXPECT_FALSE(guard.check(
      request_with({host, {"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", "navigate"}})));
  EXPECT_FALSE(guard.check(request_with({host, {"sec-fetch-site", "same-origin"}})));
}

TEST(Guard, WritesNeedOurOriginAndTheToken) {
  const Guard guard("localhost", "secret");
  const NameValue host = {"host", "localhost:1"};
  const NameValue token = {"x-plumb-token", "secret"};
  EXPECT_FALSE(guard.check_write(request_with({host, token})));
  EXPECT_FALSE(guard.check_write(request_with({host, token, {"origin", "http://localhost:1"}})));
  EXPECT_TRUE(guard.check_write(request_with({host, token, {"origin", "http://evil"}})));
  EXPECT_TRUE(guard.check_write(request_with({host, token, {"origin", "null"}})));
  EXPECT_TRUE(guard.check_write(request_with({host, token, {"origin", "http://localhost:2"}})));
  EXPECT_TRUE(guard.check_write(request_with({host, token, {"origin", "https://localhost:1"}})));
  EXPECT_TRUE(guard.check_write(request_with({host})));
  EXPECT_TRUE(guard.check_write(request_with({host, {"x-plumb-token", "secreT"}})));
  EXPECT_TRUE(guard.check_write(request_with({host, {"x-plumb-token", "secre"}})));
}

TEST(Guard, OtherPortsOfThisMachineAreOtherSites) {
  const Guard guard("localhost", "secret");
  const NameValue host = {"host", "localhost:9000"};
  const NameValue token = {"x-plumb-token", "secret"};
  EXPECT_FALSE(guard.check_write(request_with({host, token, {"origin", "http://localhost:9000"}})));
  EXPECT_TRUE(guard.check_write(request_with({host, token, {"origin", "http://localhost:8081"}})));
  EXPECT_TRUE(guard.check(request_with({host, {"sec-fetch-site", "same-site"}})));
}

TEST(Guard, TokensDiffer) {
  EXPECT_EQ(make_token().size(), 32u);
  EXPECT_NE(make_token(), make_token());
}

}  // namespace
}  // namespace plumb::web
