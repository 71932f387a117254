// SPDX-License-Identifier: Apache-2.0
#include "web/web_app.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/make_profile.h"
#include "web/assets.h"

namespace plumb::web {
namespace {

Profile make_profile() {
  test::ProfileMaker make("cpu");
  make.add(10, "main.main;main.work");
  make.add(30, "main.main;main.work;main.<script>alert(1)</script>");
  make.add(5, "main.main;main.work;main.work");
  return std::move(make.profile);
}

class WebAppTest : public testing::Test {
 protected:
  WebAppTest() : app_(content(), hooks(), Guard("localhost", "token")) {}

  static WebContent content() {
    WebContent all;
    all.profile = make_profile();
    all.sources = {"cpu.pb.gz"};
    all.notices = {"cpu.pb.gz: 1 cut sample"};
    return all;
  }

  static WebHooks hooks() {
    WebHooks hooks;
    hooks.options = [](const Query& query) -> Result<ReportOptions> {
      ReportOptions options;
      options.filters.focus = query.get("f");
      options.nodefraction = 0;
      if (query.get("g") == "bogus") return Error(ErrorCode::Usage, "no such granularity");
      return options;
    };
    hooks.command = [](std::string_view name, const Query& query, const auto&, const auto&) {
      return "plumb " + std::string(name) + " -focus=" + std::string(query.get("f"));
    };
    return hooks;
  }

  HttpResponse get(const std::string& path, const std::string& query = {},
                   std::vector<NameValue> headers = {}) {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    request.query_text = query;
    request.query = parse_query(query);
    request.headers = std::move(headers);
    request.headers.emplace_back("host", "localhost:8081");
    return app_.answer(request);
  }

  Json json(const std::string& view, const std::string& query = {}) {
    const HttpResponse response = get("/ui/api/" + view, query);
    EXPECT_EQ(response.status, 200) << response.content();
    return Json::parse(response.content());
  }

  static std::string header(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }

