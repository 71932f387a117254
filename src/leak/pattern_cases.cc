// SPDX-License-Identifier: Apache-2.0
#include "leak/pattern_cases.h"

#include <algorithm>
#include <array>

#include "leak/stack_names.h"

namespace plumb {
namespace {

using enum WaitKind;

/// A pattern, where some function on the stack ends so, or the wait is of that kind.
struct Case {
  std::string_view function;  ///< Empty: any.
  WaitKind kind;              ///< Unknown: any.
  Pattern pattern;
};

constexpr std::array<std::string_view, 6> kHttpRequests = {
    "net/http.(*persistConn).roundTrip",     "net/http.(*http2ClientConn).RoundTrip",
    "net/http.(*http2ClientConn).roundTrip", "net/http.(*http2clientStream).doRequest",
    "http2.(*ClientConn).roundTrip",         "http2.(*clientStream).doRequest"};

constexpr std::array<std::string_view, 3> kHttpBodies = {"net/http.(*bodyEOFSignal).Read",
                                                         "net/http.http2transportResponseBody.Read",
                                                         "http2.transportResponseBody.Read"};

constexpr Pattern kRead = {
    "L19", "no deadline on the network",
    "{blocked} belongs to an answer by HTTP whose body is being read: there are as many goroutines "
    "that do, of streams or of servers that send nothing more",
    "where the answers are to end, set http.Client.Timeout, or make the requests with a context "
    "that ends; else see that there are no more of them than are meant"};

constexpr Pattern kAnswer = {
    "L19", "no deadline on the network",
    "{blocked} made a request by HTTP and waits for the answer, which does not come: it has no "
    "timeout",
    "set http.Client.Timeout, or make the request with a context that ends "
    "(http.NewRequestWithContext); see why the server does not answer"};

constexpr Pattern kSeries = {
    "L1", "premature return",
    "{blocked} sends one value after the other, and who received them returned before the last",
    "send in a select with ctx.Done(), and end the context where the receiver returns; or receive "
    "until the channel is closed"};

constexpr Pattern kUnreceived = {
    "L1", "premature return",
    "nobody receives what {blocked} sends: who received it has ended, or is stuck itself",
    "see what became of the receiver, and end it only when nobody sends any more; send in a select "
    "with ctx.Done(), or with a default where the value may be dropped"};

constexpr Pattern kHolder = {
    "L14", "channel operation under a lock",
    "{blocked} waits on a channel while it holds a lock that others wait for, perhaps those who "
    "would serve the channel",
    "send and receive after Unlock; where the value may be dropped, send in a select with a "
    "default"};

constexpr Pattern kOnce = {
    "L11", "lock never released",
    "{blocked} waits for the function of a sync.Once, which another goroutine has called and "
    "which has not returned, or which calls that Once itself",
    "see what the other goroutine with sync.(*Once).doSlow on its stack waits for; give that a "
    "timeout, and do not come back to the Once from within"};

constexpr Pattern kWriters = {
    "L11", "lock never released",
    "{blocked} waits to write: a reader or another writer does not give the lock back, and an "
    "RUnlock or Unlock is missing on some path",
    "defer mu.RUnlock() right behind RLock, and mu.Unlock() behind Lock; call no function that "
    "locks mu while mu is held"};

constexpr Pattern kSlowHolder = {
    "L11", "lock never released",
    "{blocked} waits for a lock that {holder} may hold while it waits for {held_for}",
    "hold no lock while waiting: Unlock before such a call and Lock behind it, or give the call a "
    "deadline (a context, SetDeadline, http.Client.Timeout)"};

constexpr Pattern kSemaphore = {
    "L18", "exhausted pool",
    "{blocked} waits for a place in a channel that serves as a semaphore: all are taken, and none "
    "is given back",
    "give the place back by defer, on every path; do not take a second one while holding one; take "
    "it in a select with ctx.Done()"};

constexpr std::string_view kErrgroupGo = "sync/errgroup.(*Group).Go";
constexpr Pattern kErrgroup = {
    "L18", "exhausted pool",
    "{blocked} waits for a place in an errgroup that has a limit: all are taken by functions that "
    "do not return",
    "see what the goroutines that errgroup.(*Group).Go started wait for, and end that by the "
    "group's context; from within the group use TryGo, or another group"};

constexpr Pattern kPool = {
    "L18", "exhausted pool",
    "{blocked} waits for one of a pool to be given back: all are taken, and those who have one "
    "wait "
    "too, or went away with it",
    "give it back by defer, on every path; do not take a second one while holding one; take it in "
    "a select with ctx.Done()"};

constexpr Pattern kFuture = {
    "L2", "timeout leak",
    "who waited for the result of {blocked} stopped at its timeout or when its context ended, and "
    "the result is still to be sent",
    "give the channel room for one value, make(chan T, 1), so that the late result can be sent and "
    "forgotten"};

constexpr Pattern kStream = {
    "L6", "started and never stopped",
    "{blocked} serves a client that may still be there: it is a stream that is meant to last, or "
    "it "
    "waits for what does not come",
    "end it when the client goes, by r.Context() in the select or by closing the session, and "
    "after "
    "a while without events; see that there are no more of them than clients"};

constexpr Pattern kObject = {
    "L5", "range over a channel that is never closed",
    "{blocked} reads until a channel of its object is closed, and nobody closes it: the object was "
    "given up without its Close or Stop, or that does not close the channel",
    "close the channel where the object ends: call its Close or Stop by defer, on every path"};

constexpr Pattern kHandler = {
    "L20", "an event that was missed",
    "{blocked} waits in an HTTP handler for what does not come, also when the client has gone: who "
    "would send it has ended, or sent before it waited",
    "receive in a select with <-r.Context().Done() and a timeout; see that who is to answer does "
    "so "
    "on every path"};

constexpr Pattern kBehindCycle = {
    "L12", "locks taken in opposite orders",
    "{blocked} waits for a lock which a goroutine holds that waits for another lock, and who holds "
    "that waits for the first one",
    "always take the two locks in the same order, or use one"};

constexpr std::array kCases = {
    Case{"net/http.(*persistConn).readLoop", IoWait,
         Pattern{"L19", "no deadline on the network",
                 "these connections of HTTP clients are in use: as many requests wait for their "
                 "answers, without a timeout",
                 "set http.Client.Timeout, or make the requests with a context that ends; see why "
                 "the servers do not answer"}},
    Case{"clientStream).doRequest", Select,
         Pattern{"L8", "response body not closed",
                 "an HTTP client got a response whose body nobody reads to its end or closes: its "
                 "stream stays open, with this goroutine",
                 "defer resp.Body.Close() after the check of err, on every path"}},
    Case{"net/http.(*connReader).backgroundRead", IoWait,
         Pattern{"L19", "no deadline on the network",
                 "HTTP handlers do not return: each has a goroutine like this, which watches for "
                 "the end of its connection",
                 "see what the handlers wait for: the groups below net/http.(*conn).serve; end "
                 "them by r.Context()"}},
    Case{"net/http.(*conn).serve", IoWait,
         Pattern{"L19", "no deadline on the network",
                 "connections to this HTTP server pile up: their clients keep them open and ask "
                 "for nothing more",
                 "set IdleTimeout and ReadTimeout of the http.Server; if the clients are yours, "
                 "let them share one http.Client and close their response bodies"}},
    Case{"internal/poll.(*FD).Write", IoWait,
         Pattern{"L19", "no deadline on the network",
                 "{blocked} writes to a connection whose other side does not read",
                 "set a deadline (SetWriteDeadline, Server.WriteTimeout, http.Client.Timeout) and "
                 "close the connection when it is over"}},
    Case{"database/sql.(*Rows).awaitDone", Unknown,
         Pattern{"L7", "context never cancelled",
                 "an sql.Rows is never closed: its goroutine {blocked} and its connection stay",
                 "defer rows.Close() right behind the check of err, or read to the end with "
                 "rows.Next()"}},
    Case{"database/sql.(*Tx).awaitDone", Unknown,
         Pattern{"L7", "context never cancelled",
                 "an sql.Tx is neither committed nor rolled back: its goroutine {blocked} and its "
                 "connection stay",
                 "defer tx.Rollback() right behind the check of err: it does nothing after "
                 "Commit"}},
    Case{"database/sql.(*DB).conn", Unknown,
         Pattern{"L18", "exhausted pool",
                 "{blocked} waits for a connection to the database: all are taken, and none is "
                 "given back",
                 "close every sql.Rows and end every sql.Tx by defer; run no query inside of a "
                 "transaction but by it; use QueryContext with a timeout"}},
    Case{"sync/errgroup.(*Group).Wait", WaitGroup,
         Pattern{"L15", "WaitGroup never done",
                 "{blocked} waits for the functions that were given to an errgroup, and some of "
                 "them do not return",
                 "see what the goroutines that errgroup.(*Group).Go started wait for, and end that "
                 "by the context of errgroup.WithContext; call Wait only when nobody of them needs "
                 "who calls it"}},
    Case{"singleflight.(*Group).Do", WaitGroup,
         Pattern{"L15", "WaitGroup never done",
                 "{blocked} waits for a call that another goroutine makes for all who want the "
                 "same (singleflight), and which does not return",
                 "see what the goroutine with singleflight.(*Group).doCall on its stack waits for, "
                 "and give that a timeout; wait for it by DoChan in a select with ctx.Done()"}},
    Case{"", RWMutexRead,
         Pattern{"L11", "lock never released",
                 "{blocked} waits for a read lock: who holds the lock does not give it back, to "
                 "read while a writer waits in between, or to write; an RUnlock or Unlock is "
                 "missing on some path",
                 "defer mu.RUnlock() right behind RLock, and mu.Unlock() behind Lock; call no "
                 "function that locks mu while mu is held"}},
    Case{"", RWMutexWrite, kWriters},
    Case{"sync.(*RWMutex).Lock", Mutex, kWriters},  // Behind another one that waits to write.
    Case{"", NilChannel,
         Pattern{"L17", "a channel that can never be ready",
                 "{blocked} waits for {what}: that blocks for ever",
                 "make the channel before it is used, make(chan T), and before the goroutine is "
                 "started that uses it"}},
    Case{"", NoCases,
         Pattern{"L17", "a channel that can never be ready",
                 "{blocked} waits for {what}: that blocks for ever",
                 "wait for what ends it instead of select {}: <-ctx.Done(), or return"}},
};

}  // namespace

std::span<const std::string_view> readers_of_http_answers() {
  return kHttpBodies;
}

bool awaits_http_answer(const StackGroups& stacks, const StackGroup& group, WaitKind kind) {
  if (kind != Select) return false;
  return std::ranges::any_of(kHttpRequests, [&](std::string_view function) {
    return has_function(stacks, group, function);
  });
}

bool is_http_handler(const StackGroups& stacks, const StackGroup& group) {
  return has_function(stacks, group, "net/http.serverHandler.ServeHTTP") ||
         has_function(stacks, group, "erverConn).runHandler");
}

bool waits_for_once(const StackGroups& stacks, const StackGroup& group) {
  for (const StackFrameId id : stacks.stack(group)) {
    const std::string_view function = stacks.text(stacks.frame(id).function);
    if (function == "sync.(*Once).doSlow") return true;
    const bool is_of_lock = stacks.frame(id).owner == FrameOwner::Runtime ||
                            function.starts_with("sync.(*Mutex).") ||
                            function.starts_with("internal/sync.(*Mutex).");
    if (!is_of_lock) return false;
  }
  return false;
}

bool waits_for_process(const StackGroups& stacks, const StackGroup& group, WaitKind kind) {
  const bool has_command = std::ranges::any_of(stacks.stack(group), [&](StackFrameId id) {
    const std::string_view function = stacks.text(stacks.frame(id).function);
    return function.starts_with("os/exec.(*Cmd).") || function == "os.(*Process).Wait" ||
           function == "os.(*Process).wait";
  });
  return has_command ||
         (kind == IoWait && creator_function(stacks, group) == "os/exec.(*Cmd).Start");
}

const Pattern* find_pattern_case(std::string_view id, const StackGroups& stacks,
                                 const GroupStudy& study, const SourceHints& hints) {
  const StackGroup& group = *study.group;
  const WaitKind kind = study.kind;
  if (id == kRead.id && study.is_being_read) return &kRead;
  if (id == kAnswer.id && awaits_http_answer(stacks, group, kind)) return &kAnswer;
  if (id == kOnce.id && waits_for_once(stacks, group)) return &kOnce;
  const bool has_slow_holder =
      study.slow_holder != nullptr && study.slow_holder->group->blocked != kNone;
  if (id == kSlowHolder.id && has_slow_holder) return &kSlowHolder;
  if (id == kErrgroup.id && has_function(stacks, group, kErrgroupGo)) return &kErrgroup;
  if (id == kSemaphore.id && (kind == ChanSend || hints.select_sends)) return &kSemaphore;
  if (id == kPool.id && kind == ChanReceive) return &kPool;
  if (id == kFuture.id && !hints.creator_has_timeout) return &kFuture;
  const bool may_be_stream = study.has_clients && (id == "L6" || id == "L7" || id == "L20");
  if (may_be_stream) return &kStream;
  if (id == kObject.id && !receiver_of(blocked_function(stacks, group)).empty()) return &kObject;
  if (id == kHandler.id && is_http_handler(stacks, group)) return &kHandler;
  if (id == kBehindCycle.id && !study.is_in_lock_cycle) return &kBehindCycle;
  if (id == kHolder.id && study.holds_lock) return &kHolder;
  if (id == kSeries.id && hints.sends_in_loop) return &kSeries;
  const bool is_served = group.creator.index != kNone && starter_function(stacks, group).empty();
  if (id == kUnreceived.id && is_served) return &kUnreceived;
  const auto* const row = std::ranges::find_if(kCases, [&](const Case& one) {
    if (one.pattern.id != id || (one.kind != Unknown && one.kind != kind)) return false;
    return one.function.empty() || has_function(stacks, group, one.function);
  });
  return row == kCases.end() ? nullptr : &row->pattern;
}

}  // namespace plumb
