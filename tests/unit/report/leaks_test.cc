// SPDX-License-Identifier: Apache-2.0
// What build_leaks computes, and how it reads as text and as JSON.
#include "report/leaks.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "model/join_dumps.h"
#include "unit/leak/series_builder.h"

namespace plumb {
namespace {

using Json = nlohmann::ordered_json;

const TestStack kSend = {{"main.send", "/srv/app/main.go", 27},
                         {"main.main", "/srv/app/main.go", 20, 0, FrameKind::CreatedBy}};
const TestStack kRead = {{"internal/poll.(*FD).Read", "/go/src/internal/poll/fd_unix.go", 167},
                         {"net.(*conn).Read", "/go/src/net/net.go", 183},
                         {"main.serve", "/srv/app/serve.go", 63},
                         {"main.run", "/srv/app/serve.go", 12}};

LeaksReport build(GoroutineDump dump, LeaksOptions options = {}) {
  LeaksBuilder builder(std::move(options));
  const Content content = std::move(dump);
  EXPECT_TRUE(builder.add("dump.txt", content, PlaceUnit::Line).has_value());
  Result<LeaksReport> report = std::move(builder).finish();
  EXPECT_TRUE(report.has_value());
  return *std::move(report);
}

LeaksReport build(Profile profile, LeaksOptions options = {}) {
  LeaksBuilder builder(std::move(options));
  const Content content = std::move(profile);
  EXPECT_TRUE(builder.add("profile.pb.gz", content, PlaceUnit::Byte).has_value());
  Result<LeaksReport> report = std::move(builder).finish();
  EXPECT_TRUE(report.has_value());
  return *std::move(report);
}

std::string text_of(const LeaksReport& report, std::size_t width = 80) {
  StringWriter out;
  render_leaks_text(report, width, out);
  return out.text();
}

std::string json_text_of(const LeaksReport& report) {
  StringWriter out;
  render_leaks_json(report, out);
  return out.text();
}

/// "count state blocked-function" of each group shown.
std::vector<std::string> shown(const LeaksReport& report) {
  std::vector<std::string> lines;
  for (const std::uint32_t index : report.shown) {
    const StackGroup& group = report.stacks.groups[index];
    std::string line = std::to_string(group.count) + ' ';
    line += state_text(report.stacks, group);
    if (group.blocked != kNone) {
      line += ' ';
      line += report.stacks.text(report.stacks.frame(group, group.blocked).function);
    }
    lines.push_back(line);
  }
  return lines;
}

GoroutineDump small_dump() {
  DumpBuilder builder;
  builder.add("IO wait", kRead, {{0, 2}});
  builder.add("chan send", kSend, {{0, 100}, {1, 150}, {3, 50}}, {{"tenant", "a"}})
      .first_creator_id = 1;
  builder.add("running", {{"runtime/pprof.writeGoroutineStacks", "/go/src/runtime/pprof/x.go", 7}});
  return std::move(builder.dump);
}

TEST(Leaks, SumsUpWhatItShows) {
  LeaksOptions options;
  options.limit = 2;
  const LeaksReport report = build(small_dump(), std::move(options));
  EXPECT_EQ(report.total, 303);
  EXPECT_EQ(report.matched, 303);
  EXPECT_EQ(report.group_count, 3u);
  EXPECT_EQ(report.largest, 300);
  EXPECT_EQ(report.hidden_goroutines, 1);
  EXPECT_EQ(report.memory_bytes, 303u * (2048 + 614));
  EXPECT_EQ(report.inferred, 0);
  EXPECT_FALSE(report.is_filtered);
  EXPECT_EQ(shown(report),
            (std::vector<std::string>{"300 chan send main.send", "2 IO wait main.serve"}));
}

TEST(Leaks, OrdersTotally) {
  const auto stack = [](std::string_view function, std::int64_t line) {
    return TestStack{{function, "/srv/app/main.go", line}};
  };
  const std::vector<std::string> expected = {"2 select main.z", "1 chan receive main.b",
                                             "1 chan send main.a", "1 chan send main.a",
                                             "1 chan send main.b"};
  for (const bool reversed : {false, true}) {
    DumpBuilder builder;
    std::vector<std::pair<std::string_view, TestStack>> goroutines = {
        {"chan send", stack("main.b", 1)}, {"chan send", stack("main.a", 2)},
        {"select", stack("main.z", 1)},    {"chan receive", stack("main.b", 1)},
        {"chan send", stack("main.a", 1)}, {"select", stack("main.z", 1)}};
    if (reversed) std::ranges::reverse(goroutines);
    for (const auto& [state, frames] : goroutines) builder.add(state, frames);
    const LeaksReport report = build(std::move(builder.dump));
    EXPECT_EQ(shown(report), expected);
    const StackGroup& third = report.stacks.groups[report.shown[2]];
    EXPECT_EQ(report.stacks.frame(third, 0).line, 1);
  }
}

struct FilterCase {
  std::string_view name;
  LeaksOptions options;
  std::vector<std::string> expected;
};

std::vector<FilterCase> filter_cases() {
  const auto has = [](std::string_view part) {
    return TextPredicate(
        [part](std::string_view text) { return text.find(part) != std::string_view::npos; });
  };
  std::vector<FilterCase> cases(10);
  cases[0] = {"state", {}, {"2 IO wait main.serve"}};
  cases[0].options.filter.state = has("IO");
  cases[1] = {"a function of the user", {}, {"2 IO wait main.serve"}};
  cases[1].options.filter.function = has("main.run");
  cases[2] = {"a function that is folded", {}, {"2 IO wait main.serve"}};
  cases[2].options.filter.function = has("internal/poll");
  cases[3] = {"the creator", {}, {"300 chan send main.send"}};
  cases[3].options.filter.function = has("main.main");
  cases[4] = {"file", {}, {"2 IO wait main.serve"}};
  cases[4].options.filter.file = has("serve.go");
  cases[5] = {"label", {}, {"300 chan send main.send"}};
  cases[5].options.filter.label = [](std::string_view key, std::string_view value) {
    return key == "tenant" && value == "a";
  };
  cases[6] = {"age", {}, {"200 chan send main.send"}};
  cases[6].options.filter.min_wait_minutes = 1;
  cases[7] = {"count", {}, {"300 chan send main.send"}};
  cases[7].options.min_count = 3;
  cases[8] = {"not a function", {}, {"2 IO wait main.serve"}};
  cases[8].options.filter.exclude = [](std::string_view text) {
    return text == "main.main" || text.find("writeGoroutine") != std::string_view::npos;
  };
  cases[9] = {"not a file", {}, {"300 chan send main.send"}};
  cases[9].options.filter.exclude = [](std::string_view text) {
    return text.ends_with("serve.go") || text.ends_with("pprof/x.go");
  };
  return cases;
}

TEST(Leaks, KeepsWhatPassesTheFilter) {
  for (FilterCase& c : filter_cases()) {
    SCOPED_TRACE(c.name);
    const LeaksReport report = build(small_dump(), std::move(c.options));
    EXPECT_EQ(shown(report), c.expected);
    EXPECT_EQ(report.total, 303);
    EXPECT_EQ(report.group_count, 1u);
    EXPECT_EQ(report.matched, report.largest);
    EXPECT_TRUE(report.is_filtered);
  }
}

TEST(Leaks, AsksAPredicateOnceForEachText) {
  DumpBuilder builder;
  for (std::int64_t line = 1; line <= 50; ++line) {
    builder.add("select", {{"main.f", "/srv/app/main.go", line}});
  }
  int calls = 0;
  LeaksOptions options;
  options.filter.function = [&](std::string_view) { return ++calls > 0; };
  EXPECT_EQ(build(std::move(builder.dump), std::move(options)).group_count, 50u);
  EXPECT_EQ(calls, 1);
}

TEST(Leaks, RefusesAnAgeThatNoInputKnows) {
  ProfileBuilder builder;
  builder.add(1, {{"main.f"}});
  LeaksOptions options;
  options.filter.min_wait_minutes = 5;
  LeaksBuilder leaks(std::move(options));
  ASSERT_TRUE(leaks.add("p", Content(std::move(builder.profile)), PlaceUnit::Byte).has_value());
  const Result<LeaksReport> report = std::move(leaks).finish();
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code(), ErrorCode::Usage);
}

TEST(Leaks, SeveralDumpsOfOneTextAreASeries) {
  const auto main_and = [](std::uint64_t last) {
    return std::vector<TestGroup>{
        {"select", {{"main.main"}}, {1}},
        {"chan send", stack_of("main.send", "main.serve"), ids_from(20, last, 1)}};
  };
  std::vector<TestGroup> all = main_and(3);
  for (TestGroup& group : main_and(9)) all.push_back(std::move(group));
  GoroutineDump dump = dump_of(all);
  for (std::size_t i = 0; i < all.size(); ++i) dump.groups[i].first_id = all[i].ids.front();
  const LeaksReport report = build(std::move(dump));
  EXPECT_EQ(report.total, 10);
  ASSERT_EQ(report.series.snapshots.size(), 2u);
  EXPECT_EQ(report.sources[1].name, "dump.txt (2)");
  EXPECT_NE(report.findings.notes.back().find("holds 2 dumps"), std::string::npos);
}

TEST(Leaks, DumpsOfSeveralProcessesInOneTextAreOfOneTime) {
  const auto of_process = [] {
    GoroutineDump dump = dump_of({{"select (no cases)", {{"main.main"}}, {1}},
                                  {"chan send", stack_of("main.send", "main.serve"), {20, 30}}});
    dump.groups[0].first_id = 1;
    return dump;
  };
  GoroutineDump dump = of_process();
  add_loss(dump.losses, "goroutine cut short");
  join_dump(dump, of_process());
  dump.processes[0].name = "web-1";
  const LeaksReport report = build(std::move(dump));
  EXPECT_EQ(report.sources[0].name, "dump.txt (web-1)");
  EXPECT_EQ(report.sources[0].losses.size(), 1u);
  EXPECT_EQ(report.sources[1].name, "dump.txt (2)");
  EXPECT_TRUE(report.sources[1].losses.empty());
  EXPECT_EQ(report.total, 6);
  ASSERT_EQ(report.series.snapshots.size(), 1u);
  EXPECT_EQ(report.series.snapshots[0].processes, 2u);
  EXPECT_LT(report.findings.worst, Level::Confirmed);
}

TEST(Leaks, RefusesALabelThatDumpsDoNotTell) {
  LeaksOptions options;
  options.filter.label = [](std::string_view key, std::string_view) { return key == "tenant"; };
  DumpBuilder without;
  without.add("select", {{"main.f"}});
  without.dump.goroutine_count = 1;
  LeaksBuilder leaks(options);
  ASSERT_TRUE(leaks.add("d", Content(std::move(without.dump)), PlaceUnit::Line).has_value());
  const Result<LeaksReport> report = std::move(leaks).finish();
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code(), ErrorCode::Usage);
  DumpBuilder with;
  with.add("select", {{"main.f"}}, {{0, 1}}, {{"job", "import"}});
  with.dump.goroutine_count = 1;
  EXPECT_EQ(build(std::move(with.dump), std::move(options)).group_count, 0u);
}