  WebApp app_;
};

TEST_F(WebAppTest, KeepsTheQueryWhenItRedirects) {
  EXPECT_EQ(header(get("/"), "Location"), "/ui/");
  EXPECT_EQ(header(get("/", "f=a"), "Location"), "/ui/?f=a");
  EXPECT_EQ(header(get("/top", "f=a"), "Location"), "/ui/?f=a") << "as pprof";
  EXPECT_EQ(header(get("/ui/", "si=cpu"), "Location"), "/ui/flamegraph?si=cpu");
  EXPECT_EQ(header(get("/ui/flamegraphold", "p=x"), "Location"), "/ui/flamegraph?p=x");
  EXPECT_EQ(get("/").status, 307);
}

TEST_F(WebAppTest, EveryViewHasAPageAndData) {
  for (const View& view : views()) {
    const std::string name(view.name);
    const HttpResponse page = get("/ui/" + name);
    EXPECT_EQ(page.status, 200) << name;
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
    // There is no program whose instructions could be shown.
    if (name == "disasm") continue;
    EXPECT_EQ(get("/ui/api/" + name).status, 200) << name;
  }
  EXPECT_EQ(get("/ui/nothing").status, 404);
  EXPECT_EQ(get("/ui/api/nothing").status, 404);
  EXPECT_EQ(get("/ui/assets/../secret").status, 404);
  EXPECT_EQ(get("/ui/assets/").status, 404);
}

TEST_F(WebAppTest, APersonFindsBackFromWhatIsNotThere) {
  for (const char* query : {"", "profile=9"}) {
    const HttpResponse page = get("/ui/nothing", query, {{"accept", "text/html,*/*"}});
    EXPECT_EQ(page.status, 404);
    EXPECT_NE(page.content().find("app.js"), std::string_view::npos);
    EXPECT_EQ(get("/ui/nothing", query).content().find("app.js"), std::string_view::npos);
  }
}

TEST_F(WebAppTest, NamesAreNeverMarkup) {
  const HttpResponse page = get("/ui/top", "f=<script>");
  EXPECT_EQ(page.content().find("<script>"), std::string_view::npos);
  const Json top = json("top");
  EXPECT_EQ(top["data"]["rows"][0]["name"], "main.<script>alert(1)</script>");
  EXPECT_EQ(get("/ui/api/top").content_type, "application/json");
  EXPECT_EQ(header(page, "X-Content-Type-Options"), "nosniff");
}

TEST_F(WebAppTest, EveryAnswerForbidsWhatIsNotOurs) {
  for (const char* path : {"/", "/ui/top", "/ui/api/top", "/ui/assets/app.js", "/ui/none"}) {
    const HttpResponse response = get(path);
    EXPECT_NE(header(response, "Content-Security-Policy").find("default-src 'none'"),
              std::string::npos)
        << path;
    EXPECT_EQ(header(response, "Cross-Origin-Resource-Policy"), "same-origin") << path;
  }
}

TEST_F(WebAppTest, RefusesOtherNamesAndMethods) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/ui/download";
  request.headers = {{"host", "evil.example:8081"}};
  EXPECT_EQ(app_.answer(request).status, 403);
  request.headers = {{"host", "localhost:8081"}};
  for (const char* method : {"POST", "DELETE", "PUT", "OPTIONS", "TRACE"}) {
    request.method = method;
    EXPECT_EQ(app_.answer(request).status, 405) << method;
  }
}

TEST_F(WebAppTest, TopHasTheNumbersOfTheReport) {
  const Json top = json("top");
  EXPECT_EQ(top["total"], 45);
  EXPECT_EQ(top["data"]["rows"].size(), 3u);
  EXPECT_EQ(top["data"]["rows"][1]["name"], "main.work");
  EXPECT_EQ(top["data"]["rows"][1]["flat"], 15);
  EXPECT_EQ(top["data"]["rows"][1]["cum"], 45);
  EXPECT_EQ(top["command"], "plumb top -focus=");
}

TEST_F(WebAppTest, SaysWhatShareASearchMatches) {
  const auto expect = [this](const std::string& query, int matched, int total) {
    const Json share = Json::parse(get("/ui/api/matched", query).content());
    EXPECT_EQ(share["matched"], matched) << query;
    EXPECT_EQ(share["total"], total) << query;
  };
  // Each stack once, however often it matches.
  expect("q=work", 45, 45);
  expect("q=script", 30, 45);
  expect("q=main", 45, 45);
  expect("q=nosuchfunction", 0, 45);
  expect("q=work&f=script", 30, 30);
  EXPECT_EQ(get("/ui/api/matched", "q=(").status, 400);
  EXPECT_EQ(get("/ui/matched", "q=main").status, 404);
}

TEST_F(WebAppTest, SaysWhatIsWrongWithParameters) {
  const HttpResponse response = get("/ui/api/top", "g=bogus");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content(), "no such granularity\n");
  EXPECT_EQ(get("/ui/api/peek", "f=nosuchfunction").status, 400);
  EXPECT_EQ(get("/ui/api/top", "f=(").status, 400);
}

TEST_F(WebAppTest, SaysWhatFiltersMatchedNothing) {
  const Json top = json("top", "f=nosuchfunction");
  EXPECT_EQ(top["notices"][0], "Focus expression matched no samples");
  EXPECT_TRUE(top["data"]["rows"].empty());
}

TEST_F(WebAppTest, TheSecondAnswerIsTheFirst) {
  const std::string first(get("/ui/api/graph").content());
  EXPECT_EQ(get("/ui/api/graph").content(), first);
  EXPECT_FALSE(json("graph")["data"]["nodes"].empty());
}

TEST_F(WebAppTest, DownloadsTheWholeProfile) {
  const HttpResponse response = get("/ui/download", "f=nothing");
  EXPECT_EQ(header(response, "Content-Disposition"), "attachment;filename=profile.pb.gz");
  EXPECT_EQ(response.content().substr(0, 2), "\x1f\x8b");
}

