// SPDX-License-Identifier: Apache-2.0
#include "leak/patterns.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "base/paths.h"
#include "base/replace_all.h"
#include "base/strings.h"
#include "leak/cxx_words.h"
#include "leak/pattern_cases.h"
#include "leak/source_hints.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

using enum WaitKind;

constexpr std::array kPatterns = {
    Pattern{"L1", "premature return",
            "nobody receives what {blocked} sends: {creator} started it and does not receive on "
            "every path",
            "give the channel room for the value, make(chan T, 1), or send in a select with "
            "ctx.Done(); or let {creator} receive on every path"},
    Pattern{"L2", "timeout leak",
            "{creator} stopped waiting at its timeout or when its context ended, and {blocked} "
            "still wants to send its result to it",
            "give the channel room for one value, make(chan T, 1), so that the late result can be "
            "sent and forgotten"},
    Pattern{"L3", "more senders than receives",
            "{creator} starts several goroutines that send and receives fewer values than they "
            "have: the others stay in {blocked}",
            "give the channel room for all of them, make(chan T, n), or receive as often as is "
            "sent, or end the others by a context"},
    Pattern{"L4", "double send",
            "{blocked} sends a second time, where one value is received: a return is missing "
            "behind the first send",
            "return after the first send (usually that of the error)"},
    Pattern{"L5", "range over a channel that is never closed",
            "{blocked} reads until the channel is closed, and nobody closes it: who sends has "
            "ended",
            "close the channel when the last value is sent: defer close(ch) in the producer, or "
            "after wg.Wait()"},
    Pattern{"L6", "started and never stopped",
            "{blocked} is the loop of an object that {creator} started, and nobody stops it",
            "call its Stop or Close where the object ends (defer), or end the loop by a context"},
    Pattern{"L7", "context never cancelled",
            "{blocked} waits for a context to end, and its cancel function is never called",
            "defer cancel() right behind the context's creation; close sql.Rows and sql.Tx"},
    Pattern{"L8", "response body not closed",
            "an HTTP client got a response whose body nobody reads to its end or closes: the "
            "connection stays open, with its two goroutines {blocked} and writeLoop",
            "defer resp.Body.Close() after the check of err, on every path, and read the body to "
            "its end (io.Copy(io.Discard, resp.Body)) so that the connection is used again"},
    Pattern{"L9", "an HTTP client for each request",
            "idle connections of HTTP clients pile up: each request has a Transport of its own, "
            "whose connections nobody uses again",
            "share one http.Client and its Transport in the whole program, or call "
            "CloseIdleConnections; set MaxIdleConns and IdleConnTimeout"},
    Pattern{"L10", "a grpc connection for each call",
            "the goroutines of grpc clients pile up in a fixed ratio: a ClientConn is made again "
            "and again and not closed",
            "make one ClientConn and share it, or conn.Close() when it is done"},
    Pattern{"L11", "lock never released",
            "{blocked} waits for a lock that nobody gives back: an Unlock is missing on some path, "
            "or a goroutine locks again what it holds",
            "defer mu.Unlock() right behind Lock; call no function that locks mu while mu is held"},
    Pattern{"L12", "locks taken in opposite orders",
            "two goroutines hold a lock each and wait for the other's: {blocked} is one of them",
            "always take the two locks in the same order, or use one"},
    Pattern{"L13", "read lock taken twice",
            "{blocked} takes a read lock that its goroutine holds already, while a writer waits in "
            "between: both wait for ever",
            "take the read lock once, in the outer function, and pass on that it is held"},
    Pattern{"L14", "channel operation under a lock",
            "a goroutine holds a lock while it waits on a channel, and who would serve the channel "
            "waits for that lock: {blocked}",
            "send and receive after Unlock; where it is a signal, close the channel instead of "
            "sending"},
    Pattern{"L15", "WaitGroup never done",
            "{blocked} waits for a WaitGroup that is not done as often as was added: some "
            "goroutine ended without Done, or never ended",
            "defer wg.Done() as the first line of each goroutine, wg.Add before the go statement; "
            "see what the others wait for"},
    Pattern{"L16", "lost signal of a condition",
            "{blocked} waits for a signal of a sync.Cond that was given before it waited, or is "
            "never given",
            "change the condition under the lock and Broadcast; Wait in a loop that checks the "
            "condition"},
    Pattern{"L17", "a channel that can never be ready",
            "{blocked} waits for {what}: that blocks for ever",
            "make the channel before it is used: make(chan T); wait for a context instead of "
            "select {}"},
    Pattern{"L18", "exhausted pool",
            "{blocked} waits for a place in a pool: all are taken, and none is given back; those "
            "who have one wait too, perhaps for a second one, or went away with it",
            "give back by defer, on every path; do not take a second one while holding one; take "
            "with a context and a timeout"},
    Pattern{"L19", "no deadline on the network",
            "{blocked} waits for the other side of a connection, which sends nothing and does not "
            "go away",
            "set a deadline (SetReadDeadline, http.Client.Timeout, Server.IdleTimeout) and close "
            "the connection when it is done"},
    Pattern{"L20", "an event that was missed",
            "{blocked} waits for a value that is not sent any more: who would send it has ended, "
            "or sent before it waited",
            "wait in a select with ctx.Done() or a timeout and check the condition again; close "
            "the channel instead of sending once"},
    Pattern{"L21", "a loop that never ends",
            "{blocked} is a loop of its own that {creator} starts again and again; it wakes, works "
            "and sleeps, and has no end",
            "end the loop: select on ctx.Done() beside the timer, and cancel when the object is "
            "gone"},
    Pattern{"L22", "one object with several goroutines",
            "these goroutines are as many as those of {blocked}: one leaked object has all of them",
            "see the group that leads the family"},
    Pattern{"L23", "iterator never stopped",
            "iter.Pull runs the iterator of {blocked} in a goroutine of its own, which waits for "
            "the next value to be asked for: it was not read to its end, and stop was not called",
            "defer stop() right behind next, stop := iter.Pull(seq)"},
    Pattern{"L24", "pipe whose other side is gone",
            "{blocked} writes to an io.Pipe, or reads from one, and who has its other side uses it "
            "no more, and has not closed it",
            "close both sides on every path: defer pr.Close() in the reader, defer pw.Close() in "
            "the writer; or read to the end, io.Copy(io.Discard, pr)"},
    Pattern{"L25", "process that does not end",
            "{blocked} waits for a process that this program started: it does not end, or its "
            "side of a pipe stays open",
            "start it by exec.CommandContext with a context that ends, and set Cmd.WaitDelay; "
            "see what the process waits for: perhaps for its input to be closed"},
};