TEST(Leaks, RefusesAProfileOfOtherThings) {
  LeaksBuilder leaks({});
  const Result<void> added = leaks.add(
      "cpu", Content(std::move(ProfileBuilder("cpu", "nanoseconds").profile)), PlaceUnit::Byte);
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error().code(), ErrorCode::Usage);
}

TEST(LeaksText, TellsTheStoryOfADump) {
  EXPECT_EQ(text_of(build(small_dump())),
            R"(dump.txt: 303 goroutines in 3 groups, at least 787.68kB
May leak: 1 possible.

POSSIBLE: they have waited for 1 minute and more
      300  99.01%  chan send for up to 3 minutes (median 1), at least 779.88kB
      blocked at    main.send  /srv/app/main.go:27
      created by    main.main  /srv/app/main.go:20  in goroutine 1
      why           L1 premature return: nobody receives what main.send
                    (main.go:27) sends: main.main (main.go:20) started it and
                    does not receive on every path
      fix           give the channel room for the value, make(chan T, 1), or
                    send in a select with ctx.Done(); or let main.main
                    (main.go:20) receive on every path
      since         at least 3 min before the last snapshot, by the longest wait
      evidence      E6: main.main, which started them, has returned (stacks and
                    creators)
      to be sure    two dumps with ids a minute apart: goroutine?debug=2
      labels        tenant=a

        2   0.66%  IO wait, at least 5.20kB
      blocked at    main.serve  /srv/app/serve.go:63  in net.(*conn).Read
                    (+2 runtime/library frames)
      entry         main.run  /srv/app/serve.go:12

        1   0.33%  running, took this profile
      at            runtime/pprof.writeGoroutineStacks
                    /go/src/runtime/pprof/x.go:7
      verdict       benign: took this profile

      300  99.01%  chan send
        2   0.66%  IO wait
        1   0.33%  running
)");
}