TEST_F(WebAppTest, AssetsAreCompressedAndKnownAgain) {
  const HttpResponse packed = get("/ui/assets/app.js", "", {{"accept-encoding", "gzip"}});
  EXPECT_EQ(header(packed, "Content-Encoding"), "gzip");
  const HttpResponse plain = get("/ui/assets/app.js");
  EXPECT_EQ(plain.content(), inflated(*find_asset("app.js")));
  EXPECT_GT(plain.content().size(), packed.content().size());
  const std::string etag = header(packed, "ETag");
  EXPECT_EQ(get("/ui/assets/app.js", "", {{"if-none-match", etag}}).status, 304);
}

// The rows of the flame graph, as "depth name self".
std::vector<std::string> flame_rows(std::string_view bytes) {
  EXPECT_EQ(bytes.substr(0, 4), "PLFG");
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    length |= std::size_t{static_cast<unsigned char>(bytes[4 + i])} << (8 * i);
  }
  const Json data = Json::parse(bytes.substr(8, length))["data"];
  bytes.remove_prefix(8 + length);
  std::map<std::string, std::vector<std::uint64_t>> columns;
  for (const auto& [name, size] : data["columns"].items()) {
    const std::string_view column = bytes.substr(0, size.get<std::size_t>());
    bytes.remove_prefix(column.size());
    std::uint64_t value = 0;
    unsigned shift = 0;
    for (const char c : column) {
      value |= std::uint64_t{static_cast<unsigned char>(c) & 0x7fU} << shift;
      shift += 7;
      if ((static_cast<unsigned char>(c) & 0x80U) != 0) continue;
      columns[name].push_back(value);
      value = 0;
      shift = 0;
    }
  }
  EXPECT_TRUE(bytes.empty());
  std::vector<std::string> rows;
  std::uint64_t depth = 0;
  for (std::size_t i = 0; i < data["rows"]; ++i) {
    depth = i == 0 ? 0 : depth + 1 - columns["up"][i] / 2;
    rows.push_back(std::to_string(depth) + ' ' +
                   data["names"][columns["name"][i]].get<std::string>() + ' ' +
                   std::to_string(columns["self"][i]));
  }
  return rows;
}

TEST_F(WebAppTest, FlameGraphIsTheTreeOfStacksHeaviestFirst) {
  const HttpResponse response = get("/ui/api/flamegraph");
  EXPECT_EQ(response.content_type, "application/octet-stream");
  EXPECT_EQ(flame_rows(response.content()),
            (std::vector<std::string>{"0 root 0", "1 main.main 0", "2 main.work 10",
                                      "3 main.<script>alert(1)</script> 30", "3 main.work 5"}));
}

TEST_F(WebAppTest, FlameGraphOfNothingIsTheRoot) {
  const HttpResponse response = get("/ui/api/flamegraph", "f=nosuchfunction");
  EXPECT_EQ(flame_rows(response.content()), (std::vector<std::string>{"0 root 0"}));
}

LeaksReport make_leaks() {
  LeaksBuilder builder(LeaksOptions{});
  for (const char* const name : {"first", "second"}) {
    test::ProfileMaker make("goroutine");
    make.add(name == std::string_view("first") ? 3 : 30, "main.main;main.leak;runtime.chansend1");
    make.add(1, "main.main;main.work");
    EXPECT_TRUE(builder.add(name, Content(std::move(make.profile)), PlaceUnit::Byte));
  }
  auto report = std::move(builder).finish();
  EXPECT_TRUE(report);
  return *std::move(report);
}

