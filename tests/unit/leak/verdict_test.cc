// SPDX-License-Identifier: Apache-2.0
// Which level and pattern a series gets, and what it rests on.
#include "leak/verdict.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "leak/cxx_words.h"
#include "leak/group_study.h"
#include "leak/patterns.h"
#include "leak/stack_names.h"
#include "unit/leak/series_builder.h"

namespace plumb {
namespace {

TestStack lock_stack(std::string_view function, std::string_view creator = {}) {
  TestStack stack = stack_of(function, creator);
  stack.insert(stack.begin(), {"sync.(*Mutex).lockSlow", "/go/src/sync/mutex.go", 171});
  return stack;
}

std::vector<std::string> ids_of(const std::vector<Evidence>& evidence) {
  std::vector<std::string> ids;
  for (const Evidence& item : evidence) ids.emplace_back(item.id);
  std::ranges::sort(ids);
  return ids;
}

using Snapshots = std::vector<std::vector<TestGroup>>;

struct VerdictCase {
  const char* name;
  Snapshots snapshots;
  const char* function;
  Level level;
  const char* pattern;
};

class Verdicts : public testing::TestWithParam<VerdictCase> {};

TEST_P(Verdicts, AreRight) {
  const VerdictCase& row = GetParam();
  const SnapshotSeries series = series_of(row.snapshots);
  const Finding finding = judge_place(series, row.function);
  EXPECT_EQ(to_string(finding.level), to_string(row.level)) << finding.reason;
  EXPECT_EQ(finding.pattern, row.pattern);
  EXPECT_FALSE(finding.reason.empty());
  const bool may_leak = finding.level >= Level::Possible;
  EXPECT_EQ(!finding.cause.empty(), may_leak);
  EXPECT_EQ(!finding.fix.empty(), may_leak);
  EXPECT_TRUE(finding.level < Level::Likely || !finding.evidence.empty());
}

std::vector<TestGroup> at(const TestGroup& group, std::uint64_t newest) {
  return {group, busy(newest)};
}

const TestStack kSend = stack_of("main.fetch.func1", "main.fetch");
const TestStack kWorker = stack_of("main.work", "main.main");
const TestStack kReadLock = {{"sync.(*RWMutex).RLock", "/go/src/sync/rwmutex.go", 72},
                             {"main.(*Map).get", "/srv/app/map.go", 12},
                             {"main.(*Map).all", "/srv/app/map.go", 30},
                             {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
const TestStack kWriteLock = {{"sync.(*RWMutex).Lock", "/go/src/sync/rwmutex.go", 153},
                              {"main.(*Map).set", "/srv/app/map.go", 40},
                              {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
const TestStack kGrpc =
    stack_of("google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run",
             "google.golang.org/grpc/internal/grpcsync.NewCallbackSerializer");
const TestStack kLoop = stack_of("main.(*Feed).loop", "main.NewFeed");

INSTANTIATE_TEST_SUITE_P(
    Rows, Verdicts,
    testing::Values(
        VerdictCase{"SendersThatComeAndStay",
                    {at({"chan send", kSend, ids_from(20, 10, 10)}, 120),
                     at({"chan send", kSend, ids_from(20, 20, 10)}, 215)},
                    "main.fetch.func1",
                    Level::Likely,
                    "L1"},
        VerdictCase{"SendersThatLeave",
                    {at({"chan send", kSend, ids_from(20, 10, 10)}, 120),
                     at({"chan send", kSend, ids_from(130, 10, 10)}, 225)},
                    "main.fetch.func1",
                    Level::Benign,
                    ""},
        VerdictCase{"ASenderThatStays",
                    {at({"chan send", kSend, {20}}, 120), at({"chan send", kSend, {20}}, 220)},
                    "main.fetch.func1",
                    Level::Possible,
                    "L1"},
        VerdictCase{"AStaticPoolOfALivingCreator",
                    {{{"chan receive", kWorker, ids_from(20, 32, 1)},
                      {"sleep", stack_of("main.main"), {1}},
                      busy(900)},
                     {{"chan receive", kWorker, ids_from(20, 32, 1)},
                      {"sleep", stack_of("main.main"), {1}},
                      busy(1900)}},
                    "main.work",
                    Level::Watch,
                    ""},
        VerdictCase{"AReceiverWhoseCreatorIsGone",
                    {at({"chan receive", kLoop, {20}}, 60), at({"chan receive", kLoop, {20}}, 70)},
                    "main.(*Feed).loop",
                    Level::Possible,
                    "L5"},
        VerdictCase{"LoopsThatPileUp",
                    {at({"select", kLoop, ids_from(20, 10, 10)}, 120),
                     at({"select", kLoop, ids_from(20, 20, 10)}, 215)},
                    "main.(*Feed).loop",
                    Level::Likely,
                    "L6"},
        VerdictCase{"APoolThatGrewAndStopped",
                    {at({"select", kLoop, ids_from(20, 10, 10)}, 120),
                     at({"select", kLoop, ids_from(20, 30, 10)}, 5000)},
                    "main.(*Feed).loop",
                    Level::Watch,
                    ""},
        VerdictCase{"SleepersThatPileUp",
                    {at({"sleep", kLoop, ids_from(20, 10, 10)}, 120),
                     at({"sleep", kLoop, ids_from(20, 20, 10)}, 215)},
                    "main.(*Feed).loop",
                    Level::Possible,
                    "L21"},
        VerdictCase{"ANilChannel",
                    {at({"chan receive (nil chan)", kLoop, {20}}, 60)},
                    "main.(*Feed).loop",
                    Level::Confirmed,
                    "L17"},
        VerdictCase{"OneEmptySelect",
                    {at({"select (no cases)", kLoop, {20}}, 60)},
                    "main.(*Feed).loop",
                    Level::Possible,
                    "L17"},
        VerdictCase{"SeveralEmptySelects",
                    {at({"select (no cases)", kLoop, {20, 21}}, 60)},
                    "main.(*Feed).loop",
                    Level::Confirmed,
                    "L17"},
        VerdictCase{"ALockThatNobodyGets",
                    {at({"sync.Mutex.Lock", lock_stack("main.get"), {20, 21}}, 60),
                     at({"sync.Mutex.Lock", lock_stack("main.get"), {20, 21}}, 70)},
                    "main.get",
                    Level::Likely,
                    "L11"},
        VerdictCase{"AReadLockBehindAWriter",
                    {at({"sync.RWMutex.RLock", kReadLock, {20, 21}}, 60),
                     {{"sync.RWMutex.RLock", kReadLock, {20, 21}},
                      {"sync.RWMutex.Lock", kWriteLock, {22}},
                      busy(70)}},
                    "main.(*Map).get",
                    Level::Likely,
                    "L13"},
        VerdictCase{"GrpcConnectionsThatPileUp",
                    {at({"select", kGrpc, ids_from(20, 10, 10)}, 120),
                     at({"select", kGrpc, ids_from(20, 20, 10)}, 215)},
                    "google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run",
                    Level::Likely,
                    "L10"},
        VerdictCase{"ALockThatIsHandedOver",
                    {at({"sync.Mutex.Lock", lock_stack("main.get"), {20, 21}}, 60),
                     at({"sync.Mutex.Lock", lock_stack("main.get"), {21, 30}}, 70)},
                    "main.get",
                    Level::Benign,
                    ""},
        VerdictCase{"TheMainGoroutine",
                    {at({"chan receive", stack_of("main.main"), {1}, 500}, 60)},
                    "main.main",
                    Level::Benign,
                    ""},
        VerdictCase{"AgesOfOneDump",
                    {{{"chan send", kSend, ids_from(100, 10, 100), 2},
                      {"chan send", kSend, ids_from(1100, 10, 100), 0},
                      busy(2100)}},
                    "main.fetch.func1",
                    Level::Likely,
                    "L1"},
        VerdictCase{"ABurstInOneDump",
                    {at({"select", kLoop, ids_from(20, 1000, 1), 2}, 1030)},
                    "main.(*Feed).loop",
                    Level::Possible,
                    "L6"},
        VerdictCase{"WorkInFlight",
                    {at({"select", kLoop, ids_from(9000, 50, 1)}, 9100)},
                    "main.(*Feed).loop",
                    Level::Watch,
                    ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Verdict, SaysWhatItRestsOn) {
  const SnapshotSeries series = series_of({at({"chan send", kSend, ids_from(20, 10, 10)}, 120),
                                           at({"chan send", kSend, ids_from(20, 20, 10)}, 215)});
  const Finding finding = judge_place(series, "main.fetch.func1");
  EXPECT_EQ(ids_of(finding.evidence), (std::vector<std::string>{"E1", "E2", "E3", "E6"}));
  EXPECT_TRUE(finding.against.empty());
  ASSERT_TRUE(finding.rate.has_value());
  EXPECT_NEAR(finding.rate->per_second.value, 10.0 / 60, 1e-9);
  EXPECT_TRUE(finding.rate->is_per_second);
  EXPECT_GT(finding.memory_bytes, 20u * 2048);
  EXPECT_NE(finding.cause.find("main.fetch.func1 (main.go:27)"), std::string::npos);
}

TEST(Verdict, HoldsBackWhereTheGoroutinesRunNowAndThen) {
  // A younger goroutine has waited for two minutes, these for none.
  const TestGroup waits{"chan receive", stack_of("main.idle"), {5000}, 2};
  const SnapshotSeries series =
      series_of({{{"select", kLoop, ids_from(20, 10, 10)}, waits, busy(5100)},
                 {{"select", kLoop, ids_from(20, 10, 10)}, waits, busy(5200)}});
  const Finding finding = judge_place(series, "main.(*Feed).loop");
  EXPECT_LT(finding.level, Level::Possible);
  EXPECT_EQ(ids_of(finding.against).front(), "E10");
}

TEST(Verdict, DoesNotCallUsedConnectionsALeak) {
  const TestGroup waits{"chan receive", stack_of("main.idle"), {5000}, 2};
  const TestStack session = stack_of("main.session", "main.accept");
  const SnapshotSeries series =
      series_of({{{"IO wait", session, ids_from(20, 10, 10)}, waits, busy(5100)},
                 {{"IO wait", session, ids_from(20, 10, 10)},
                  {"IO wait", session, ids_from(5110, 10, 10)},
                  waits,
                  busy(5220)}});
  EXPECT_LT(judge_place(series, "main.session").level, Level::Possible);
}

// A pool that grew while it was needed, whoever made it has returned; then ids pass and none comes.
TEST(Verdict, APoolThatHasStoppedGrowingIsNoLeak) {
  const TestGroup pool{"chan receive", kLoop, ids_from(10, 20, 40)};
  const Finding finding =
      judge_place(series_of({at(pool, 1000), at(pool, 2000)}), "main.(*Feed).loop");
  EXPECT_EQ(to_string(finding.level), "watch") << finding.reason;
  ASSERT_FALSE(finding.against.empty());
  // If no ids pass there is nothing to tell it from.
  const Finding still =
      judge_place(series_of({at(pool, 1000), at(pool, 1001)}), "main.(*Feed).loop");
  EXPECT_TRUE(std::ranges::none_of(
      still.against, [](const Evidence& item) { return item.text.starts_with("none came"); }));
}

// Ids of four goroutines each, at these places.
std::vector<std::uint64_t> heaps_at(const std::vector<std::uint64_t>& places) {
  std::vector<std::uint64_t> ids;
  for (const std::uint64_t place : places) {
    for (std::uint64_t i = 0; i < 4; ++i) ids.push_back(place + i);
  }
  return ids;
}

TEST(Verdict, CountsGoroutinesThatComeTogetherOnce) {
  // Five times in three quarters of the window; twenty one by one would have stopped by then.
  const TestStack loop = stack_of("main.wait", "main.start");
  const auto heaps = heaps_at({100, 1200, 2000, 2800, 3400, 4100});
  EXPECT_EQ(judge_place(series_of({at({"select", loop, heaps_at({100})}, 1000),
                                   at({"select", loop, heaps}, 5000)}),
                        "main.wait")
                .level,
            Level::Likely);
  std::vector<std::uint64_t> alone = heaps_at({100});
  const auto others = ids_from(1150, 20, 150);
  alone.insert(alone.end(), others.begin(), others.end());
  EXPECT_EQ(judge_place(series_of({at({"select", loop, heaps_at({100})}, 1000),
                                   at({"select", loop, alone}, 5000)}),
                        "main.wait")
                .level,
            Level::Watch);
}

TEST(Verdict, WhoIsStuckInASendIsSoWhenNobodyComesAnyMore) {
  const TestGroup first{"chan send", kSend, ids_from(100, 3, 50)};
  std::vector<std::uint64_t> ids = first.ids;
  const auto more = ids_from(1010, 20, 10);
  ids.insert(ids.end(), more.begin(), more.end());
  const Finding finding = judge_place(
      series_of({at(first, 1000), at({"chan send", kSend, ids}, 5000)}), "main.fetch.func1");
  EXPECT_EQ(finding.level, Level::Possible) << finding.reason;
  EXPECT_EQ(ids_of(finding.against).front(), "E10");
}

TEST(Verdict, APoolOfWhichAFewWorkWhileItGrowsIsNoLeak) {
  Snapshots snapshots;
  for (std::uint64_t i = 0; i < 12; ++i) {  // Thirty in the first third, of whom two work later.
    std::vector<std::uint64_t> ids = ids_from(100, std::min<std::size_t>(30, 8 * i), 30);
    if (i == 8) ids.erase(ids.begin() + 3, ids.begin() + 5);
    snapshots.push_back(at({"chan receive", kLoop, ids}, 300 * i + 200));
  }
  EXPECT_LT(judge_place(series_of(snapshots, 5), "main.(*Feed).loop").level, Level::Possible);
}

TEST(Verdict, FindsTheHolderOfALock) {
  const TestGroup waiters{
      "sync.Mutex.Lock", lock_stack("main.(*Box).Get", "main.serve"), {30, 31, 32}};
  const TestGroup holder{"chan send", stack_of("main.(*Box).Put", "main.serve"), {20}};
  const SnapshotSeries series =
      series_of({{holder, waiters, busy(60)}, {holder, waiters, busy(70)}});
  const Finding finding = judge_place(series, "main.(*Box).Put");
  EXPECT_EQ(finding.level, Level::Likely);
  EXPECT_NE(std::ranges::count(ids_of(finding.evidence), "E7"), 0);
  EXPECT_EQ(judge_place(series, "main.(*Box).Get").pattern, "L14");
}

TEST(Verdict, NamesWhoMayHoldALockForLong) {
  const TestGroup waiters{
      "sync.Mutex.Lock", lock_stack("main.(*Box).Get", "main.serve"), {30, 31, 32}};
  const auto against = [&](const TestGroup& other) {
    const SnapshotSeries series =
        series_of({{other, waiters, busy(60)}, {other, waiters, busy(70)}});
    return judge_place(series, "main.(*Box).Get").against;
  };
  const std::vector<Evidence> slow =
      against({"sleep", stack_of("main.(*Box).Reload", "main.main"), {20}});
  ASSERT_EQ(ids_of(slow), (std::vector<std::string>{"E10"}));
  EXPECT_NE(slow[0].text.find("main.(*Box).Reload"), std::string::npos) << slow[0].text;
  EXPECT_TRUE(against({"sleep", stack_of("main.(*Bag).Reload", "main.main"), {20}}).empty());
  EXPECT_TRUE(against({"sleep", stack_of("main.(*Box).Beat", "main.main"), {20, 21}}).empty());
}

TEST(Verdict, ReportsTheGoroutinesOfOneObjectOnce) {
  const auto object = [](std::size_t count) {
    return std::vector<TestGroup>{
        {"select", stack_of("main.(*Conn).read", "main.Dial"), ids_from(20, count, 50)},
        {"select", stack_of("main.(*Conn).write", "main.Dial"), ids_from(21, count, 50)},
        busy(25 + 50 * count)};
  };
  const SnapshotSeries series = series_of({object(10), object(20)});
  const Findings findings = judge(series, {});
  const Finding* const reader = find_finding(series, findings, "main.(*Conn).read");
  const Finding* const writer = find_finding(series, findings, "main.(*Conn).write");
  EXPECT_NE(reader->family, 0u);
  EXPECT_EQ(reader->family, writer->family);
  EXPECT_NE(reader->leads_family, writer->leads_family);
  EXPECT_EQ(reader->objects, 20);
  const Finding* const lead = reader->leads_family ? reader : writer;
  const Finding* const member = reader->leads_family ? writer : reader;
  EXPECT_EQ(lead->pattern, "L6");
  EXPECT_EQ(member->pattern, "L22");
  EXPECT_NE(member->cause.find(lead == reader ? "main.(*Conn).read " : "main.(*Conn).write "),
            std::string::npos)
      << member->cause;
  EXPECT_TRUE(member->fix.ends_with(lead->fix)) << member->fix;
}

SnapshotSeries count_series(const std::vector<std::int64_t>& counts, const TestStack& stack) {
  SeriesBuilder builder;
  std::int64_t time = 0;
  for (const std::int64_t count : counts) {
    builder.start_snapshot("", time += 5'000'000'000);
    ProfileBuilder profile;
    if (count > 0) profile.add(count, stack);
    EXPECT_TRUE(builder.add(profile.profile).has_value());
  }
  return std::move(builder).finish();
}

const TestStack kParkedSend = {{"runtime.gopark"},
                               {"runtime.chansend", "/go/src/runtime/chan.go", 300},
                               {"runtime.chansend1"},
                               {"main.send", "/srv/app/main.go", 27}};

struct CountCase {
  const char* name;
  std::vector<std::int64_t> counts;
  Level level;
};

class VerdictsOfCounts : public testing::TestWithParam<CountCase> {};

TEST_P(VerdictsOfCounts, AreRight) {
  const SnapshotSeries series = count_series(GetParam().counts, kParkedSend);
  const Finding finding = judge_place(series, "main.send");
  EXPECT_EQ(to_string(finding.level), to_string(GetParam().level)) << finding.reason;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, VerdictsOfCounts,
    testing::Values(
        CountCase{"ALeak", {2, 4, 6, 8, 9, 12, 13, 16, 18, 20}, Level::Likely},
        CountCase{"Noise", {9, 12, 8, 11, 10, 9, 13, 8, 12, 10}, Level::Watch},
        CountCase{"APlateau", {2, 9, 15, 20, 24, 24, 24, 24, 24, 24}, Level::Watch},
        CountCase{"Saturation", {2, 20, 34, 44, 51, 55, 57, 58, 59, 60}, Level::Possible},
        CountCase{"ASawtooth", {5, 50, 100, 150, 5, 50, 100, 150, 5, 160}, Level::Watch},
        CountCase{"InHeaps", {0, 9, 9, 27, 36, 36, 54, 63, 81, 90}, Level::Likely},
        CountCase{"ARampThatIsReplaced",
                  {35,  48,  66,  73,  103, 109, 124, 132, 144, 154,
                   181, 183, 196, 210, 214, 232, 242, 284, 292, 281},
                  Level::Watch},
        CountCase{"AWaveThatIsReplaced", {30, 36, 38, 49, 57, 61, 75, 82, 85, 99}, Level::Possible},
        CountCase{"ASlowLeakThatPauses", {0, 1, 1, 2, 3, 3, 4, 5, 5, 5, 5, 5}, Level::Possible},
        CountCase{"TwoMore", {1, 1, 1, 1, 2, 2, 2, 3, 3, 3}, Level::Possible},
        CountCase{"OneThatWasElsewhere", {0, 0, 0, 0, 0, 0, 0, 0, 1, 1}, Level::Watch},
        CountCase{"AStep", {10, 10, 10, 10, 10, 10, 10, 60, 60, 60, 60, 60}, Level::Watch},
        CountCase{"AStepLately", {10, 10, 10, 10, 10, 10, 10, 10, 10, 60, 61, 60}, Level::Watch},
        CountCase{"APoolThatFills",
                  {0, 100, 190, 271, 344, 410, 469, 522, 570, 613, 651, 686},
                  Level::Possible},
        CountCase{"ACrowdThatScatters",
                  {9000, 9900, 9500, 9990, 9400, 9900, 9300, 10900, 10100, 11000},
                  Level::Possible},
        CountCase{"TooFewToTell", {2, 4, 6, 8}, Level::Possible},
        CountCase{"OneProfile", {30}, Level::Watch}, CountCase{"ACrowd", {20000}, Level::Possible}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Verdict, UsedConnectionsAreToldWithAnyNumberOfRequests) {
  const SnapshotSeries series = series_of({{{"IO wait", kLoop, ids_from(20, 3, 1)}}});
  SeriesStudy all = study_series(series, GoroutineIndex(series));
  GroupStudy group;
  group.group = &series.stacks.groups.front();
  group.kind = WaitKind::IoWait;
  for (const auto& [requests, are_used] : std::vector<std::pair<std::int64_t, bool>>{
           {0, false}, {1, false}, {2, true}, {INT64_MAX, true}}) {
    all.http_requests = requests;
    EXPECT_EQ(holds_used_connections(all, group), are_used) << requests;
  }
}

TEST(Verdict, SpeaksOfCxxInItsWords) {
  const TestStack send = {{"fetch()::{lambda()#1}::operator()", "/srv/app/main.cc", 27},
                          {"fetch", "/srv/app/main.cc", 9, 0, FrameKind::CreatedBy}};
  const SnapshotSeries series = series_of({at({"chan send", send, ids_from(20, 10, 10)}, 120),
                                           at({"chan send", send, ids_from(20, 20, 10)}, 215)});
  const Finding finding = judge_place(series, "fetch()::{lambda()#1}::operator()");
  EXPECT_EQ(finding.pattern, "L1");
  EXPECT_NE(finding.fix.find("make_chan<T>(1)"), std::string::npos) << finding.fix;
  EXPECT_NE(finding.fix.find("let fetch (main.cc:9) receive"), std::string::npos) << finding.fix;
  EXPECT_EQ(finding.level, Level::Likely);
  EXPECT_EQ(finding.next, "");
}

TEST(Verdict, HasNoWordsOfGoForCxx) {
  for (int i = 1; i <= 22; ++i) {
    const std::string id = "L" + std::to_string(i);
    const Pattern* const pattern = find_pattern(id);
    ASSERT_NE(pattern, nullptr) << id;
    // What is told of Go's own libraries has no meaning there.
    if (id == "L8" || id == "L9" || id == "L10") continue;
    const std::string text = cxx_cause(pattern->cause) + " / " +
                             std::string(cxx_fix(id).empty() ? pattern->fix : cxx_fix(id));
    for (const char* word : {"goroutine", "make(chan", "defer", "ctx.Done", "Unlock", "Lock;",
                             "wg.", "WaitGroup", "sync.", "select {}", "http.", "sql."}) {
      EXPECT_EQ(text.find(word), std::string::npos) << id << ": " << word << " in: " << text;
    }
  }
}

TestStack request_stack(std::string_view function) {
  return {{"net/http.(*persistConn).roundTrip", "/usr/local/go/src/net/http/transport.go", 2718},
          {"net/http.(*Client).Get", "/usr/local/go/src/net/http/client.go", 480},
          {function, "/srv/app/main.go", 27},
          {"main.main", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
}

TestStack connection_stack() {
  return {{"internal/poll.runtime_pollWait", "/usr/local/go/src/runtime/netpoll.go", 351},
          {"net/http.(*persistConn).readLoop", "/usr/local/go/src/net/http/transport.go", 2330},
          {"net/http.(*Transport).dialConn", "/usr/local/go/src/net/http/transport.go", 1994, 0,
           FrameKind::CreatedBy}};
}

TEST(Verdict, ARequestThatIsNotAnsweredHasNoTimeout) {
  const TestStack call = request_stack("main.call");
  const TestStack reader = connection_stack();
  const SnapshotSeries series = series_of({{{"select", call, ids_from(20, 10, 10)},
                                            {"IO wait", reader, ids_from(21, 10, 10)},
                                            busy(120)},
                                           {{"select", call, ids_from(20, 20, 10)},
                                            {"IO wait", reader, ids_from(21, 20, 10)},
                                            busy(215)}});
  const Finding request = judge_place(series, "main.call");
  EXPECT_EQ(request.pattern, "L19");
  EXPECT_NE(request.cause.find("waits for the answer"), std::string::npos) << request.cause;
  EXPECT_NE(request.fix.find("http.Client.Timeout"), std::string::npos) << request.fix;
  // Its connection is in use, and not one that was forgotten: it belongs to the request.
  const Finding connection = judge_place(series, "net/http.(*persistConn).readLoop");
  EXPECT_EQ(connection.pattern, "L22");
  EXPECT_TRUE(connection.follows());
  EXPECT_EQ(ids_of(connection.against), std::vector<std::string>{}) << connection.against[0].text;
}

TEST(Verdict, AChannelInWhichNobodyFindsAPlaceIsASemaphore) {
  for (const char* function : {"main.Sem.Acquire", "example.com/limit.(*Gate[...]).acquireSlot",
                               "main.(*ChanMutex).Lock", "main.Limiter.Wait"}) {
    const TestStack send = stack_of(function, "main.handle");
    const SnapshotSeries series = series_of({at({"chan send", send, ids_from(20, 10, 10)}, 120),
                                             at({"chan send", send, ids_from(20, 20, 10)}, 215)});
    const Finding finding = judge_place(series, function);
    EXPECT_EQ(finding.pattern, "L18") << function;
    EXPECT_NE(finding.cause.find("serves as a semaphore"), std::string::npos) << finding.cause;
    EXPECT_NE(finding.fix.find("by defer"), std::string::npos) << finding.fix;
  }
}

TEST(Verdict, AnUnknownCreatorHasAName) {
  const TestStack send = stack_of("main.fetch.func1");
  const SnapshotSeries series = series_of({at({"chan send", send, ids_from(20, 10, 10)}, 120),
                                           at({"chan send", send, ids_from(20, 20, 10)}, 215)});
  const Finding finding = judge_place(series, "main.fetch.func1");
  EXPECT_NE(finding.cause.find("sends: its creator started it and does not receive on every path"),
            std::string::npos)
      << finding.cause;
}

TEST(Verdict, AConnectionThatNobodyUsesIsIdle) {
  const TestStack reader = connection_stack();
  const SnapshotSeries series = series_of({{{"IO wait", reader, ids_from(21, 10, 10)}, busy(120)},
                                           {{"IO wait", reader, ids_from(21, 20, 10)}, busy(215)}});
  const Finding connection = judge_place(series, "net/http.(*persistConn).readLoop");
  EXPECT_EQ(connection.pattern, "L9");
  EXPECT_EQ(ids_of(connection.against), std::vector<std::string>{"E8"});
}

TEST(Verdict, NamesFunctionsWithoutThePathsOfTheirPackages) {
  const TestStack stack = stack_of("example.com/shop/search.(*Engine).ask.func1",
                                   "example.com/shop/search.(*Engine).ask");
  const SnapshotSeries series = series_of({at({"chan send", stack, ids_from(20, 10, 10)}, 120),
                                           at({"chan send", stack, ids_from(20, 20, 10)}, 215)});
  const Finding finding = judge_place(series, "example.com/shop/search.(*Engine).ask.func1");
  EXPECT_TRUE(finding.cause.starts_with("nobody receives what search.(*Engine).ask.func1 (main.go"))
      << finding.cause;
}

TEST(ShortName, LeavesOutThePathOfThePackage) {
  EXPECT_EQ(short_name("example.com/shop/v2.(*Cart[example.com/a/b.T]).add"),
            "v2.(*Cart[example.com/a/b.T]).add");
  EXPECT_EQ(short_name("main.main"), "main.main");
  EXPECT_EQ(short_name("shop::operator/(shop::cart)"), "shop::operator/(shop::cart)");
  EXPECT_EQ(short_name("operator/"), "operator/");
  EXPECT_EQ(short_name(""), "");
}

TEST(Verdict, SaysWhenItBeganAtThisRate) {
  const SnapshotSeries series = series_of({at({"chan send", kSend, ids_from(20, 30, 10)}, 320),
                                           at({"chan send", kSend, ids_from(20, 40, 10)}, 425)});
  const Finding finding = judge_place(series, "main.fetch.func1");
  ASSERT_TRUE(finding.since);
  EXPECT_TRUE(finding.since->is_at_least);
  EXPECT_EQ(finding.since->seconds_ago, 60);
  EXPECT_NEAR(finding.since->seconds_ago_by_rate, 240, 1);  // 40 of them, 10 a minute.
}

TEST(Verdict, OfNothingIsNothing) {
  SeriesBuilder builder;
  builder.start_snapshot("", 0);
  const SnapshotSeries series = std::move(builder).finish();
  const Findings findings = judge(series, {});
  EXPECT_TRUE(findings.all.empty());
  EXPECT_EQ(findings.worst, Level::Benign);
}

TEST(Verdict, TimeBehindTheLastDumpCounts) {
  constexpr std::int64_t kMinute = 60'000'000'000;
  SeriesBuilder builder;
  for (std::int64_t i = 1; i <= 4; ++i) {
    GoroutineDump dump = dump_of({{"chan send", stack_of("main.send", "main.serve"),
                                   ids_from(10, static_cast<std::size_t>(10 * i), 10)},
                                  busy(1000)});
    if (i > 2) dump.goroutines.clear();
    builder.start_snapshot("", i * kMinute);
    builder.add(std::move(dump));
  }
  const SnapshotSeries series = std::move(builder).finish();
  const Findings findings = judge(series, {});
  const Finding* const finding = find_finding(series, findings, "main.send");
  ASSERT_NE(finding, nullptr);
  ASSERT_TRUE(finding->since);
  EXPECT_TRUE(finding->since->is_at_least);
  EXPECT_EQ(finding->since->seconds_ago, 180);
}

}  // namespace
}  // namespace plumb