// No leak is known, but who looks at one dump of a pool that is used up has to look again.
TEST(LeaksText, SaysWhyACrowdIsNoFinding) {
  const auto text = [](std::int64_t count) {
    DumpBuilder builder;
    builder.add("select",
                {{"database/sql.(*DB).conn", "/go/src/database/sql/sql.go", 1369},
                 {"main.find", "/srv/app/main.go", 27},
                 {"main.main", "/srv/app/main.go", 20, 0, FrameKind::CreatedBy}},
                {{0, static_cast<std::uint32_t>(count)}});
    return text_of(build(std::move(builder.dump)));
  };
  EXPECT_NE(text(100).find("No sign of a leak.\n"), std::string::npos) << text(100);
  EXPECT_NE(text(100).find("      verdict       watch: many, but nothing says that they stay\n"
                           "      to be sure    two dumps with ids a minute apart"),
            std::string::npos)
      << text(100);
  EXPECT_EQ(text(99).find("verdict"), std::string::npos) << text(99);
}

TEST(LeaksText, SaysWhatWasFilteredHiddenAndLost) {
  GoroutineDump dump = small_dump();
  dump.losses = {{"goroutine cut short", 1, 4711}};
  dump.crash_text = {"panic: \x1b[31mred"};
  LeaksOptions options;
  options.limit = 1;
  options.min_count = 2;
  EXPECT_EQ(text_of(build(std::move(dump), std::move(options)), 0),
            R"(dump.txt: 302 of 303 goroutines match, in 2 groups, at least 785.08kB
  panic: \x1b[31mred
May leak: 1 possible.

POSSIBLE: they have waited for 1 minute and more
      300  99.01%  chan send for up to 3 minutes (median 1), at least 779.88kB
      blocked at    main.send  /srv/app/main.go:27
      created by    main.main  /srv/app/main.go:20  in goroutine 1
      why           L1 premature return: nobody receives what main.send (main.go:27) sends: )"
            R"(main.main (main.go:20) started it and does not receive on every path
      fix           give the channel room for the value, make(chan T, 1), or send in )"
            R"(a select with ctx.Done(); or let main.main (main.go:20) receive on every path
      since         at least 3 min before the last snapshot, by the longest wait
      to be sure    two dumps with ids a minute apart: goroutine?debug=2
      labels        tenant=a

      300  99.01%  chan send
        2   0.66%  IO wait

Not shown: 1 group with 2 goroutines; -n 0 shows all.
Lost: 1 x goroutine cut short (first at line 4711).
)");
}

