// SPDX-License-Identifier: Apache-2.0
// What stands beside a series: an earlier one, a heap profile, and a memory limit.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "report/leaks.h"
#include "unit/leak/series_builder.h"

namespace plumb {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kSecond = 1'000'000'000;

// `line` and the number of the closure are what a rebuild moves.
TestGroup senders(std::string_view closure, std::int64_t line, std::vector<std::uint64_t> ids) {
  return {"chan send",
          {{closure, "/srv/main.go", line},
           {"main.fetch", "/srv/main.go", line - 3, 0, FrameKind::CreatedBy}},
          std::move(ids),
          0,
          0,
          0,
          {}};
}

TestGroup pollers(std::vector<std::uint64_t> ids) {
  return {"chan send",
          {{"main.poll", "/srv/main.go", 70},
           {"main.watch", "/srv/main.go", 60, 0, FrameKind::CreatedBy}},
          std::move(ids),
          0,
          0,
          0,
          {}};
}

TestGroup busy(std::uint64_t id) {
  return {"running", {{"main.busy", "/srv/main.go", 3}}, {id}, 0, 0, 0, {}};
}

// A minute apart; before: as the earlier series.
void add_series(LeaksBuilder& builder, const std::vector<std::vector<TestGroup>>& all,
                bool before = false) {
  std::int64_t time = kSecond;
  for (const auto& groups : all) {
    const Content content = dump_of(groups);
    const LeaksInput input{"dump.txt", PlaceUnit::Line, time, 0, false, true};
    const auto added = before ? builder.add_before(input, content) : builder.add(input, content);
    ASSERT_TRUE(added.has_value());
    time += 60 * kSecond;
  }
}

// Senders that come and stay.
std::vector<std::vector<TestGroup>> leaking(std::string_view closure, std::int64_t line) {
  return {{senders(closure, line, ids_from(10, 8, 10)), busy(100)},
          {senders(closure, line, ids_from(10, 16, 10)), busy(200)}};
}

std::vector<std::vector<TestGroup>> polling() {
  return {{pollers(ids_from(10, 8, 10)), busy(100)}, {pollers(ids_from(10, 16, 10)), busy(200)}};
}

LeaksReport finish(LeaksBuilder builder) {
  auto report = std::move(builder).finish();
  EXPECT_TRUE(report.has_value());
  return *std::move(report);
}

std::string text_of(const LeaksReport& report) {
  StringWriter out;
  render_leaks_text(report, 0, out);
  return out.text();
}

Json json_of(const LeaksReport& report) {
  StringWriter out;
  render_leaks_json(report, out);
  return Json::parse(out.text());
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(LeaksBefore, ALeakThatTheBuildBroughtIsNew) {
  LeaksBuilder builder{LeaksOptions{}};
  add_series(builder, polling(), true);
  add_series(builder, leaking("main.fetch.func1", 27));
  const LeaksReport report = finish(std::move(builder));
  const std::string text = text_of(report);
  EXPECT_TRUE(has(text, "Against the series before: 1 new, 0 there too, 1 gone (main.poll, 16)."))
      << text;
  EXPECT_TRUE(has(text, "build         new: the series before has none of them")) << text;
  const Json json = json_of(report);
  EXPECT_EQ(json["groups"][0]["before"].dump(), R"({"count":0,"level":"benign"})");
  EXPECT_EQ(json["gone"].dump(), R"([{"function":"main.poll","count":16,"level":"likely"}])");
}

TEST(LeaksBefore, APlaceIsTheSameAfterARebuild) {
  LeaksBuilder builder{LeaksOptions{}};
  add_series(builder, leaking("main.fetch.func1", 27), true);
  add_series(builder, leaking("main.fetch.func2", 31));
  const LeaksReport report = finish(std::move(builder));
  EXPECT_TRUE(has(text_of(report), "Against the series before: 0 new, 1 there too, 0 gone."));
  EXPECT_TRUE(has(text_of(report), "the series before has 16 goroutines there: likely"));
}

TEST(LeaksBefore, WithoutOneNothingIsSaid) {
  LeaksBuilder builder{LeaksOptions{}};
  add_series(builder, leaking("main.fetch.func1", 27));
  const LeaksReport report = finish(std::move(builder));
  EXPECT_FALSE(has(text_of(report), "series before"));
  EXPECT_EQ(json_of(report)["gone"], nullptr);
  EXPECT_EQ(json_of(report)["groups"][0]["before"], nullptr);
}

TEST(LeaksBefore, AProfileSaysItselfWhenItWasTaken) {
  LeaksBuilder builder{LeaksOptions{}};
  for (std::int64_t i = 1; i <= 10; ++i) {  // Two more a second; all files have one time.
    ProfileBuilder profile;
    profile.add(20 + 2 * i, {{"runtime.gopark"},
                             {"runtime.chansend", "/go/src/runtime/chan.go", 300},
                             {"runtime.chansend1"},
                             {"main.poll", "/srv/main.go", 70}});
    profile.profile.time_nanos = i * kSecond;
    const Content content = std::move(profile.profile);
    ASSERT_TRUE(builder.add_before({"p", PlaceUnit::Byte, 7, 0, false, false}, content));
  }
  add_series(builder, leaking("main.fetch.func1", 27));
  const LeaksReport report = finish(std::move(builder));
  ASSERT_EQ(report.gone.size(), 1u);
  EXPECT_EQ(report.gone[0].level, Level::Likely);
}

TEST(LeaksHeap, IsWhatItsFunctionsAllocated) {
  ProfileBuilder heap("inuse_space", "bytes");
  heap.add(4096, {{"main.newBuffer"}, {"main.fetch.func1"}});
  heap.add(1024, {{"main.parse"}, {"main.fetch"}, {"main.main"}});
  heap.add(100, {{"main.other"}});
  LeaksBuilder builder{LeaksOptions{}};
  const Content content = std::move(heap.profile);
  ASSERT_TRUE(builder.add_heap(content).has_value());
  add_series(builder, leaking("main.fetch.func1", 27));
  const LeaksReport report = finish(std::move(builder));
  EXPECT_TRUE(
      has(text_of(report),
          "heap          at most 4kB was allocated by main.fetch.func1, 1kB by main.fetch, which "
          "started them, of 5.10kB in use (heap profile)"))
      << text_of(report);
  EXPECT_EQ(json_of(report)["groups"][0]["heap"].dump(), R"({"by_entry":4096,"by_creator":1024})");
  EXPECT_EQ(json_of(report)["heap_bytes"], 5220);
}

TEST(LeaksHeap, OfNothingSaysNothing) {
  ProfileBuilder heap("inuse_space", "bytes");
  LeaksBuilder builder{LeaksOptions{}};
  const Content content = std::move(heap.profile);
  ASSERT_TRUE(builder.add_heap(content).has_value());
  add_series(builder, leaking("main.fetch.func1", 27));
  const LeaksReport report = finish(std::move(builder));
  EXPECT_FALSE(has(text_of(report), "heap")) << text_of(report);
}

TEST(LeaksHeap, OfOtherProfilesIsRefused) {
  LeaksBuilder builder{LeaksOptions{}};
  ProfileBuilder cpu("cpu", "nanoseconds");
  cpu.add(1, {{"main.f"}});
  const Content content = std::move(cpu.profile);
  EXPECT_FALSE(builder.add_heap(content).has_value());
  const Content dump = dump_of({busy(1)});
  EXPECT_FALSE(builder.add_heap(dump).has_value());
}

TEST(LeaksLimit, SaysWhoseItIs) {
  LeaksOptions options;
  options.memory_limit = std::uint64_t{1} << 30;
  options.memory_limit_of = "the container of process 4711";
  LeaksBuilder builder(std::move(options));
  add_series(builder, leaking("main.fetch.func1", 27));
  const LeaksReport report = finish(std::move(builder));
  EXPECT_TRUE(has(text_of(report), "use up 1GB, the limit of the container of process 4711, in at"))
      << text_of(report);
  EXPECT_EQ(json_of(report)["memory_limit"].dump(),
            R"({"bytes":1073741824,"of":"the container of process 4711"})");
}

}  // namespace
}  // namespace plumb
