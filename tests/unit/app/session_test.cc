// SPDX-License-Identifier: Apache-2.0
#include "app/session.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/writer.h"
#include "support/source_dir.h"
#include "support/temporary_directory.h"
#include "web/http_server.h"

namespace plumb::cli {
namespace {

const std::string kData = test::source_dir() + "/tests/data/";
const std::string kProto = kData + "go-samples/go1.26dev/goroutine.debug0.pb.gz";
const std::string kText = kData + "go-samples/go1.26dev/goroutine.debug1.txt";
const std::string kDump = kData + "go-samples/go1.26dev/goroutine.debug2.txt";

class SessionTest : public testing::Test {
 protected:
  Result<Session> open(const std::vector<std::string>& words) {
    return Session::open(words, settings_, "/", environment_);
  }

  // The names of the inputs that could be read.
  std::vector<std::string> load(const std::vector<std::string>& words) {
    std::vector<std::string> names;
    auto session = open(words);
    if (!session) {
      ADD_FAILURE() << session.error().message();
      return names;
    }
    auto loaded = session->load_each({}, [&](const Input& input) { names.push_back(input.name); });
    if (!loaded) names.push_back("error: " + loaded.error().message());
    return names;
  }

  Settings settings_;
  StringWriter out_;
  StringWriter err_;
  Environment environment_{out_, err_};
};

TEST_F(SessionTest, RefusesNoSources) {
  const auto session = open({});
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code(), ErrorCode::Usage);
  EXPECT_EQ(session.error().message(), "no profile source specified");
}

TEST_F(SessionTest, ReadsStandardInputOnceAlsoForTheBase) {
  settings_.sources.base = "-";
  const auto session = open({"-"});
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code(), ErrorCode::Usage);
  EXPECT_EQ(session.error().message(), "standard input (-) can be read only once");
}

TEST_F(SessionTest, LoadsSourcesOfAllFormatsInOrder) {
  EXPECT_EQ(load({kDump, kProto, kText}), (std::vector<std::string>{kDump, kProto, kText}));
  EXPECT_EQ(err_.text(), "");
}

TEST_F(SessionTest, GoesOnWithoutASourceThatFails) {
  EXPECT_EQ(load({kDump, kData + "nosuchfile", kProto}), (std::vector<std::string>{kDump, kProto}));
  EXPECT_EQ(err_.text(), "plumb: " + kData + "nosuchfile: no such file or directory\n" +
                             "Fetched 2 source profiles out of 3\n");
}

TEST_F(SessionTest, AnAnswerThatIsNoProfileIsNamedAsItsSourceWasTyped) {
  web::HttpServerOptions options;
  options.host = "127.0.0.1";
  options.body_limit = [](const web::HttpRequest& /*head*/) { return std::uint64_t{0}; };
  auto server = web::HttpServer::listen(
      std::move(options), [](const web::HttpRequest& /*request*/) { return web::HttpResponse(); });
  ASSERT_TRUE(server);
  std::thread thread([&] { server->serve(); });
  const std::string typed = "127.0.0.1:" + std::to_string(server->port()) + "/heap";
  load({typed, kProto});
  server->stop();
  thread.join();
  EXPECT_NE(err_.text().find("plumb: " + typed + ": empty input file\n"), std::string::npos)
      << err_.text();
}

TEST_F(SessionTest, ASourceThatFailsIsNamedWithoutItsPassword) {
  load({"http://me:secret@127.0.0.1:0/heap", "ftp://me:secret@host/", "http://me:se%zzcret@host/"});
  EXPECT_EQ(err_.text().find("cret"), std::string::npos) << err_.text();
  EXPECT_NE(err_.text().find("plumb: http://me:xxxxx@127.0.0.1:0/heap: "), std::string::npos);
  EXPECT_NE(err_.text().find("plumb: http://me:xxxxx@host/: not a valid URL"), std::string::npos);
  const auto glob = open({"http://me:se%zzcret@host/x?y"});
  ASSERT_FALSE(glob);
  EXPECT_EQ(glob.error().message(), "http://me:xxxxx@host/x?y: no file matches");
}

TEST_F(SessionTest, FailsIfEverySourceDoes) {
  EXPECT_EQ(load({kData + "app/empty"}),
            std::vector<std::string>{"error: failed to fetch any source profiles"});
  EXPECT_EQ(err_.text(), "plumb: " + kData + "app/empty: empty input file\n");
}

TEST_F(SessionTest, AProfileWithoutSampleTypesIsRefusedInPprofsWords) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.write("no_types.pb", std::string("\x32\0", 2));
  auto session = open({file});
  ASSERT_TRUE(session);
  const auto loaded = session->load({});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message(),
            "problem fetching source profiles: profiles have empty common sample type list");
  EXPECT_EQ(err_.text(), "");
}

TEST_F(SessionTest, AProgramInFrontOfProfilesIsNoSource) {
  const test::TemporaryDirectory directory;
  const std::string program = directory.write("leaky",
                                              "\x7f"
                                              "ELF and more");
  EXPECT_EQ(load({program, kProto}), std::vector<std::string>{kProto});
  EXPECT_EQ(err_.text(), "");
}

TEST_F(SessionTest, AProgramOfAnotherSystemInFrontOfProfilesIsNoSource) {
  const test::TemporaryDirectory directory;
  const std::string program = directory.write("leaky", "\xcf\xfa\xed\xfe and more");
  EXPECT_EQ(load({program, kProto}), std::vector<std::string>{kProto});
  EXPECT_EQ(err_.text(), "");
}