// " (main.go:27)"; empty without a file.
std::string line_of(std::string_view file, std::int64_t line) {
  if (file.empty()) return {};
  return " (" + printable(path_base(file)) + ':' + std::to_string(line) + ')';
}

std::string place_of(const StackGroups& stacks, const StackFrame& frame) {
  return printable(short_name(stacks.text(frame.function))) +
         line_of(stacks.text(frame.file), frame.line);
}

// Where the goroutines of `group` wait; empty if that is not known.
std::string blocked_place(const StackGroups& stacks, const StackGroup& group) {
  if (group.blocked == kNone) return {};
  return place_of(stacks, stacks.frame(group, group.blocked));
}

// Who started the goroutines of `group`, and where if that is known.
std::string starter_text(const StackGroups& stacks, const StackGroup& group) {
  const std::string_view starter = starter_function(stacks, group);
  if (starter.empty()) return "its creator";
  if (starter == creator_function(stacks, group)) {
    return place_of(stacks, stacks.frame(group.creator));
  }
  // Of a closure in a closure, as in a handler, the outer one gave it away.
  const std::string_view given = stacks.text(stacks.frame(group, group.entry).function);
  return printable(short_name(outer_function(given)));
}

bool has_any(const StackGroups& stacks, const StackGroup& group,
             std::span<const std::string_view> functions) {
  return std::ranges::any_of(
      functions, [&](std::string_view name) { return has_function(stacks, group, name); });
}

constexpr std::array<std::string_view, 8> kPoolFunctions = {"database/sql.(*DB).conn",
                                                            "sync/errgroup.(*Group).Go",
                                                            "semaphore.(*Weighted).Acquire",
                                                            ".(*Pool).get",
                                                            ".(*Pool).Get",
                                                            ".(*Pool).GetContext",
                                                            ".(*Pool).Acquire",
                                                            "puddle/v2.(*Pool).Acquire"};
constexpr std::array<std::string_view, 2> kPipeFunctions = {"io.(*pipe).write", "io.(*pipe).read"};
constexpr std::array<std::string_view, 3> kCancelFunctions = {
    "context.propagateCancel.func1", "context.(*cancelCtx).propagateCancel.func2", ".awaitDone"};

