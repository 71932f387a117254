// SPDX-License-Identifier: Apache-2.0
// What keeps healthy programs from being accused.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "unit/leak/series_builder.h"

namespace plumb {
namespace {

std::string level_of(const SnapshotSeries& series, std::string_view function) {
  return std::string(to_string(judge_place(series, function).level));
}

const TestStack kLocker = {{"sync.(*Mutex).lockSlow", "/go/src/sync/mutex.go", 171},
                           {"main.(*Box).get", "/srv/app/main.go", 27},
                           {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
const TestStack kOnceWaiter = {{"sync.(*Mutex).lockSlow", "/go/src/sync/mutex.go", 171},
                               {"sync.(*Once).doSlow", "/go/src/sync/once.go", 74},
                               {"main.get", "/srv/app/main.go", 27},
                               {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
const TestStack kOnceRunner = {{"main.get.func1", "/srv/app/main.go", 28},
                               {"sync.(*Once).doSlow", "/go/src/sync/once.go", 78},
                               {"main.get", "/srv/app/main.go", 27},
                               {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};

// Made all along, half of them so many minutes ago.
std::vector<TestGroup> aged(std::string_view state, const TestStack& stack, std::uint32_t minutes) {
  return {{state, stack, ids_from(100, 10, 100), minutes},
          {state, stack, ids_from(1100, 10, 100), 0},
          busy(2100)};
}

// Ten, and ten more so many seconds later.
SnapshotSeries growing(std::string_view state, const TestStack& stack, std::int64_t seconds,
                       const std::vector<TestGroup>& others = {}) {
  std::vector<std::vector<TestGroup>> snapshots = {
      {{state, stack, ids_from(20, 10, 10)}, busy(120)},
      {{state, stack, ids_from(20, 20, 10)}, busy(215)}};
  for (auto& groups : snapshots) groups.insert(groups.end(), others.begin(), others.end());
  return series_of(snapshots, seconds);
}

// A slow start looks like it.
TEST(HeldBack, ALockIsHeldForAWhile) {
  constexpr std::string_view kMutex = "sync.Mutex.Lock";
  EXPECT_EQ(level_of(series_of({aged(kMutex, kLocker, 2)}), "main.(*Box).get"), "possible");
  EXPECT_EQ(level_of(series_of({aged(kMutex, kLocker, 5)}), "main.(*Box).get"), "likely");
  EXPECT_EQ(level_of(growing(kMutex, kLocker, 12), "main.(*Box).get"), "possible");
  EXPECT_EQ(level_of(growing(kMutex, kLocker, 60), "main.(*Box).get"), "likely");
  // Many snapshots tell that it is not given back.
  std::vector<std::vector<TestGroup>> snapshots;
  for (std::uint64_t i = 0; i < 12; ++i) {
    snapshots.push_back({{kMutex, kLocker, ids_from(100, 4 + 4 * i, 20)}, busy(190 + 80 * i)});
  }
  EXPECT_EQ(level_of(series_of(snapshots, 5), "main.(*Box).get"), "likely");
}

TEST(HeldBack, ALockWhoseHolderIsAtWorkIsGivenBack) {
  const TestGroup slow{"sleep", stack_of("main.(*Box).reload", "main.main"), {10}};
  const TestGroup idle{"select", stack_of("main.(*Box).reload", "main.main"), {10}};
  const auto level = [](const TestGroup& holder, std::int64_t seconds) {
    return level_of(growing("sync.Mutex.Lock", kLocker, seconds, {holder}), "main.(*Box).get");
  };
  EXPECT_EQ(level(slow, 60), "possible");
  EXPECT_EQ(level(slow, 300), "likely");
  EXPECT_EQ(level(idle, 60), "likely");
}

// It is no Unlock that is missing.
TEST(HeldBack, WhoMayHoldALockForLongIsNamed) {
  const TestStack fetch = {{"main.(*Box).fetch", "/srv/app/main.go", 40},
                           {"main.(*Box).get", "/srv/app/main.go", 31},
                           {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
  const SnapshotSeries series = growing("sync.Mutex.Lock", kLocker, 60, {{"IO wait", fetch, {10}}});
  const Finding finding = judge_place(series, "main.(*Box).get");
  EXPECT_EQ(finding.pattern, "L11");
  EXPECT_EQ(finding.cause,
            "main.(*Box).get (main.go:27) waits for a lock that main.(*Box).fetch (main.go:40) may "
            "hold while it waits for the network");
  EXPECT_EQ(finding.fix.find("Unlock() right behind"), std::string::npos) << finding.fix;
}

TEST(HeldBack, AFunctionThatIsCalledOnceMayBeSlow) {
  const auto level = [](std::string_view state, std::int64_t seconds) {
    const TestGroup runner{state, kOnceRunner, {10}};
    return level_of(growing("sync.Mutex.Lock", kOnceWaiter, seconds, {runner}), "main.get");
  };
  EXPECT_EQ(level("sleep", 60), "possible");
  EXPECT_EQ(level("IO wait", 60), "possible");
  EXPECT_EQ(level("running", 60), "possible");
  EXPECT_EQ(level("sleep", 300), "likely");
  EXPECT_EQ(level("chan receive", 60), "likely");
  // Of another one.
  TestStack other = kOnceRunner;
  other[2].function = "main.put";
  EXPECT_EQ(
      level_of(growing("sync.Mutex.Lock", kOnceWaiter, 60, {{"sleep", other, {10}}}), "main.get"),
      "likely");
}

// A young program, which has made hardly anything else yet.
TEST(HeldBack, WhatMainStartedIsNoLeakOfAYoungProgram) {
  const TestStack actor = stack_of("main.actor", "main.start");
  const auto level = [&](std::size_t count, std::uint64_t creator) {
    const TestGroup actors{"select", actor, ids_from(20, count, 1), 0, creator};
    return level_of(series_of({{actors, busy(331)}, {actors, busy(332)}}), "main.actor");
  };
  EXPECT_EQ(level(300, 1), "watch");
  EXPECT_EQ(level(300, 7), "possible");
  EXPECT_EQ(level(20, 1), "possible");
}

// Goroutines of closures of main.start, made by goroutine 5.
TestGroup started(std::string_view state, std::string_view function, std::vector<std::uint64_t> ids,
                  std::uint64_t creator = 5) {
  TestStack stack = stack_of(function, "main.start");
  if (state == "sync.WaitGroup.Wait") {
    stack.insert(stack.begin(), {"sync.(*WaitGroup).Wait", "/go/src/sync/waitgroup.go", 118});
  }
  return {state, stack, std::move(ids), 0, creator};
}

// The same in two dumps.
SnapshotSeries standing(std::vector<TestGroup> groups) {
  std::vector<TestGroup> later = groups;
  groups.push_back(busy(60));
  later.push_back(busy(70));
  return series_of({groups, later});
}

// Who allocates while a garbage collection begins waits for a semaphore of the runtime's own.
TEST(HeldBack, WhoWaitsForTheRuntimeIsNotStuck) {
  const TestStack allocates = {{"time.NewTicker", "/go/src/time/tick.go", 43},
                               {"main.(*Box).get", "/srv/app/main.go", 27},
                               {"sync.(*Once).Do", "/go/src/sync/once.go", 78},
                               {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
  const TestStack waits = {{"sync.runtime_Semacquire", "/go/src/runtime/sema.go", 56},
                           {"main.(*Box).get", "/srv/app/main.go", 27},
                           {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
  EXPECT_EQ(level_of(growing("semacquire", allocates, 60), "main.(*Box).get"), "benign");
  EXPECT_EQ(level_of(growing("semacquire", waits, 60), "main.(*Box).get"), "likely");
}

// Workers of a fixed number, of which some were at work in the first dump.
TEST(HeldBack, WhoComesBackToItsLoopIsNoGrowth) {
  const TestStack loop = stack_of("main.(*Shard).warm", "main.NewCache");
  TestStack answer = stack_of("main.(*Shard).ask", "main.NewCache");
  answer.insert(answer.begin() + 1, {"main.(*Shard).warm", "/srv/app/main.go", 40});
  TestStack load = loop;
  load[0].line = 31;
  const auto level = [&](const TestStack& waits, std::uint64_t newest) {
    return level_of(series_of({{{"select", waits, ids_from(20, 9, 1)},
                                {"IO wait", load, ids_from(29, 3, 1)},
                                busy(60)},
                               {{"select", waits, ids_from(20, newest - 20, 1)}, busy(90)}}),
                    waits[0].function);
  };
  EXPECT_EQ(level(loop, 32), "watch");
  EXPECT_EQ(level(loop, 66), "likely");      // Others were made since.
  EXPECT_EQ(level(answer, 32), "possible");  // They may be stuck where they have gone.
}

// for { item := queue.Get() ... } with a sync.Cond, of which one was at work in the first dump.
TEST(HeldBack, OneMoreThatIdlesIsNoGrowth) {
  const TestStack get = {{"sync.(*Cond).Wait", "/go/src/sync/cond.go", 71},
                         {"main.(*Queue).Get", "/srv/app/main.go", 21},
                         {"main.main.func1", "/srv/app/main.go", 34},
                         {"main.main", "/srv/app/main.go", 32, 0, FrameKind::CreatedBy}};
  const TestStack work = {{"main.main.func1", "/srv/app/main.go", 35},
                          {"main.main", "/srv/app/main.go", 32, 0, FrameKind::CreatedBy}};
  const TestGroup main{"sleep", stack_of("main.main"), {1}};
  const auto level = [&](std::size_t waiting) {
    return level_of(series_of({{{"sync.Cond.Wait", get, ids_from(20, waiting, 1)},
                                {"sleep", work, ids_from(20 + waiting, 32 - waiting, 1)},
                                main,
                                busy(100)},
                               {{"sync.Cond.Wait", get, ids_from(20, 32, 1)}, main, busy(300)}}),
                    "main.(*Queue).Get");
  };
  EXPECT_EQ(level(31), "watch");
  EXPECT_EQ(level(28), "possible");
}

// Many loops of one goroutine each, in a program that has not made many since.
TEST(HeldBack, WhatMainStartedIsThereForAll) {
  const TestStack loop = stack_of("main.(*Cache).loop", "main.NewCache");
  const auto level = [&](std::uint64_t creator, std::uint64_t newest) {
    const TestGroup kept{"select", loop, {374}, 0, creator};
    return level_of(series_of({{kept, busy(590)}, {kept, busy(newest)}}), "main.(*Cache).loop");
  };
  EXPECT_EQ(level(1, 870), "watch");
  EXPECT_EQ(level(7, 870), "possible");
}

// Sessions that last, and of which some send when the dump is taken.
TEST(HeldBack, WhoWasFoundAtAPlaceOnceMayOnlyPass) {
  TestStack read = stack_of("main.(*session).read", "main.accept");
  TestStack send = read;
  read[0].line = 42;
  const auto level = [&](const TestStack& others, std::uint64_t oldest) {
    const TestGroup senders{"chan send", send, ids_from(1100, 5, 200)};
    const TestGroup readers{"IO wait", others, ids_from(oldest, 9, 20)};
    const SnapshotSeries series = series_of(
        {{oldest < 1000 ? readers : busy(999), busy(1000)}, {senders, readers, busy(2000)}});
    // The readers are of the same function, in another line.
    const Findings findings = judge(series, {});
    for (const Finding& finding : findings.all) {
      if (finding.kind == WaitKind::ChanSend) return std::string(to_string(finding.level));
    }
    return std::string();
  };
  EXPECT_EQ(level(read, 20), "possible");
  EXPECT_EQ(level(read, 1800), "likely");  // Still on their way.
  EXPECT_EQ(level(stack_of("main.(*session).write", "main.accept"), 20), "likely");
}

// wg.Go(worker): sync.(*WaitGroup).Go returns at once, and who called it goes on.
TEST(HeldBack, WhatStartsGoroutinesForOthersIsNotTheirPartner) {
  constexpr std::string_view kFile = "/go/src/sync/waitgroup.go";
  const auto level = [&](std::string_view worker, std::string_view caller) {
    const TestStack stack = {{worker, "/srv/app/main.go", 27},
                             {"sync.(*WaitGroup).Go.func1", kFile, 239},
                             {"sync.(*WaitGroup).Go", kFile, 237, 0, FrameKind::CreatedBy}};
    const TestStack waits = {{"sync.(*WaitGroup).Wait", kFile, 118},
                             {caller, "/srv/app/main.go", 12},
                             {"main.main", "/srv/app/main.go", 3}};
    return level_of(standing({{"chan receive", stack, {20, 21, 22}, 0, 1},
                              {"sync.WaitGroup.Wait", waits, {1}}}),
                    worker);
  };
  EXPECT_EQ(level("main.(*Pool).work", "main.run"), "watch");
  EXPECT_EQ(level("main.run.func1", "main.run"), "watch");
  EXPECT_EQ(level("main.fetch.func1", "main.run"), "possible");
}

// go func() { wg.Wait(); close(out) }()
TEST(HeldBack, WhoWaitsForWorkersThatLiveIsNotStuck) {
  const TestGroup closer = started("sync.WaitGroup.Wait", "main.start.func2", {30});
  const auto level = [&](const TestGroup& worker) {
    return level_of(standing({closer, worker}), "main.start.func2");
  };
  EXPECT_EQ(level_of(standing({closer}), "main.start.func2"), "possible");
  EXPECT_EQ(level(started("sleep", "main.start.func1", {20, 21})), "watch");
  EXPECT_EQ(level(started("IO wait", "main.start.func1", {20, 21})), "watch");
  EXPECT_EQ(level(started("chan receive", "main.start.func1", {20, 21})), "watch");
  // These are stuck themselves, or another call of the function started them.
  EXPECT_EQ(level(started("chan send", "main.start.func1", {20, 21})), "possible");
  EXPECT_EQ(level(started("sleep", "main.start.func1", {20, 21}, 6)), "possible");
  // And here it is the function itself that waits for those that it started.
  TestGroup waiter = started("sync.WaitGroup.Wait", "main.start", {5}, 1);
  EXPECT_EQ(
      level_of(standing({waiter, started("sleep", "main.start.func1", {20, 21})}), "main.start"),
      "watch");
}

// Each stage waits for the next one, and the last one is slow.
TEST(HeldBack, AFullPipelineIsNotStuck) {
  const TestGroup parse = started("chan send", "main.start.func1", {20, 21, 22});
  const TestGroup store = started("chan send", "main.start.func2", {30, 31});
  const auto level = [&](const TestGroup& last) {
    return level_of(standing({parse, store, last}), "main.start.func1");
  };
  for (const char* state : {"sleep", "IO wait", "running", "syscall"}) {
    EXPECT_EQ(level(started(state, "main.start.func3", {40})), "watch") << state;
  }
  EXPECT_EQ(level(started("chan receive", "main.start.func3", {40})), "possible");
  EXPECT_EQ(level(started("sleep", "main.start.func3", {40}, 6)), "possible");
  // Nobody is that slow.
  TestGroup old = parse;
  old.wait_minutes = 7;
  EXPECT_EQ(
      level_of(standing({old, started("sleep", "main.start.func3", {40})}), "main.start.func1"),
      "possible");
  // One that will send is none that receives.
  EXPECT_EQ(level(started("sleep", "main.start.func1", {40})), "possible");
  // Who called the function may receive, but not who waits for connections or the next request.
  const TestGroup caller{"sleep", stack_of("main.run", "main.main"), {5}, 0, 1};
  EXPECT_EQ(level(caller), "watch");
  EXPECT_EQ(level({"chan receive", caller.stack, {5}, 0, 1}), "possible");
  EXPECT_EQ(level({"sleep", caller.stack, {6}, 0, 1}), "possible");
  const TestStack server = {{"net.(*netFD).accept", "/usr/local/go/src/net/fd_unix.go", 149},
                            {"main.run", "/srv/app/main.go", 27}};
  EXPECT_EQ(level({"IO wait", server, {5}}), "possible");
  const TestStack idle = {{"net/http.(*conn).serve", "/usr/local/go/src/net/http/server.go", 2000}};
  EXPECT_EQ(level({"IO wait", idle, {5}}), "possible");
}

// for { fetch(); time.Sleep(...) }, where each call of fetch leaves a sender behind.
TEST(HeldBack, ALoopThatWentOnDoesNotReceiveFromItsEarlierTurns) {
  const TestGroup loop{"sleep", stack_of("main.poll", "main.main"), {5}, 0, 1};
  const auto level = [&](std::uint64_t step) {
    const TestGroup senders{"chan send", stack_of("main.fetch.func1", "main.fetch"),
                            ids_from(20, 30, step), 0, 5};
    return level_of(series_of({{loop, senders, busy(30 * step + 20)}}), "main.fetch.func1");
  };
  EXPECT_EQ(level(30), "possible");
  EXPECT_EQ(level(2), "watch");  // A young program.
}

const TestStack kSession = stack_of("main.serveSocket.func1", "main.serveSocket");

// A session has a goroutine that waits for its end, and one that reads from its connection.
TEST(HeldBack, SessionsLiveAsLongAsTheirConnections) {
  const auto level = [](const TestStack& reader, std::size_t readers) {
    std::vector<TestGroup> groups = aged("chan receive", kSession, 2);
    groups.push_back({"IO wait", reader, ids_from(101, readers, 100)});
    return level_of(series_of({groups}), "main.serveSocket.func1");
  };
  const TestStack pump = stack_of("main.(*session).readPump", "main.serveSocket");
  const TestStack handler = {{"main.(*session).readPump", "/srv/app/main.go", 60},
                             {"main.serveSocket", "/srv/app/main.go", 12}};
  EXPECT_EQ(level(pump, 20), "possible");
  EXPECT_EQ(level(handler, 20), "possible");
  EXPECT_EQ(level(pump, 5), "likely");  // Most of the connections are gone.
  EXPECT_EQ(level(stack_of("main.other", "main.listen"), 20), "likely");
  // In two dumps they would have been seen to leave.
  std::vector<TestGroup> pumps = {{"IO wait", pump, ids_from(21, 20, 10)}};
  EXPECT_EQ(level_of(growing("chan receive", kSession, 60, pumps), "main.serveSocket.func1"),
            "likely");
}

TestStack handler_stack(const TestFrame& leaf) {
  return {leaf,
          {"main.stream", "/srv/app/main.go", 27},
          {"net/http.serverHandler.ServeHTTP", "/usr/local/go/src/net/http/server.go", 3311},
          {"net/http.(*conn).serve", "/usr/local/go/src/net/http/server.go", 2073},
          {"net/http.(*Server).Serve", "/usr/local/go/src/net/http/server.go", 3464, 0,
           FrameKind::CreatedBy}};
}

const TestStack kWatcher = {
    {"net/http.(*connReader).backgroundRead", "/usr/local/go/src/net/http/server.go", 702},
    {"net/http.(*connReader).startBackgroundRead", "/usr/local/go/src/net/http/server.go", 698, 0,
     FrameKind::CreatedBy}};

// Streams that clients keep open: one more now and then.
TEST(HeldBack, AHandlerWhoseClientIsThereMayBeAStream) {
  const auto judge_handlers = [](const char* state, const TestStack& stack,
                                 std::size_t watchers_gone) {
    std::vector<std::vector<TestGroup>> snapshots = {{}, {}};
    for (std::size_t i = 0; i < 2; ++i) {
      snapshots[i].push_back({state, stack, ids_from(20, 10 + 10 * i, 10)});
      snapshots[i].push_back({"IO wait", kWatcher, ids_from(21, 10 + 10 * i - watchers_gone, 10)});
      snapshots[i].push_back(busy(i == 0 ? 125 : 225));
    }
    return judge_place(series_of(snapshots), "main.stream");
  };
  const TestStack own = handler_stack({"main.stream.loop", "/srv/app/main.go", 31});
  TestStack stream(own.begin() + 1, own.end());
  const Finding finding = judge_handlers("select", stream, 0);
  EXPECT_EQ(to_string(finding.level), "possible") << finding.reason;
  EXPECT_NE(finding.reason.find("clients"), std::string::npos) << finding.reason;
  EXPECT_NE(finding.fix.find("r.Context()"), std::string::npos) << finding.fix;
  EXPECT_FALSE(finding.against.empty());
  // Their clients are gone.
  EXPECT_EQ(to_string(judge_handlers("select", stream, 8).level), "likely");
  // No select of the program's own, and no select.
  const TestStack pool =
      handler_stack({"database/sql.(*DB).conn", "/usr/local/go/src/database/sql/sql.go", 1370});
  EXPECT_EQ(to_string(judge_handlers("select", pool, 0).level), "likely");
  EXPECT_EQ(to_string(judge_handlers("chan receive", stream, 0).level), "likely");
}

TEST(HeldBack, AStreamOfHttp2MayHaveItsClient) {
  const TestStack handler = {
      {"main.stream", "/srv/app/main.go", 27},
      {"net/http.(*http2serverConn).runHandler", "/usr/local/go/src/net/http/h2_bundle.go", 6474},
      {"net/http.(*http2serverConn).scheduleHandler", "/usr/local/go/src/net/http/h2_bundle.go", 6,
       0, FrameKind::CreatedBy}};
  const TestStack connection = {
      {"net/http.(*http2serverConn).readFrames", "/usr/local/go/src/net/http/h2_bundle.go", 5000},
      {"net/http.(*http2serverConn).serve", "/usr/local/go/src/net/http/h2_bundle.go", 5100, 0,
       FrameKind::CreatedBy}};
  EXPECT_EQ(
      level_of(growing("select", handler, 60, {{"IO wait", connection, {10}}}), "main.stream"),
      "possible");
  EXPECT_EQ(level_of(growing("select", handler, 60), "main.stream"), "likely");
}

}  // namespace
}  // namespace plumb