TEST_F(SessionTest, AProgramAloneIsAnErrorThatSaysSo) {
  const test::TemporaryDirectory directory;
  const std::string program = directory.write("leaky",
                                              "\x7f"
                                              "ELF and more");
  load({program});
  EXPECT_NE(err_.text().find("this looks like a program (ELF)"), std::string::npos);
}

TEST_F(SessionTest, AFirstSourceThatIsAPipeIsNotTouchedToSeeIfItIsAProgram) {
  const std::string command = "cat " + kDump;
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  const std::string path = "/dev/fd/" + std::to_string(::fileno(pipe));
  EXPECT_EQ(load({path, kProto}), (std::vector<std::string>{path, kProto}));
  ::pclose(pipe);
}

TEST_F(SessionTest, ADirectoryStandsForItsFiles) {
  const test::TemporaryDirectory directory;
  const std::string dump = "goroutine 1 [select]:\nmain.main()\n\t/a.go:1 +0x1\n";
  const std::string one = directory.write("1.txt", dump);
  const std::string two = directory.write("2.txt", dump);
  EXPECT_EQ(load({directory.path()}), (std::vector<std::string>{one, two}));
}

TEST_F(SessionTest, MakesAProfileOfADump) {
  auto session = open({kDump});
  ASSERT_TRUE(session);
  auto input = session->open_one();
  ASSERT_TRUE(input);
  const auto loaded = session->load_profile(*std::move(input), {});
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->losses.size(), 1U);
  EXPECT_EQ(loaded->losses[0].name, kDump);
  EXPECT_EQ(loaded->losses[0].places, PlaceUnit::Line);
  std::int64_t goroutines = 0;
  for (std::size_t i = 0; i < loaded->profile.sample_count(); ++i) {
    goroutines += loaded->profile.values(i)[0];
  }
  EXPECT_EQ(goroutines, 173);
}

TEST_F(SessionTest, KeepsTheLossesOfADump) {
  auto session = open({kData + "app/cut_dump.txt"});
  ASSERT_TRUE(session);
  auto input = session->open_one();
  ASSERT_TRUE(input);
  const auto loaded = session->load_profile(*std::move(input), {});
  ASSERT_TRUE(loaded);
  session->say_losses(loaded->losses);
  EXPECT_TRUE(err_.text().ends_with("cut_dump.txt: 1 goroutine cut short (at line 168)\n"));
}

TEST_F(SessionTest, SaysLossesWithTheirUnitAndPlace) {
  const auto session = open({kDump});
  ASSERT_TRUE(session);
  const std::vector<Loss> losses = {{"unreadable line", 3, 12}, {"unknown thing", 1, 0}};
  const std::vector<SourceLosses> sources = {{"f\x1b", PlaceUnit::Line, losses},
                                             {"g", PlaceUnit::Byte, {losses[0]}}};
  session->say_losses(sources);
  EXPECT_EQ(err_.text(),
            "plumb: f\\x1b: 3 x unreadable line (first at line 12)\n"
            "plumb: f\\x1b: 1 unknown thing\n"
            "plumb: g: 3 x unreadable line (first at byte 12)\n");
}

// The sum of the first values of all samples, or the message.
std::string total_of(const Result<LoadedProfile>& loaded) {
  if (!loaded) return loaded.error().message();
  std::int64_t total = 0;
  for (std::size_t i = 0; i < loaded->profile.sample_count(); ++i) {
    total += loaded->profile.values(i)[0];
  }
  return std::to_string(total);
}

TEST_F(SessionTest, AddsSourcesUp) {
  auto session = open({kDump, kDump});
  ASSERT_TRUE(session);
  EXPECT_FALSE(session->has_one_source());
  EXPECT_EQ(total_of(session->load({})), "346");
  EXPECT_EQ(err_.text(), "");
}

TEST_F(SessionTest, AddsUpWhatCanBeRead) {
  auto session = open({kDump, "/does/not/exist"});
  ASSERT_TRUE(session);
  EXPECT_EQ(total_of(session->load({})), "173");
  EXPECT_TRUE(err_.text().ends_with("Fetched 1 source profiles out of 2\n")) << err_.text();
}

TEST_F(SessionTest, SubtractsABase) {
  settings_.sources.base = kDump;
  auto session = open({kDump, kDump});
  ASSERT_TRUE(session);
  EXPECT_EQ(session->source_count(), 2U);
  EXPECT_EQ(total_of(session->load({})), "173");
}

TEST_F(SessionTest, RefusesBasesThatCannotBeUsed) {
  settings_.sources.base = "/does/not/exist";
  auto session = open({kDump});
  ASSERT_TRUE(session);
  EXPECT_EQ(total_of(session->load({})), "failed to fetch any base profiles");
  settings_.sources.diff_base = kDump;
  EXPECT_EQ(open({kDump}).error().message(), "-base and -diff_base flags cannot both be specified");
  settings_.sources = {};
  settings_.sources.normalize = true;
  EXPECT_EQ(open({kDump}).error().message(), "must have base profile to normalize by");
}

TEST_F(SessionTest, AddsAComment) {
  settings_.sources.add_comment = "hello";
  auto session = open({kProto});
  ASSERT_TRUE(session);
  const auto loaded = session->load({});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->profile.text(loaded->profile.comments.back()), "hello");
}

}  // namespace
}  // namespace plumb::cli