// Goroutines of the same `go` statement came in heaps of the same size, told by their ids.
bool comes_in_bursts(const SeriesStudy& all, const GroupStudy& group) {
  constexpr std::uint64_t kNext = 2;  // Ids apart.
  constexpr std::size_t kFewestHeaps = 4;
  const std::vector<std::uint64_t> ids = all.goroutines.ids(group.index);
  if (ids.empty()) return false;
  std::map<std::size_t, std::size_t> heaps;  // How many of each size.
  std::size_t count = 0;
  std::size_t size = 1;
  for (std::size_t i = 1; i <= ids.size(); ++i, ++size) {
    if (i < ids.size() && ids[i] - ids[i - 1] <= kNext) continue;
    ++heaps[size];
    ++count;
    size = 0;
  }
  const auto usual =
      std::ranges::max_element(heaps, {}, [](const auto& row) { return row.second; });
  return count >= kFewestHeaps && usual->first >= 2 && usual->second * 5 >= count * 3;
}

// Both stand in the same function, and see the same variables.
bool is_closure_of_creator(const StackGroups& stacks, const StackGroup& group) {
  return enclosing_function(starter_function(stacks, group)) ==
         enclosing_function(blocked_function(stacks, group));
}

// A channel that is full of those who have a place: "func (s Sem) Acquire() { s <- token }".
bool is_semaphore(std::string_view function) {
  const std::string name = to_lower(plain_name(function));
  return name.starts_with("acquire") || name == "lock" || name == "rlock" || name == "wait" ||
         name == "enter";
}

std::string_view pattern_of_send(const SeriesStudy& all, const GroupStudy& group,
                                 const SourceHints& hints) {
  if (is_semaphore(blocked_function(all.series.stacks, *group.group)) || hints.gives_back ||
      hints.gives_back_elsewhere) {
    return "L18";
  }
  if (hints.is_second_send) return "L4";
  if (hints.sends_in_loop) return "L1";
  if (hints.creator_loops && is_closure_of_creator(all.series.stacks, *group.group)) return "L3";
  if (hints.creator_has_timeout || hints.is_awaited_with_end) return "L2";
  if (group.creator == CreatorState::Gone && comes_in_bursts(all, group)) return "L3";
  return "L1";
}

// One of a pool is taken out of a channel: "func (db *DB) Checkout() *Conn { return <-db.free }".
bool takes_from_pool(std::string_view function) {
  const std::string name = to_lower(plain_name(function));
  constexpr std::array<std::string_view, 4> kTakes = {"acquire", "checkout", "borrow", "lease"};
  const bool is_of_pool = contains(to_lower(receiver_of(function)), "pool") &&
                          (name.starts_with("get") || name.starts_with("take"));
  return is_of_pool ||
         std::ranges::any_of(kTakes, [&](std::string_view word) { return name.starts_with(word); });
}

bool names_a_start(std::string_view function) {
  const std::string name = to_lower(plain_name(function));
  constexpr std::array<std::string_view, 9> kStarts = {"start",  "new",   "run",   "open", "dial",
                                                       "listen", "watch", "serve", "init"};
  return std::ranges::any_of(kStarts,
                             [&](std::string_view word) { return name.starts_with(word); });
}

std::string_view pattern_of_select(const SeriesStudy& all, const GroupStudy& group,
                                   const SourceHints& hints) {
  const StackGroups& stacks = all.series.stacks;
  const std::string_view blocked = blocked_function(stacks, *group.group);
  const std::string_view creator = starter_function(stacks, *group.group);
  if (hints.select_sends) {
    return is_semaphore(blocked) || hints.gives_back_elsewhere ? "L18" : "L1";
  }
  if (hints.waits_for_context) return "L7";
  if (takes_from_pool(blocked)) return "L18";
  if (is_http_handler(stacks, *group.group)) return "L20";
  if (!receiver_of(blocked).empty() || names_a_start(creator) || names_a_start(blocked))
    return "L6";
  if (group.is_woken || hints.select_has_timer) return "L21";
  return hints.has_source ? "L6" : "L7";
}