TEST(LeaksText, NamesSeveralSources) {
  LeaksBuilder builder({});
  for (const char* name : {"a.txt", "b.txt"}) {
    DumpBuilder dump;
    dump.add("select", {{"main.f", "/srv/app/main.go", 1}});
    dump.dump.losses = {{"goroutine cut short", 2, 7}};
    ASSERT_TRUE(builder.add(name, Content(std::move(dump.dump)), PlaceUnit::Line).has_value());
  }
  EXPECT_EQ(text_of(*std::move(builder).finish()),
            R"(1 goroutine in 1 group, at least 2.60kB, from 2 sources
  a.txt
  b.txt
No sign of a leak; by 2 snapshots.

        1    100%  select

        1    100%  select
      blocked at    main.f  /srv/app/main.go:1

2 snapshots are cut; goroutines that are missing there have neither come nor left.
When the snapshots were taken is not known, so rates are by snapshot; -every=30s says it.
Lost of a.txt: 2 x goroutine cut short (first at line 7).
Lost of b.txt: 2 x goroutine cut short (first at line 7).
)");
}

TEST(LeaksText, FoldsTheRarerStates) {
  DumpBuilder builder;
  for (const std::string_view state : {"a", "b", "c", "d", "e", "f", "g", "h", "i"}) {
    builder.add(state, {{"main.f"}}, {{0, state == "i" ? 1u : 2u}});
  }
  LeaksOptions options;
  options.limit = 1;
  const std::string text = text_of(build(std::move(builder.dump), std::move(options)));
  EXPECT_NE(text.find("        2  11.76%  g\n        3  17.65%  in 2 other states\n"),
            std::string::npos)
      << text;
}