TEST_F(WebAppTest, LeaksAreTheHomeOfGoroutinesOnly) {
  EXPECT_EQ(get("/ui/leaks").status, 404);
  EXPECT_EQ(get("/ui/api/leaks").status, 404);
  EXPECT_EQ(get("/ui/summary").status, 404);
  WebContent with_leaks = content();
  with_leaks.leaks = make_leaks();
  WebApp app(std::move(with_leaks), hooks(), Guard("localhost", "token"));
  HttpRequest request;
  request.method = "GET";
  request.path = "/ui/";
  request.headers = {{"host", "localhost:8081"}};
  EXPECT_EQ(header(app.answer(request), "Location"), "/ui/leaks");
  request.path = "/ui/leaks";
  EXPECT_EQ(app.answer(request).status, 200);
  request.path = "/ui/summary";
  const HttpResponse summary = app.answer(request);
  EXPECT_EQ(summary.content_type, "text/markdown; charset=utf-8");
  EXPECT_NE(summary.content().find("goroutines"), std::string_view::npos) << summary.content();
  request.path = "/ui/api/leaks";
  const Json data = Json::parse(app.answer(request).content())["data"];
  ASSERT_EQ(data["report"]["groups"].size(), 2u);
  const Json& group = data["report"]["groups"][0];
  EXPECT_EQ(group["count"], 30);
  EXPECT_EQ(group["counts"], Json({3, 30}));
  ASSERT_EQ(group["blocked"].size(), 3u);
  EXPECT_EQ(data["texts"][group["blocked"][0].get<std::size_t>()], "main.leak");
  std::set<std::string> texts;
  for (const Json& index : group["frames"]) {
    texts.insert(data["texts"][index.get<std::size_t>()].get<std::string>());
  }
  EXPECT_TRUE(texts.contains("main.main")) << "for a search";
  EXPECT_EQ(data["series"].size(), 2u);
  EXPECT_EQ(data["group"], nullptr);
  request.query_text = "group=" + group["key"].get<std::string>();
  request.query = parse_query(request.query_text);
  const Json page = Json::parse(app.answer(request).content())["data"]["group"];
  EXPECT_EQ(page["key"], group["key"]);
  EXPECT_TRUE(page["goroutines"].empty()) << "the profile has no ids";
  EXPECT_EQ(page["source"], nullptr);
  EXPECT_EQ(page["detail"]["count"], 30);
  EXPECT_FALSE(page["detail"]["frames"].empty());
}

TEST_F(WebAppTest, AnswersSeveralAtATime) {
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this, i, &good] {
      for (const char* const view : {"top", "flamegraph", "graph", "peek", "traces", "top"}) {
        const std::string query = "f=main&x=" + std::to_string(i % 2);
        if (get("/ui/api/" + std::string(view), query).status == 200) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 24);
}

TEST_F(WebAppTest, GivesUpWhatNobodyWaitsFor) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/ui/api/top";
  request.headers = {{"host", "localhost:8081"}};
  int asked = 0;
  request.is_abandoned = [&asked] { return ++asked > 1; };  // It goes away when it is its turn.
  const HttpResponse gone = app_.answer(request);
  EXPECT_EQ(gone.status, 503);
  EXPECT_EQ(gone.content(), "nobody waits for this answer any more\n");
  EXPECT_EQ(asked, 2) << "once it is known, it is not asked again";
  request.is_abandoned = nullptr;
  const HttpResponse whole = app_.answer(request);
  ASSERT_EQ(whole.status, 200);
  EXPECT_EQ(Json::parse(whole.content())["data"]["rows"].size(), 3u);
}

TEST_F(WebAppTest, GivesUpWhatTakesTooLong) {
  WebHooks impatient = hooks();
  impatient.most_time = std::chrono::milliseconds(0);
  WebApp app(content(), std::move(impatient), Guard("localhost", "token"));
  for (const char* const path : {"/ui/api/top", "/ui/api/flamegraph", "/ui/api/graph",
                                 "/ui/api/traces", "/ui/api/tags", "/ui/share"}) {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    request.headers = {{"host", "localhost:8081"}};
    const HttpResponse late = app.answer(request);
    EXPECT_EQ(late.status, 503) << path;
    EXPECT_NE(late.content().find("ask for less"), std::string_view::npos) << path;
  }
}