std::string_view pattern_of_receive(const SeriesStudy& all, const GroupStudy& group,
                                    const SourceHints& hints) {
  if (hints.ranges_over_timer) return "L21";
  if (hints.waits_for_context) return "L7";
  if (takes_from_pool(blocked_function(all.series.stacks, *group.group))) return "L18";
  if (group.kind == ChanRange || hints.ranges) return group.is_woken ? "L21" : "L5";
  if (group.is_woken) return "L21";
  if (group.group->is_range || hints.has_source) return "L20";
  // A dump does not say whether it is a loop. A goroutine whose own function receives mostly reads
  // to the end of the channel; who waits further in waits for one answer.
  return group.group->entry == group.group->blocked && group.creator == CreatorState::Gone ? "L5"
                                                                                           : "L20";
}

// Further out on the stack is another function of the same type, or, of a plain function, of the
// same package: it may have the read lock already.
bool may_lock_twice(const StackGroups& stacks, const StackGroup& group) {
  if (group.blocked == kNone) return false;
  const std::string_view blocked = blocked_function(stacks, group);
  const TypeName type(package_of(blocked), receiver_of(blocked));
  return std::ranges::any_of(stacks.stack(group).subspan(group.blocked + 1), [&](StackFrameId id) {
    const std::string_view function = stacks.text(stacks.frame(id).function);
    return type == TypeName(package_of(function), receiver_of(function));
  });
}

std::string_view pattern_of_lock(const SeriesStudy& all, const GroupStudy& group) {
  const StackGroups& stacks = all.series.stacks;
  switch (group.kind) {
    case WaitGroup:
      return "L15";
    case Cond:
      return "L16";
    default:
      break;
  }
  if (group.is_in_lock_cycle || group.is_behind_lock_cycle) return "L12";
  if (group.waits_for_channel_holder) return "L14";
  // A goroutine that waits on a channel in a method of the same type may hold the lock.
  const std::string_view blocked = blocked_function(stacks, *group.group);
  const std::string_view type = receiver_of(blocked);
  const std::string_view package = package_of(blocked);
  if (!type.empty() && std::ranges::binary_search(all.channel_types, TypeName(package, type))) {
    return "L14";
  }
  if (group.kind == RWMutexRead && std::ranges::binary_search(all.write_packages, package) &&
      may_lock_twice(stacks, *group.group)) {
    return "L13";
  }
  return "L11";
}

// The goroutine that a client of HTTP/2 has for each request, until its body is read.
bool is_http_stream(const StackGroups& stacks, const StackGroup& group) {
  return has_function(stacks, group, "clientStream).doRequest");
}

// It made a request, and has no answer.
bool sends_http_request(const StackGroups& stacks, const StackGroup& group) {
  return has_function(stacks, group, "net/http.(*Transport).roundTrip") ||
         has_function(stacks, group, "http2.(*ClientConn).roundTrip");
}

// Who runs the function of a sync.Once could not do so after an Unlock.
bool holds_lock_on_channel(const StackGroups& stacks, const GroupStudy& group) {
  const bool on_channel = group.kind == ChanSend || may_receive(group.kind);
  return group.holds_lock && on_channel &&
         !has_function(stacks, *group.group, "sync.(*Once).doSlow");
}

std::string_view choose_pattern(const SeriesStudy& all, const GroupStudy& group,
                                const SourceHints& hints) {
  const StackGroups& stacks = all.series.stacks;
  const StackGroup& stack = *group.group;
  if (holds_lock_on_channel(stacks, group)) return "L14";
  if (has_function(stacks, stack, "net/http.(*persistConn).readLoop")) {
    if (group.kind != Select) return "L9";
    return group.is_being_read ? "L19" : "L8";
  }
  if (awaits_http_answer(stacks, stack, group.kind)) {
    const bool is_answered = is_http_stream(stacks, stack) && !group.is_being_read &&
                             std::ranges::none_of(stacks.groups, [&](const StackGroup& other) {
                               return other.count > 0 && sends_http_request(stacks, other);
                             });
    return is_answered ? "L8" : "L19";
  }
  if (has_function(stacks, stack, "net/http.(*persistConn).writeLoop")) return "L9";
  if (leaf_function(stacks, stack).starts_with("google.golang.org/grpc")) return "L10";
  if (has_any(stacks, stack, kPoolFunctions) && group.kind != IoWait) return "L18";
  if (has_any(stacks, stack, kCancelFunctions)) return "L7";
  if (has_any(stacks, stack, kPipeFunctions) && group.kind == Select) return "L24";
  if (waits_for_process(stacks, stack, group.kind)) return "L25";
  switch (group.kind) {
    case NilChannel:
    case NoCases:
      return "L17";
    case ChanSend:
      return pattern_of_send(all, group, hints);
    case ChanReceive:
    case ChanRange:
      return pattern_of_receive(all, group, hints);
    case Select:
      return pattern_of_select(all, group, hints);
    case IoWait:
    case SystemCall:
      return "L19";
    case Iterator:
      return "L23";
    case Sleep:
    case Running:
      return "L21";
    default:
      return is_lock(group.kind) ? pattern_of_lock(all, group) : std::string_view();
  }
}

