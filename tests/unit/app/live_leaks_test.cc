// SPDX-License-Identifier: Apache-2.0
// Watching a server on this machine that answers what a test says.
#include "app/live_leaks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "base/writer.h"
#include "formats/profile_proto.h"
#include "web/http_server.h"

namespace plumb::cli {
namespace {

constexpr std::int64_t kNanosPerMilli = 1'000'000;

class LiveLeaksTest : public testing::Test {
 protected:
  LiveLeaksTest() {
    web::HttpServerOptions options;
    options.host = "127.0.0.1";
    options.body_limit = [](const web::HttpRequest& /*head*/) { return std::uint64_t{0}; };
    auto server = web::HttpServer::listen(
        std::move(options), [this](const web::HttpRequest& request) { return answer(request); });
    server_ = std::make_unique<web::HttpServer>(*std::move(server));
    thread_ = std::thread([this] { server_->serve(); });
    servers_ = *find_live_servers(
        std::vector<std::string>{"127.0.0.1:" + std::to_string(server_->port())});
    plan_.every_ns = kNanosPerMilli;
    plan_.watch_ns = 3 * kNanosPerMilli;  // Four snapshots.
  }
  ~LiveLeaksTest() override {
    server_->stop();
    thread_.join();
  }

  // Goroutines that wait, as a profile or as a dump. After `dumps_` dumps it is out of order.
  web::HttpResponse answer(const web::HttpRequest& request) {
    authorization_ = request.header("authorization");
    if (request.path == "/debug/pprof/goroutineleak") return proof_;
    if (request.path != "/debug/pprof/goroutine") return web::text_response(404, "no such page");
    if (request.query.get("debug") == "2") {
      if (grows_to_ > 0) count_ = grows_to_;
      if (dumps_-- <= 0) return web::text_response(503, "shutting down");
      return web::text_response(200,
                                "goroutine 7 [chan receive, 9 minutes]:\nmain.f()\n"
                                "\t/src/main.go:7 +0x1\n");
    }
    return web::text_response(200, "goroutine profile: total " + std::to_string(count_) + '\n' +
                                       std::to_string(count_) +
                                       " @ 0x1\n#\t0x1\tmain.f+0x1\t/src/main.go:7\n\n");
  }

  // The notes of the verdict.
  std::vector<std::string> watch() {
    LeaksBuilder builder(LeaksOptions{});
    const auto watched = watch_servers(servers_, plan_, fetch_, builder, environment_);
    if (!watched) return {"error: " + watched.error().message()};
    return std::move(builder).finish()->findings.notes;
  }

  bool was_said(std::string_view text) { return err_.text().find(text) != std::string::npos; }

  std::atomic<int> dumps_ = 100;
  std::atomic<std::int64_t> count_ = 1;
  std::int64_t grows_to_ = 0;  // Once there was a dump.
  std::string authorization_;  // Of the last request.
  web::HttpResponse proof_ = web::text_response(404, "Unknown profile");
  WatchPlan plan_;
  FetchOptions fetch_;
  std::vector<LiveServer> servers_;
  StringWriter out_;
  StringWriter err_;
  Environment environment_{out_, err_};
  std::unique_ptr<web::HttpServer> server_;
  std::thread thread_;
};

TEST(NextDue, WhoIsLateDoesNotAskForWhatWasLeftOut) {
  constexpr std::int64_t kGap = 1000;
  EXPECT_EQ(next_due(0, kGap, 10), kGap);
  EXPECT_EQ(next_due(0, kGap, 700), 1200);
  EXPECT_EQ(next_due(0, kGap, 60 * kGap), 60 * kGap + kGap / 2);
}

TEST_F(LiveLeaksTest, SaysThatThereIsNoLeakProfileIfTheServerSaysSo) {
  watch();
  EXPECT_TRUE(was_said("no goroutineleak profile there"));
  EXPECT_TRUE(was_said("snapshot 4 of 4 taken")) << err_.text();
}

TEST_F(LiveLeaksTest, AnythingElseIsNoReasonToSayThatThereIsNoLeakProfile) {
  proof_ = web::text_response(403, "not for you");
  watch();
  EXPECT_FALSE(was_said("no goroutineleak profile there"));
  EXPECT_TRUE(was_said("goroutineleak profile: server response: 403 Forbidden")) << err_.text();
}

TEST_F(LiveLeaksTest, TellsWhyAServerCouldNotLookForLeaks) {
  Profile proof;
  proof.sample_types.push_back(
      {proof.strings.intern("goroutineleak"), proof.strings.intern("count")});
  proof.comments = {proof.strings.intern("no scan: too busy")};
  proof_.status = 200;
  proof_.body = encode_profile_proto(proof);
  watch();
  EXPECT_TRUE(was_said(servers_[0].name + ": goroutineleak profile: no scan: too busy"))
      << err_.text();
}

TEST_F(LiveLeaksTest, TheVerdictTellsThatAServerWentAway) {
  dumps_ = 2;
  const std::vector<std::string> notes = watch();
  ASSERT_FALSE(notes.empty());
  const std::string last = notes.back();
  EXPECT_EQ(last, servers_[0].name +
                      " gave nothing more after 2 snapshots: server response: 503 Service "
                      "Unavailable.");
}

TEST_F(LiveLeaksTest, PasswordsMayHoldWhatEndsAHost) {
  servers_ = *find_live_servers(
      std::vector<std::string>{"me:p%2Fw%25@127.0.0.1:" + std::to_string(server_->port())});
  watch();
  EXPECT_EQ(authorization_, "Basic bWU6cC93JQ==") << err_.text();
  EXPECT_FALSE(was_said("p%2Fw")) << err_.text();
}

TEST_F(LiveLeaksTest, CountsTheServersThatAnswer) {
  servers_.push_back(find_live_servers(std::vector<std::string>{"127.0.0.1:1"})->front());
  watch();
  EXPECT_TRUE(was_said("\n1 server: 1 goroutine;")) << err_.text();
}

TEST_F(LiveLeaksTest, LabelsAreWatchedByProfiles) {
  plan_.needs_profiles = true;
  dumps_ = 0;  // It would refuse one.
  watch();
  EXPECT_TRUE(was_said("1 goroutine; taking 4 profiles, which have the labels, ")) << err_.text();
  EXPECT_FALSE(was_said("503")) << err_.text();
}

TEST_F(LiveLeaksTest, AMinimumAgeIsNotWatchedForWithoutDumps) {
  count_ = kMostDumped + 1;
  plan_.needs_dumps = true;
  const std::string name = servers_[0].name;
  EXPECT_EQ(watch(), (std::vector<std::string>{
                         "error: -min_age needs dumps, and a dump of 20001 goroutines stops the "
                         "program too long to be taken unasked; name one to have it: " +
                         name + "/debug/pprof/goroutine?debug=2"}));
  EXPECT_EQ(err_.text(), "");
}

TEST_F(LiveLeaksTest, AMinimumAgeEndsWithTheDumps) {
  grows_to_ = kMostDumped + 1;
  plan_.needs_dumps = true;
  const std::vector<std::string> notes = watch();
  ASSERT_FALSE(notes.empty());
  EXPECT_NE(notes.back().find("gave nothing more after 1 snapshot: -min_age needs dumps"),
            std::string::npos)
      << notes.back();
}

}  // namespace
}  // namespace plumb::cli