TEST_F(WebAppTest, GraphHasAsManyArrowsAsCanBeSeen) {
  WebContent dense = content();
  test::ProfileMaker make("cpu");
  for (int from = 0; from < 80; ++from) {
    for (int to = 0; to < 80; ++to) {
      make.add(1 + to, "main.f" + std::to_string(from) + ";main.f" + std::to_string(to));
    }
  }
  dense.profile = std::move(make.profile);
  WebHooks all = hooks();
  all.options = [](const Query&) -> Result<ReportOptions> {
    ReportOptions options;
    options.nodefraction = 0;
    options.edgefraction = 0;
    return options;
  };
  WebApp app(std::move(dense), std::move(all), Guard("localhost", "token"));
  HttpRequest request;
  request.method = "GET";
  request.path = "/ui/api/graph";
  request.headers = {{"host", "localhost:8081"}};
  const Json json = Json::parse(app.answer(request).content());
  EXPECT_LE(json["data"]["edges"].size(), 4000u);
  ASSERT_EQ(json["notices"].size(), 1u);
  EXPECT_EQ(json["notices"][0], "Only the 4000 heaviest of 6320 arrows are drawn");
}

TEST_F(WebAppTest, ComputesTheSameAnswerOnce) {
  std::atomic<int> made = 0;
  WebHooks counting = hooks();
  counting.options = [&made](const Query&) -> Result<ReportOptions> {
    ++made;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return ReportOptions();
  };
  WebApp app(content(), std::move(counting), Guard("localhost", "token"));
  std::vector<std::thread> threads;
  threads.emplace_back([&app] { app.warm_up(); });
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&app] {
      HttpRequest request;
      request.method = "GET";
      request.path = "/ui/api/flamegraph";
      request.headers = {{"host", "localhost:8081"}};
      EXPECT_EQ(app.answer(request).status, 200);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
}

TEST_F(WebAppTest, ChangesConfigsOnlyForItsOwnPages) {
  std::vector<std::string> changes;
  WebHooks with_configs = hooks();
  with_configs.save_config = [&](const std::string& name, const Query& query) -> Result<void> {
    if (name.empty()) return Error(ErrorCode::Usage, "invalid config name");
    changes.push_back("save " + name + ' ' + std::string(query.get("f")));
    return {};
  };
  with_configs.delete_config = [&](const std::string& name) -> Result<void> {
    changes.push_back("delete " + name);
    return {};
  };
  WebApp app(content(), std::move(with_configs), Guard("localhost", "token"));
  const auto ask = [&app](std::string_view method, std::string path, std::string_view query,
                          std::vector<NameValue> headers) {
    HttpRequest request;
    request.method = method;
    request.path = std::move(path);
    request.query = parse_query(query);
    request.headers = std::move(headers);
    request.headers.emplace_back("host", "localhost:8081");
    return app.answer(request).status;
  };
  const std::vector<NameValue> ours = {{"x-plumb-token", "token"}};
  EXPECT_EQ(ask("POST", "/ui/saveconfig", "config=a&f=main", {}), 403);
  EXPECT_EQ(ask("GET", "/ui/saveconfig", "config=a", ours), 405);
  EXPECT_EQ(ask("POST", "/ui/deleteconfig", "config=a", ours), 405);
  EXPECT_EQ(ask("POST", "/ui/saveconfig", "config=a",
                {{"x-plumb-token", "token"}, {"origin", "http://evil.example"}}),
            403);
  EXPECT_TRUE(changes.empty());
  EXPECT_EQ(ask("POST", "/ui/saveconfig", "config=a&f=main", ours), 200);
  EXPECT_EQ(ask("POST", "/ui/saveconfig", "config=", ours), 400);
  EXPECT_EQ(ask("DELETE", "/ui/deleteconfig", "config=a", ours), 200);
  EXPECT_EQ(changes, (std::vector<std::string>{"save a main", "delete a"}));
}

