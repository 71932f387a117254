// SPDX-License-Identifier: Apache-2.0
// Places with a pattern, or a text of their own.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "leak/wait_state.h"
#include "unit/leak/series_builder.h"

namespace plumb {
namespace {

// Ten goroutines, and ten more a minute later.
SnapshotSeries growing(std::string_view state, const TestStack& stack) {
  return series_of({{{state, stack, ids_from(20, 10, 10)}, busy(120)},
                    {{state, stack, ids_from(20, 20, 10)}, busy(215)}});
}

bool says(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

const TestStack kIterator = {
    {"iter.Pull[...].func1.1", "/go/src/iter/iter.go", 287},
    {"main.(*Tree).All.func1", "/srv/app/tree.go", 12},
    {"iter.Pull[...].func1", "/go/src/iter/iter.go", 301},
    {"iter.Pull[...]", "/go/src/iter/iter.go", 271, 0, FrameKind::CreatedBy}};

TEST(PatternCases, AnIteratorThatIsNotStoppedIsALeak) {
  const Finding finding = judge_place(growing("coroutine", kIterator), "main.(*Tree).All.func1");
  EXPECT_EQ(to_string(finding.level), "likely") << finding.reason;
  EXPECT_EQ(finding.pattern, "L23");
  EXPECT_TRUE(says(finding.fix, "defer stop()")) << finding.fix;
}

TEST(PatternCases, AnIteratorThatIsKeptIsNone) {
  const std::vector<TestGroup> kept = {{"coroutine", kIterator, ids_from(20, 10, 10)}, busy(120)};
  const Finding finding = judge_place(series_of({kept, kept}), "main.(*Tree).All.func1");
  EXPECT_LT(finding.level, Level::Possible) << finding.reason;
}

// Who asks for the next value waits in the same state while the iterator works.
TEST(PatternCases, WhoReadsAnIteratorIsNotTheIterator) {
  const TestStack reader = {{"iter.Pull[...].func2", "/go/src/iter/iter.go", 320},
                            {"main.merge", "/srv/app/tree.go", 40},
                            {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
  EXPECT_NE(judge_place(growing("coroutine", reader), "main.merge").pattern, "L23");
}

TEST(PatternCases, AnIteratorIsToldFromItsFramesAlone) {
  EXPECT_EQ(state_of_function("iter.Pull[...].func1.1"), "coroutine");
  EXPECT_EQ(state_of_function("iter.Pull2[...].func2"), "coroutine");
}

TEST(PatternCases, KnowsAPipeThatNobodyReads) {
  const TestStack writer = {{"io.(*pipe).write", "/go/src/io/pipe.go", 86},
                            {"io.(*PipeWriter).Write", "/go/src/io/pipe.go", 161},
                            {"main.export", "/srv/app/main.go", 40},
                            {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
  const Finding finding = judge_place(growing("select", writer), "main.export");
  EXPECT_EQ(to_string(finding.level), "likely") << finding.reason;
  EXPECT_EQ(finding.pattern, "L24");
  EXPECT_TRUE(says(finding.fix, "pr.Close()")) << finding.fix;
}

TEST(PatternCases, KnowsProcessesThatDoNotEnd) {
  const TestFrame start = {"os/exec.(*Cmd).Start", "/go/src/os/exec/exec.go", 756, 0,
                           FrameKind::CreatedBy};
  const TestStack copier = {{"internal/poll.(*FD).Read", "/go/src/internal/poll/fd_unix.go", 165},
                            {"os.(*File).Read", "/go/src/os/file.go", 144},
                            {"os/exec.(*Cmd).Start.func2", "/go/src/os/exec/exec.go", 757},
                            start};
  const Finding copies = judge_place(growing("IO wait", copier), "os.(*File).Read");
  EXPECT_EQ(copies.pattern, "L25");
  EXPECT_FALSE(says(copies.reason, "network")) << copies.reason;
  EXPECT_TRUE(says(copies.reason, "pipe")) << copies.reason;
  const TestStack waiter = {{"syscall.Syscall6", "/go/src/syscall/syscall_linux.go", 96},
                            {"os.(*Process).Wait", "/go/src/os/exec.go", 346},
                            {"os/exec.(*Cmd).Wait", "/go/src/os/exec/exec.go", 930},
                            {"main.run", "/srv/app/main.go", 40},
                            {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
  EXPECT_EQ(judge_place(growing("syscall", waiter), "main.run").pattern, "L25");
  // Profiles do not tell who made a goroutine.
  TestStack anonymous = copier;
  anonymous.pop_back();
  EXPECT_EQ(judge_place(growing("IO wait", anonymous), "os.(*File).Read").pattern, "L25");
}

TEST(PatternCases, NamesTheWaitForAProcessAndNotTheSystemCall) {
  const TestStack waiter = {
      {"syscall.Syscall6", "/go/src/syscall/syscall_linux.go", 96},
      {"internal/syscall/unix.Waitid", "/go/src/internal/syscall/unix/waitid_linux.go", 18},
      {"os.(*Process).pidfdWait", "/go/src/os/pidfd_linux.go", 107},
      {"os.(*Process).wait", "/go/src/os/exec_unix.go", 25},
      {"os/exec.(*Cmd).Wait", "/go/src/os/exec/exec.go", 930},
      {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
  const Finding finding = judge_place(growing("syscall", waiter), "os/exec.(*Cmd).Wait");
  EXPECT_EQ(to_string(finding.level), "possible");
  EXPECT_TRUE(says(finding.reason, "wait for a process to end")) << finding.reason;
  EXPECT_TRUE(says(finding.cause, "exec.(*Cmd).Wait (exec.go:930) waits for a process"))
      << finding.cause;
}

TEST(PatternCases, KnowsWhoWaitsForASyncOnce) {
  const auto waits = [](const TestStack& top) {
    TestStack stack = {{"sync.(*Mutex).Lock", "/go/src/sync/mutex.go", 46}};
    stack.insert(stack.end(), top.begin(), top.end());
    stack.push_back({"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy});
    return judge_place(growing("sync.Mutex.Lock", stack), "main.load").cause;
  };
  const TestFrame once = {"sync.(*Once).doSlow", "/go/src/sync/once.go", 74};
  const TestFrame load = {"main.load", "/srv/app/main.go", 40};
  EXPECT_TRUE(says(waits({once, load}), "sync.Once"));
  EXPECT_FALSE(says(waits({load, once}), "sync.Once"));  // What it calls wants another lock.
}

// What stands on top of a handler of HTTP.
Finding judge_handler(std::string_view state, const TestStack& top) {
  TestStack stack = top;
  stack.push_back({"main.handle", "/srv/app/main.go", 40});
  stack.push_back({"net/http.HandlerFunc.ServeHTTP", "/go/src/net/http/server.go", 2322});
  stack.push_back({"net/http.serverHandler.ServeHTTP", "/go/src/net/http/server.go", 3340});
  stack.push_back({"net/http.(*conn).serve", "/go/src/net/http/server.go", 2109});
  stack.push_back(
      {"net/http.(*Server).Serve", "/go/src/net/http/server.go", 3493, 0, FrameKind::CreatedBy});
  return judge_place(growing(state, stack), "main.handle");
}

// Nobody calls Done there, and a place is given back when a function returns.
TEST(PatternCases, KnowsWhoWaitsForTheCallsOfOthers) {
  const std::string module = "/go/pkg/mod/golang.org/x/sync@v0.11.0/";
  const std::string singleflight = module + "singleflight/singleflight.go";
  const std::string errgroup = module + "errgroup/errgroup.go";
  const TestFrame wait = {"sync.(*WaitGroup).Wait", "/go/src/sync/waitgroup.go", 118};
  const Finding shared =
      judge_handler("sync.WaitGroup.Wait",
                    {wait, {"golang.org/x/sync/singleflight.(*Group).Do", singleflight, 113}});
  EXPECT_EQ(shared.pattern, "L15");
  EXPECT_TRUE(says(shared.cause, "main.handle (main.go:40) waits for a call that another"))
      << shared.cause;
  EXPECT_FALSE(says(shared.fix, "wg.Done")) << shared.fix;
  const Finding group = judge_handler(
      "sync.WaitGroup.Wait", {wait, {"golang.org/x/sync/errgroup.(*Group).Wait", errgroup, 56}});
  EXPECT_EQ(group.pattern, "L15");
  EXPECT_TRUE(says(group.cause, "given to an errgroup")) << group.cause;
  EXPECT_FALSE(says(group.fix, "wg.Done")) << group.fix;
  const Finding place =
      judge_handler("chan send", {{"golang.org/x/sync/errgroup.(*Group).Go", errgroup, 72}});
  EXPECT_EQ(place.pattern, "L18");
  EXPECT_TRUE(says(place.cause, "an errgroup that has a limit")) << place.cause;
  EXPECT_FALSE(says(place.fix, "by defer")) << place.fix;
}

// Streams that clients read, of which there are more each minute.
Finding judge_stream(const TestStack& connection, const TestStack* reader) {
  std::vector<std::vector<TestGroup>> snapshots = {
      {{"select", connection, ids_from(20, 10, 10)}, busy(120)},
      {{"select", connection, ids_from(20, 20, 10)}, busy(215)}};
  if (reader != nullptr) {
    snapshots[0].push_back({"sync.Cond.Wait", *reader, ids_from(21, 9, 10)});
    snapshots[1].push_back({"sync.Cond.Wait", *reader, ids_from(26, 13, 15)});
  }
  return judge_place(series_of(snapshots), connection[0].function);
}

TEST(PatternCases, AnAnswerThatIsBeingReadIsNotForgotten) {
  const TestStack loop = {{"net/http.(*persistConn).readLoop", "/go/src/net/http/transport.go", 1},
                          {"net/http.(*Transport).dialConn", "/go/src/net/http/transport.go", 9, 0,
                           FrameKind::CreatedBy}};
  const TestStack stream = {
      {"net/http.(*http2clientStream).writeRequest", "/go/src/net/http/h2_bundle.go", 8},
      {"net/http.(*http2clientStream).doRequest", "/go/src/net/http/h2_bundle.go", 7},
      {"net/http.(*http2ClientConn).roundTrip", "/go/src/net/http/h2_bundle.go", 6, 0,
       FrameKind::CreatedBy}};
  const TestStack reader = {
      {"sync.(*Cond).Wait", "/go/src/sync/cond.go", 71},
      {"net/http.(*http2pipe).Read", "/go/src/net/http/h2_bundle.go", 5},
      {"net/http.http2transportResponseBody.Read", "/go/src/net/http/h2_bundle.go", 4},
      {"net/http.(*bodyEOFSignal).Read", "/go/src/net/http/transport.go", 3},
      {"main.watch", "/srv/app/main.go", 40}};
  for (const TestStack& connection : {loop, stream}) {
    const Finding unread = judge_stream(connection, nullptr);
    EXPECT_EQ(to_string(unread.level), "likely") << unread.reason;
    EXPECT_EQ(unread.pattern, "L8");
    const Finding read = judge_stream(connection, &reader);
    EXPECT_EQ(to_string(read.level), "possible") << read.reason;
    EXPECT_EQ(read.pattern, "L19");
    EXPECT_TRUE(says(read.cause, "being read")) << read.cause;
  }
  // Who reads a stream waits for the network.
  const Finding finding = judge_place(growing("sync.Cond.Wait", reader), "main.watch");
  EXPECT_EQ(to_string(finding.level), "possible") << finding.reason;
  EXPECT_EQ(finding.pattern, "L19");
}

TEST(PatternCases, WhoWritesToTheNetworkNeedsAnotherDeadline) {
  const auto fix = [](std::string_view function) {
    const TestStack stack = {{function, "/go/src/internal/poll/fd_unix.go", 385},
                             {"main.send", "/srv/app/main.go", 40},
                             {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
    return judge_place(growing("IO wait", stack), "main.send").fix;
  };
  EXPECT_TRUE(says(fix("internal/poll.(*FD).Write"), "SetWriteDeadline"));
  EXPECT_TRUE(says(fix("internal/poll.(*FD).Read"), "SetReadDeadline"));
}

// A server started the goroutine, and has no part in what its handler sends.
TEST(PatternCases, AServerIsNotWhoReceives) {
  const TestStack handler = {
      {"main.(*Shipper).Log", "/srv/app/main.go", 27},
      {"main.handle", "/srv/app/main.go", 40},
      {"net/http.(*conn).serve", "/go/src/net/http/server.go", 2067},
      {"net/http.(*Server).Serve", "/go/src/net/http/server.go", 3464, 0, FrameKind::CreatedBy}};
  const Finding finding = judge_place(growing("chan send", handler), "main.(*Shipper).Log");
  EXPECT_EQ(finding.pattern, "L1");
  EXPECT_TRUE(says(finding.cause, "who received it has ended")) << finding.cause;
  EXPECT_FALSE(says(finding.cause + finding.fix, "Serve")) << finding.cause << finding.fix;
}

TEST(PatternCases, NamesWhoCalledTheLibraryThatStarted) {
  const TestStack sender = {
      {"main.search.func1", "/srv/app/main.go", 27},
      {"golang.org/x/sync/errgroup.(*Group).Go.func1",
       "/go/pkg/mod/golang.org/x/sync@v0.10.0/errgroup/errgroup.go", 78},
      {"golang.org/x/sync/errgroup.(*Group).Go",
       "/go/pkg/mod/golang.org/x/sync@v0.10.0/errgroup/errgroup.go", 75, 0, FrameKind::CreatedBy}};
  const Finding finding = judge_place(growing("chan send", sender), "main.search.func1");
  EXPECT_TRUE(says(finding.fix, "let main.search receive on every path")) << finding.fix;
}

// for ch := range b.subs { ch <- event }, with b.mu held.
TEST(PatternCases, WhoHoldsTheLockIsToldSo) {
  const TestStack lock = {{"sync.(*Mutex).lockSlow", "/go/src/sync/mutex.go", 171},
                          {"main.(*Broker).Subscribe", "/srv/app/main.go", 17},
                          {"main.main", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
  const TestStack send = {{"main.(*Broker).Publish", "/srv/app/main.go", 27},
                          {"main.main", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
  const std::vector<TestGroup> stuck = {{"sync.Mutex.Lock", lock, {30, 31, 32}},
                                        {"chan send", send, {20}}};
  std::vector<TestGroup> later = stuck;
  later.push_back(busy(70));
  const Finding finding = judge_place(series_of({stuck, later}), "main.(*Broker).Publish");
  EXPECT_EQ(finding.pattern, "L14");
  EXPECT_TRUE(says(finding.cause, "while it holds a lock")) << finding.cause;
}

// Only who is called by another method of the type may have its read lock already.
TEST(PatternCases, AReadLockThatIsForgottenIsNotOneTakenTwice) {
  const auto pattern = [](std::string_view caller) {
    const TestStack read = {{"sync.(*RWMutex).RLock", "/go/src/sync/rwmutex.go", 72},
                            {"main.(*Routes).Lookup", "/srv/app/main.go", 17},
                            {caller, "/srv/app/main.go", 30}};
    const TestStack write = {{"sync.(*RWMutex).Lock", "/go/src/sync/rwmutex.go", 153},
                             {"main.(*Routes).Reload", "/srv/app/main.go", 40}};
    const std::vector<TestGroup> stuck = {{"sync.RWMutex.RLock", read, {20, 21}},
                                          {"sync.RWMutex.Lock", write, {22}}};
    std::vector<TestGroup> later = stuck;
    later.push_back(busy(70));
    return judge_place(series_of({stuck, later}), "main.(*Routes).Lookup");
  };
  EXPECT_EQ(pattern("main.(*Routes).Dump").pattern, "L13");
  const Finding forgotten = pattern("main.main.func2");
  EXPECT_EQ(forgotten.pattern, "L11");
  EXPECT_TRUE(says(forgotten.cause, "RUnlock")) << forgotten.cause;
}

TEST(PatternCases, WhoReceivesOneOfAPoolWaitsForThePool) {
  for (const char* function : {"main.(*DB).Checkout", "main.(*ConnPool).Get", "main.acquireConn"}) {
    const Finding finding =
        judge_place(growing("chan receive", stack_of(function, "main.serve")), function);
    EXPECT_EQ(finding.pattern, "L18") << function;
    EXPECT_TRUE(says(finding.fix, "give it back by defer")) << finding.fix;
    EXPECT_EQ(judge_place(growing("select", stack_of(function, "main.serve")), function).pattern,
              "L18");
  }
  const Finding other = judge_place(
      growing("chan receive", stack_of("main.(*Queue).Get", "main.serve")), "main.(*Queue).Get");
  EXPECT_NE(other.pattern, "L18");
}

// A handler is no loop of an object, and nobody stops it.
TEST(PatternCases, AHandlerWaitsForWhatDoesNotCome) {
  const TestStack handler = {
      {"main.(*Jobs).handle", "/srv/app/main.go", 27},
      {"net/http.serverHandler.ServeHTTP", "/go/src/net/http/server.go", 3311},
      {"net/http.(*conn).serve", "/go/src/net/http/server.go", 2067},
      {"net/http.(*Server).Serve", "/go/src/net/http/server.go", 3464, 0, FrameKind::CreatedBy}};
  for (const char* state : {"select", "chan receive"}) {
    const Finding finding = judge_place(growing(state, handler), "main.(*Jobs).handle");
    EXPECT_EQ(finding.pattern, "L20") << state;
    EXPECT_TRUE(says(finding.cause, "in an HTTP handler")) << finding.cause;
    EXPECT_TRUE(says(finding.fix, "<-r.Context().Done()")) << finding.fix;
  }
}

// for job := range p.jobs
TEST(PatternCases, AWorkerOfAnObjectEndsWithIt) {
  const auto fix = [](std::string_view function) {
    const Finding finding =
        judge_place(growing("chan receive", stack_of(function, "main.serve")), function);
    EXPECT_EQ(finding.pattern, "L5") << function;
    return finding.fix;
  };
  EXPECT_TRUE(says(fix("main.(*Pool).worker"), "Close or Stop")) << fix("main.(*Pool).worker");
  EXPECT_TRUE(says(fix("main.export"), "defer close(ch)")) << fix("main.export");
}

// go func() { done <- cmd.Wait() }(), and what copies the output of the same process.
TEST(PatternCases, OneProcessIsOneObject) {
  const TestStack copier = {
      {"os.(*File).Read", "/go/src/os/file.go", 144},
      {"os/exec.(*Cmd).Start.func2", "/go/src/os/exec/exec.go", 757},
      {"os/exec.(*Cmd).Start", "/go/src/os/exec/exec.go", 756, 0, FrameKind::CreatedBy}};
  const TestStack waiter = {{"os/exec.(*Cmd).Wait", "/go/src/os/exec/exec.go", 930},
                            {"main.convert.func1", "/srv/app/main.go", 25},
                            {"main.convert", "/srv/app/main.go", 25, 0, FrameKind::CreatedBy}};
  const auto dump = [&](std::size_t count) {
    return std::vector<TestGroup>{{"IO wait", copier, ids_from(20, count, 50)},
                                  {"syscall", waiter, ids_from(21, count, 50)},
                                  busy(25 + 50 * count)};
  };
  const SnapshotSeries series = series_of({dump(10), dump(20)});
  const Finding lead = judge_place(series, "main.convert.func1");
  EXPECT_TRUE(lead.leads_family);
  EXPECT_EQ(lead.objects, 20);
}

// net/http makes it for each request that is being served; the connections may be old.
TEST(PatternCases, WhoWatchesTheConnectionsOfHandlersFollowsThem) {
  const TestStack handler = {
      {"main.handle", "/srv/app/main.go", 40},
      {"net/http.serverHandler.ServeHTTP", "/go/src/net/http/server.go", 3340},
      {"net/http.(*conn).serve", "/go/src/net/http/server.go", 2109},
      {"net/http.(*Server).Serve", "/go/src/net/http/server.go", 3493, 0, FrameKind::CreatedBy}};
  const TestStack watcher = {
      {"net.(*netFD).Read", "/go/src/net/fd_posix.go", 68},
      {"net/http.(*connReader).backgroundRead", "/go/src/net/http/server.go", 702},
      {"net/http.(*connReader).startBackgroundRead", "/go/src/net/http/server.go", 698, 0,
       FrameKind::CreatedBy}};
  const auto family = [&](std::size_t watchers) {
    std::vector<std::vector<TestGroup>> snapshots;
    for (const std::size_t part : {2U, 1U}) {
      snapshots.push_back({{"chan send", handler, ids_from(20, 80 / part, 100)},
                           {"IO wait", watcher, ids_from(70, watchers / part, 8000 / watchers)},
                           busy(8100 / part)});
    }
    const SnapshotSeries series = series_of(snapshots);
    const Finding lead = judge_place(series, "main.handle");
    const Finding member = judge_place(series, "net.(*netFD).Read");
    EXPECT_EQ(to_string(member.level), "possible") << member.reason;
    return lead.leads_family && member.follows() && member.family == lead.family;
  };
  EXPECT_TRUE(family(82));
  EXPECT_TRUE(family(100));
  EXPECT_FALSE(family(200));
}

// The handler is a closure of main, and makes one that it gives to an errgroup.
TEST(PatternCases, NamesTheClosureThatGaveAFunctionAway) {
  const TestStack given = {
      {"main.main.func2.1", "/srv/app/main.go", 40},
      {"golang.org/x/sync/errgroup.(*Group).Go.func1",
       "/go/pkg/mod/golang.org/x/sync@v0.10.0/errgroup/errgroup.go", 78},
      {"golang.org/x/sync/errgroup.(*Group).Go",
       "/go/pkg/mod/golang.org/x/sync@v0.10.0/errgroup/errgroup.go", 75, 0, FrameKind::CreatedBy}};
  const Finding finding = judge_place(growing("chan send", given), "main.main.func2.1");
  EXPECT_EQ(finding.pattern, "L1");
  EXPECT_TRUE(says(finding.cause, "main.main.func2 started it")) << finding.cause;
}

// Who waits to write behind another one that does waits for a mutex in the RWMutex.
TEST(PatternCases, WritersOfAnRWMutexWaitForReadersToo) {
  const TestStack writer = {{"sync.(*Mutex).lockSlow", "/go/src/sync/mutex.go", 171},
                            {"sync.(*RWMutex).Lock", "/go/src/sync/rwmutex.go", 152},
                            {"main.(*Store).put", "/srv/app/main.go", 27},
                            {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
  const Finding finding = judge_place(growing("sync.Mutex.Lock", writer), "main.(*Store).put");
  EXPECT_EQ(finding.pattern, "L11");
  EXPECT_TRUE(says(finding.cause, "a reader or another writer")) << finding.cause;
}

TEST(PatternCases, ConnectionsThatWaitForAnswersFollowTheirRequests) {
  const TestStack request = {
      {"net/http.(*persistConn).roundTrip", "/go/src/net/http/transport.go", 2720},
      {"net/http.Get", "/go/src/net/http/client.go", 480},
      {"main.fetch", "/srv/app/main.go", 40},
      {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
  const TestStack reader = {
      {"net.(*netFD).Read", "/go/src/net/fd_posix.go", 68},
      {"net/http.(*persistConn).readLoop", "/go/src/net/http/transport.go", 2330},
      {"net/http.(*Transport).dialConn", "/go/src/net/http/transport.go", 1994, 0,
       FrameKind::CreatedBy}};
  std::vector<std::vector<TestGroup>> snapshots;
  for (const std::size_t count : {40U, 80U}) {
    snapshots.push_back({{"select", request, ids_from(20, count, 100)},
                         {"IO wait", reader, ids_from(70, count, 100)},
                         busy(100 * count + 100)});
  }
  const SnapshotSeries series = series_of(snapshots);
  const Finding lead = judge_place(series, "main.fetch");
  const Finding member = judge_place(series, "net.(*netFD).Read");
  EXPECT_TRUE(lead.leads_family) << lead.reason;
  EXPECT_TRUE(member.follows()) << member.reason;
  EXPECT_EQ(member.family, lead.family);
}

// Who has a place need not wait: it may be gone.
TEST(PatternCases, APlaceMayNotHaveBeenGivenBack) {
  const Finding finding = judge_handler(
      "select", {{"golang.org/x/sync/semaphore.(*Weighted).Acquire",
                  "/go/pkg/mod/golang.org/x/sync@v0.11.0/semaphore/semaphore.go", 74}});
  EXPECT_EQ(finding.pattern, "L18");
  EXPECT_TRUE(says(finding.cause, "went away with it")) << finding.cause;
}

}  // namespace
}  // namespace plumb