// With the line itself in place of an example, where the channel of this send is made in view.
std::string name_what_to_change(std::string fix, const StackGroups& stacks, const StackGroup& group,
                                const SourceLines& source) {
  constexpr std::string_view kExampleOfOne = "make(chan T, 1)";
  constexpr std::string_view kExampleOfAll = "make(chan T, n)";
  constexpr std::size_t kMostText = 100;
  const Room room = contains(fix, kExampleOfAll) ? Room::All : Room::One;
  const std::string_view example = room == Room::All ? kExampleOfAll : kExampleOfOne;
  if (!contains(fix, example) || !is_closure_of_creator(stacks, group)) return fix;
  const auto made = find_channel_with_room(stacks, group, room, source);
  if (!made || made->text.size() > kMostText) return fix;
  const std::string_view file = stacks.text(stacks.frame(group.creator).file);
  return replace_all(std::move(fix), example, printable(made->text) + line_of(file, made->number));
}

std::string cause_of(const Pattern& pattern, bool in_cxx) {
  return in_cxx ? cxx_cause(pattern.cause) : std::string(pattern.cause);
}

}  // namespace

const Pattern* find_pattern(std::string_view id) {
  const auto* const row = std::ranges::find(kPatterns, id, &Pattern::id);
  return row == kPatterns.end() ? nullptr : row;
}

void explain(const SeriesStudy& all, const GroupStudy& group, const SourceLines& source,
             std::string_view benign_pattern, Finding& finding) {
  const StackGroups& stacks = all.series.stacks;
  const SourceHints hints = find_source_hints(stacks, *group.group, source);
  finding.pattern = benign_pattern.empty() ? choose_pattern(all, group, hints) : benign_pattern;
  if (finding.pattern == "L9" && holds_used_connections(all, group)) finding.pattern = "L19";
  const bool in_cxx = is_cxx(stacks, *group.group);
  const Pattern* pattern =
      in_cxx ? nullptr : find_pattern_case(finding.pattern, stacks, group, hints);
  if (pattern == nullptr) pattern = find_pattern(finding.pattern);
  if (pattern == nullptr || group.group->blocked == kNone) return;
  const std::string blocked = blocked_place(stacks, *group.group);
  const std::string creator = starter_text(stacks, *group.group);
  const auto fill = [&](std::string_view text) {
    std::string result = replace_all(std::string(text), "{blocked}", blocked);
    if (const GroupStudy* const holder = group.slow_holder; holder != nullptr) {
      result = replace_all(std::move(result), "{holder}", blocked_place(stacks, *holder->group));
      const bool is_request = awaits_http_answer(stacks, *holder->group, holder->kind);
      result = replace_all(std::move(result), "{held_for}",
                           is_request ? "the answer to a request by HTTP" : describe(holder->kind));
    }
    result = replace_all(std::move(result), "{creator}", creator);
    return replace_all(std::move(result), "{what}", describe(group.kind));
  };
  const std::string_view fix = in_cxx ? cxx_fix(pattern->id) : std::string_view();
  finding.cause = fill(cause_of(*pattern, in_cxx));
  finding.fix = fill(fix.empty() ? pattern->fix : fix);
  finding.fix = name_what_to_change(std::move(finding.fix), stacks, *group.group, source);
}

void explain_member(const StackGroups& stacks, const Finding& lead, Finding& member) {
  constexpr std::array<std::string_view, 6> kGeneral = {"L1", "L5", "L6", "L19", "L20", "L21"};
  const StackGroup& group = stacks.groups[lead.group];
  if (std::ranges::find(kGeneral, member.pattern) == kGeneral.end()) return;
  if (group.blocked == kNone || lead.cause.empty()) return;
  const Pattern* const pattern = find_pattern("L22");
  member.pattern = pattern->id;
  member.cause = replace_all(cause_of(*pattern, is_cxx(stacks, group)), "{blocked}",
                             blocked_place(stacks, group));
  member.fix = std::string(pattern->fix) + ": " + lead.fix;
}

}  // namespace plumb