// What a page of this run asks for; the status and what was answered.
class WritesTest : public WebAppTest {
 protected:
  static WebHooks hooks_with_files() {
    WebHooks all = hooks();
    all.open = [](const std::string& name, const std::string& bytes) -> Result<WebContent> {
      if (bytes == "broken") return Error(ErrorCode::NotRecognized, "no known format");
      WebContent opened = content();
      opened.sources = {name};
      opened.is_foreign = true;
      return opened;
    };
    all.compare = [](const WebContent& base, const WebContent& now) -> Result<WebContent> {
      WebContent difference = content();
      difference.sources = {now.sources[0] + " less " + base.sources[0]};
      return difference;
    };
    return all;
  }

  static HttpResponse ask(WebApp& app, std::string_view method, std::string path,
                          std::string_view query, std::string body = {},
                          std::string_view token = "token") {
    HttpRequest request;
    request.method = method;
    request.path = std::move(path);
    request.query_text = query;
    request.query = parse_query(query);
    request.body = std::move(body);
    request.headers = {{"host", "localhost:8081"}, {"x-plumb-token", std::string(token)}};
    return app.answer(request);
  }
};

TEST_F(WritesTest, OpensComparesAndClosesProfiles) {
  WebApp app(content(), hooks_with_files(), Guard("localhost", "token"));
  EXPECT_EQ(ask(app, "POST", "/ui/open", "name=../../etc/a.pb.gz", "bytes").content(),
            R"({"profile":"1","view":"flamegraph"})");
  EXPECT_EQ(ask(app, "POST", "/ui/compare", "profile=1&base=").status, 200);
  const Json list = Json::parse(ask(app, "GET", "/ui/api/profiles", "").content());
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[1]["sources"], Json({"a.pb.gz"})) << "a name, not a path";
  EXPECT_EQ(list[2]["sources"], Json({"a.pb.gz less cpu.pb.gz"}));
  EXPECT_EQ(ask(app, "GET", "/ui/api/top", "profile=1").status, 200);
  EXPECT_EQ(ask(app, "DELETE", "/ui/close", "profile=1").status, 200);
  EXPECT_EQ(ask(app, "GET", "/ui/api/top", "profile=1").status, 404);
  EXPECT_EQ(ask(app, "GET", "/ui/api/top", "profile=2").status, 200);
  EXPECT_EQ(ask(app, "DELETE", "/ui/close", "profile=").status, 404) << "the first one stays";
  EXPECT_EQ(ask(app, "POST", "/ui/compare", "profile=1&base=").status, 404);
}

TEST_F(WritesTest, SaysWhatIsWrongWithAFile) {
  WebApp app(content(), hooks_with_files(), Guard("localhost", "token"));
  const HttpResponse broken = ask(app, "POST", "/ui/open", "name=x.txt", "broken");
  EXPECT_EQ(broken.status, 400);
  EXPECT_EQ(broken.content(), "x.txt: no known format\n");
}

TEST_F(WritesTest, ReadsNoFilesForWhatABrowserBrought) {
  WebApp app(content(), hooks_with_files(), Guard("localhost", "token"));
  EXPECT_EQ(ask(app, "POST", "/ui/open", "name=a", "bytes").status, 200);
  for (const char* const view : {"source", "disasm"}) {
    EXPECT_EQ(ask(app, "GET", "/ui/api/" + std::string(view), "profile=1").status, 404) << view;
    EXPECT_EQ(ask(app, "GET", "/ui/" + std::string(view), "profile=1").status, 404) << view;
  }
}

TEST_F(WritesTest, OpensSoManyAndNoMore) {
  WebApp app(content(), hooks_with_files(), Guard("localhost", "token"));
  for (std::size_t i = 1; i < WebApp::kMostProfiles; ++i) {
    EXPECT_EQ(ask(app, "POST", "/ui/open", "name=a", "bytes").status, 200);
  }
  EXPECT_EQ(ask(app, "POST", "/ui/open", "name=a", "bytes").status, 400);
}