TEST(LeaksText, MarksInferredStatesAmongReadOnes) {
  LeaksBuilder builder({});
  DumpBuilder dump;
  dump.add("select", {{"main.f", "/srv/app/main.go", 1}});
  ProfileBuilder profile;
  profile.add(1, {{"main.g", "/srv/app/main.go", 2}});
  ASSERT_TRUE(builder.add("a", Content(std::move(dump.dump)), PlaceUnit::Line).has_value());
  // Of two servers, at the same time.
  const LeaksInput second{"b", PlaceUnit::Byte, 0, 1, true, false};
  ASSERT_TRUE(builder.add(second, Content(std::move(profile.profile))).has_value());
  const std::string text = text_of(*std::move(builder).finish());
  EXPECT_NE(text.find("(inferred)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("1  50.00%  select\n      blocked"), std::string::npos) << text;
  EXPECT_NE(text.find("States are inferred"), std::string::npos) << text;
}

TEST(LeaksText, WritesASingleWaitWithoutMedian) {
  DumpBuilder builder;
  builder.add("select", {{"main.f"}}, {{1, 1}});
  const std::string text = text_of(build(std::move(builder.dump)));
  EXPECT_NE(text.find("select for 1 minute\n"), std::string::npos) << text;
}

TEST(LeaksText, KnowsCreatorsByTheirIdsAlone) {
  // As CockroachDB's goroutine?debug=3 tells them.
  const auto labels = [](std::int64_t id, std::int64_t creator) {
    return std::vector<TestLabel>{{"go::goroutine", "", id},
                                  {"go::goroutine_created_by", "", creator},
                                  {"go::goroutine_state", "select"},
                                  {"go::goroutine_wait_minutes", "", 4}};
  };
  ProfileBuilder builder;
  builder.add(1, {{"main.f", "/srv/app/main.go", 1}}, labels(20, 7));
  builder.add(1, {{"main.g", "/srv/app/main.go", 2}}, labels(21, 8));
  builder.add(1, {{"main.g", "/srv/app/main.go", 2}}, labels(22, 9));
  const LeaksReport report = build(std::move(builder.profile));
  EXPECT_EQ(text_of(report),
            R"(profile.pb.gz: 3 goroutines in 2 groups, at least 7.80kB
No sign of a leak.

        3    100%  select in 2 groups

        2  66.67%  select for up to 4 minutes (median 4), at least 5.20kB
      blocked at    main.g  /srv/app/main.go:2
      created by    several goroutines

        1  33.33%  select for 4 minutes
      blocked at    main.f  /srv/app/main.go:1
      created by    goroutine 7
)");
  const Json json = Json::parse(json_text_of(report));
  EXPECT_EQ(json["groups"][0]["created_by"].dump(),
            R"({"goroutine":8,"goroutine_is_unique":false})");
}

TEST(LeaksText, SaysWhereRootsMayBeMissing) {
  TestStack deep(32, {"main.recurse", "/srv/app/main.go", 5});
  const auto note_in = [](const TestStack& stack) {
    ProfileBuilder builder;
    builder.add(1, stack);
    return text_of(build(std::move(builder.profile))).find("1 stack may be cut off") !=
           std::string::npos;
  };
  EXPECT_TRUE(note_in(deep));
  deep.back().function = "runtime.main";  // Nothing can be above it.
  EXPECT_FALSE(note_in(deep));
  deep.pop_back();
  EXPECT_FALSE(note_in(deep));
}

TEST(LeaksText, DoesNotTakeThreadsForGoroutines) {
  ProfileBuilder builder("threadcreate");
  builder.add(6, {}).add(1, {{"main.main", "/srv/app/main.go", 89}});
  EXPECT_EQ(text_of(build(std::move(builder.profile))),
            R"(profile.pb.gz: 7 stacks in 2 groups

        6  85.71%  stacks
      stack not available

        1  14.29%  stack
      at            main.main  /srv/app/main.go:89
)");
}

TEST(LeaksText, SaysThatAStackIsNotThere) {
  DumpBuilder builder;
  builder.add("running", {}).stack_unavailable = true;
  EXPECT_NE(text_of(build(std::move(builder.dump))).find("stack not available"), std::string::npos);
}

TEST(LeaksJson, HasTheWholeStory) {
  GoroutineDump dump = small_dump();
  dump.losses = {{"line that is too long", 1, 4711}};
  const Json json = Json::parse(json_text_of(build(std::move(dump))));
  EXPECT_EQ(json["schema"], "plumb.leaks/1");
  EXPECT_EQ(json["total"], 303);
  ASSERT_EQ(json["groups"].size(), 3u);
  const Json expected = Json::parse(R"({
    "count": 300, "state": "chan send", "state_source": "read", "is_range": null,
    "wait_minutes": {"oldest": 3, "median": 1},
    "blocked": {"function": "main.send", "file": "/srv/app/main.go", "line": 27, "owner": "user"},
    "entry": {"function": "main.send", "file": "/srv/app/main.go", "line": 27, "owner": "user"},
    "created_by": {"function": "main.main", "file": "/srv/app/main.go", "line": 20,
                   "owner": "user", "goroutine": 1, "goroutine_is_unique": true},
    "first_goroutine": 2,
    "frames": [
      {"function": "main.send", "file": "/srv/app/main.go", "line": 27, "owner": "user"}],
    "skipped_frames": 0,
    "labels": [{"key": "tenant", "value": "a", "count": 300}], "more_labels": 0,
    "leaked": 0, "locked": 0, "is_profiler": false, "memory_bytes_at_least": 798600})");
  Json about = json["groups"][0];
  EXPECT_EQ(about["level"], "possible");
  EXPECT_EQ(about["pattern"], "L1");
  EXPECT_EQ(about["evidence"][0]["id"], "E6");
  EXPECT_EQ(about["since"]["seconds_ago"], 180);
  for (const char* key :
       {"level", "reason", "pattern", "evidence", "against", "cause", "fix", "next", "rate",
        "since", "benign_rule", "family", "leads_family", "known", "heap", "before"}) {
    EXPECT_EQ(about.erase(key), 1u) << key;
  }
  EXPECT_EQ(about.dump(), expected.dump());  // The order of the keys too.
  EXPECT_EQ(json["groups"][2]["wait_minutes"], nullptr);
  EXPECT_EQ(json["groups"][2]["is_profiler"], true);
  EXPECT_EQ(json["lost"].dump(), R"({"line that is too long":{"count":1,"first_line":4711}})");
  EXPECT_EQ(json["states"].size(), 3u);
  EXPECT_EQ(json["sources"].dump(), R"(["dump.txt"])");
}

TEST(LeaksJson, IsValidWhateverTheNamesHold) {
  DumpBuilder builder;
  builder.add("a \"b\"\n\xff", {{"main.\xc3\x28\x01", "/\\\"\xed\xa0\x80", -1}}, {{0, 1}},
              {{"k\xff", "\xf0\x9f\x98\x80"}});
  builder.dump.losses = {{"bad \"thing\"", 1, 0}};
  const std::string text = json_text_of(build(std::move(builder.dump)));
  const Json json = Json::parse(text);
  EXPECT_EQ(json["groups"][0]["state"], "a \"b\"\n\xef\xbf\xbd");
  EXPECT_EQ(json["groups"][0]["labels"][0]["value"], "\xf0\x9f\x98\x80");
  EXPECT_EQ(json["lost"]["bad \"thing\""]["count"], 1);
}

TEST(LeaksJson, WritesFramesWithoutSymbolAndGaps) {
  ProfileBuilder profile;
  profile.add(1, {{"", "", 0, 0x439a15}});
  const Json frame = Json::parse(json_text_of(build(std::move(profile.profile))))["groups"][0];
  EXPECT_EQ(frame["frames"].dump(),
            R"([{"function":"","file":"","line":0,"address":"0x439a15","owner":"native"}])");
  DumpBuilder dump;
  dump.add("select", {{"main.f"}, {"", "", 52, 0, FrameKind::Elided}});
  const Json elided = Json::parse(json_text_of(build(std::move(dump.dump))))["groups"][0];
  EXPECT_EQ(elided["frames"][1].dump(), R"({"elided":52})");
}

TEST(LeaksJson, IsOneLineForEachGroup) {
  const std::string text = json_text_of(build(small_dump()));
  EXPECT_EQ(std::ranges::count(text, '\n'), 4);
}

TEST(LeaksJson, OfNothingIsEmpty) {
  EXPECT_EQ(json_text_of(build(GoroutineDump{})),
            "{\"schema\":\"plumb.leaks/1\",\"total\":0,\"groups\":[],\"verdict\":\"benign\","
            "\"snapshots\":1,\"seconds\":null,\"notes\":[],\"memory_limit\":null,"
            "\"heap_bytes\":null,\"gone\":null,\"lost\":{},\"matched\":0,"
            "\"group_count\":0,\"states\":[],\"sources\":[\"dump.txt\"]}\n");
}

}  // namespace
}  // namespace plumb
