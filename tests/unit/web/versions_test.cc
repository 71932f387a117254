// SPDX-License-Identifier: Apache-2.0
// What becomes of the versions of a profile whose servers are watched.

#include <gtest/gtest.h>

#include <string>

#include "support/make_profile.h"
#include "web/web_app.h"

namespace plumb::web {
namespace {

WebContent content_of(std::int64_t value) {
  test::ProfileMaker make("goroutine");
  make.add(value, "main.main;main.work");
  WebContent content;
  content.profile = std::move(make.profile);
  return content;
}

class Versions : public testing::Test {
 protected:
  Versions() : app_(content_of(0), hooks(), Guard("localhost", "token")) {}

  static WebHooks hooks() {
    WebHooks hooks;
    hooks.options = [](const Query&) -> Result<ReportOptions> { return ReportOptions(); };
    hooks.command = [](std::string_view, const Query&, const auto&, const auto&) { return ""; };
    return hooks;
  }

  // The total of what is answered, which is what was published as this version; each has its own.
  std::int64_t ask(const std::string& query) {
    HttpRequest request;
    request.method = "GET";
    request.path = "/ui/api/top";
    request.query_text = query;
    request.query = parse_query(query);
    request.headers = {{"host", "localhost:8081"}};
    const HttpResponse response = app_.answer(request);
    EXPECT_EQ(response.status, 200) << response.content();
    const std::int64_t total = Json::parse(response.content())["total"].get<std::int64_t>();
    for (const auto& [name, value] : response.headers) {
      if (name == "Plumb-Version") {
        EXPECT_EQ(value, std::to_string(total));
      }
    }
    return total;
  }

  void publish(std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i <= last; ++i) app_.publish(content_of(i), LiveStatus());
  }

  WebApp app_;
};

TEST_F(Versions, ThatAPageStandsStillAtAreKept) {
  publish(1, 3);
  EXPECT_EQ(ask(""), 3);
  EXPECT_EQ(ask("version=3"), 3);
  for (int i = 4; i < 30; ++i) {
    publish(i, i);
    EXPECT_EQ(ask(""), i);
    EXPECT_EQ(ask("version=3"), 3) << i;
  }
}

TEST_F(Versions, ThatWereJustReplacedMayBeAskedFor) {
  publish(1, 4);
  EXPECT_EQ(ask("version=3"), 3);
  EXPECT_EQ(ask("version=2"), 4) << "it is forgotten";
}

TEST_F(Versions, ThatNobodyAsksForAreForgotten) {
  publish(1, 3);
  EXPECT_EQ(ask("version=3"), 3);
  publish(4, 9);
  EXPECT_EQ(ask("version=3"), 3) << "a page may be late";
  publish(10, 20);
  EXPECT_EQ(ask("version=3"), 20);
}

TEST_F(Versions, AreKeptOfAFewPagesAtATime) {
  for (int i = 1; i < 10; ++i) {
    publish(i, i);
    EXPECT_EQ(ask("version=" + std::to_string(i)), i);
  }
  EXPECT_EQ(ask("version=1"), 9);
  EXPECT_EQ(ask("version=7"), 7);
}

TEST_F(Versions, ThatAreNoneAreTheLast) {
  publish(1, 3);
  for (const char* version : {"-1", "x", "4", "99999999999999999999"}) {
    EXPECT_EQ(ask("version=" + std::string(version)), 3) << version;
  }
}

}  // namespace
}  // namespace plumb::web