TEST_F(WritesTest, OnlyOwnPagesOnThisMachineOpenFiles) {
  WebApp app(content(), hooks_with_files(), Guard("localhost", "token"));
  EXPECT_EQ(ask(app, "POST", "/ui/open", "name=a", "bytes", "guess").status, 403);
  EXPECT_EQ(ask(app, "GET", "/ui/open", "name=a").status, 405);
  WebApp shared(content(), hooks_with_files(), Guard("0.0.0.0", "token"));
  EXPECT_EQ(ask(shared, "POST", "/ui/open", "name=a", "bytes").status, 403);
}

TEST_F(WritesTest, TakesABodyOnlyWhereItIsWanted) {
  const WebApp app(content(), hooks_with_files(), Guard("localhost", "token"));
  HttpRequest head;
  head.method = "POST";
  head.path = "/ui/open";
  head.headers = {{"host", "localhost:8081"}, {"x-plumb-token", "token"}};
  EXPECT_EQ(app.body_limit(head), WebApp::kMostUploadBytes);
  head.path = "/ui/saveconfig";
  EXPECT_EQ(app.body_limit(head), 0u);
  head.path = "/ui/open";
  head.headers[1].second = "guess";
  EXPECT_EQ(app.body_limit(head), 0u);
  head.headers = {{"host", "evil.example"}, {"x-plumb-token", "token"}};
  EXPECT_EQ(app.body_limit(head), 0u);
}

TEST_F(WritesTest, PagesFollowAWatch) {
  WebApp app(content(), hooks(), Guard("localhost", "token"));
  EXPECT_EQ(ask(app, "GET", "/ui/api/live", "").status, 404);
  const std::string before(ask(app, "GET", "/ui/api/top", "").content());
  WebContent grown = content();
  grown.profile = make_profile();
  const std::int64_t more = 1000;
  grown.profile.mutable_values()[0] += more;
  LiveStatus status;
  status.snapshots = 2;
  app.publish(std::move(grown), status);
  EXPECT_NE(ask(app, "GET", "/ui/api/top", "").content(), before) << "not the cached one";
  status.problem = "it does not answer";
  app.tell(status);
  const Json live = Json::parse(ask(app, "GET", "/ui/api/live", "").content());
  EXPECT_EQ(live["snapshots"], 2);
  EXPECT_EQ(live["version"], 1);
  EXPECT_EQ(live["problem"], "it does not answer");
}

TEST_F(WritesTest, SharesOneFile) {
  WebApp app(content(), hooks(), Guard("localhost", "token"));
  const HttpResponse response = ask(app, "GET", "/ui/share", "");
  ASSERT_EQ(response.status, 200);
  const std::string_view file = response.content();
  EXPECT_NE(file.find("default-src 'none'; script-src 'sha256-"), std::string_view::npos);
  EXPECT_EQ(file.find("\"token\""), std::string_view::npos);
  EXPECT_EQ(file.find("&quot;token&quot;"), std::string_view::npos) << "no secret of this run";
  EXPECT_EQ(file.find("<script>alert"), std::string_view::npos) << "names are text";
  EXPECT_EQ(ask(app, "GET", "/ui/share", "redact=everything").status, 400);
  EXPECT_EQ(ask(app, "GET", "/ui/share", "ids=many").status, 400);
  EXPECT_EQ(ask(app, "GET", "/ui/share", "f=(").status, 400);
  EXPECT_EQ(ask(app, "GET", "/ui/share", "script=f").content().find("<script"),
            std::string_view::npos);
}

TEST_F(WebAppTest, GivesUpWhenNobodyWaits) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/ui/api/top";
  request.headers = {{"host", "localhost:8081"}};
  request.is_abandoned = [] { return true; };
  EXPECT_EQ(app_.answer(request).status, 503);
  request.is_abandoned = [] { return false; };
  EXPECT_EQ(app_.answer(request).status, 200);
}

}  // namespace
}  // namespace plumb::web
