// SPDX-License-Identifier: Apache-2.0
#include "leak/benign_rules.h"

#include <algorithm>
#include <array>

#include "leak/frames.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

using enum WaitKind;

/// How many are usual.
enum class Condition : std::uint8_t {
  Always,    ///< The runtime's own, and what is judged by its partner.
  AtMost,    ///< So many, whatever the program does.
  NoGrowth,  ///< As many as there are connections, streams or clients: they must not pile up.
};

struct Rule {
  std::string_view function;  ///< Some function on the stack ends so.
  WaitKind kind;              ///< Unknown: any.
  Condition condition;
  std::int64_t most;  ///< For AtMost.
  std::string_view name;
  std::string_view pattern;  ///< Beyond the condition.
};

constexpr std::array kRules = {
    Rule{"net/http.(*Server).Serve", IoWait, Condition::AtMost, 64, "a listener of an HTTP server",
         ""},
    Rule{"net/http.(*connReader).backgroundRead", IoWait, Condition::NoGrowth, 0,
         "one for each running HTTP handler", "L19"},
    Rule{"net/http.(*connReader).Read", IoWait, Condition::NoGrowth, 0,
         "connections of HTTP clients that are kept alive", "L19"},
    Rule{"net/http.(*persistConn).readLoop", IoWait, Condition::NoGrowth, 0,
         "idle connections of an HTTP client", "L9"},
    Rule{"net/http.(*persistConn).writeLoop", Select, Condition::Always, 0,
         "the writer of a connection of an HTTP client, one for each reader", ""},
    Rule{"net/http.(*http2ClientConn).readLoop", IoWait, Condition::NoGrowth, 0,
         "connections of an HTTP/2 client", "L9"},
    Rule{"http2.(*clientConnReadLoop).run", IoWait, Condition::NoGrowth, 0,
         "connections of an HTTP/2 client", "L9"},
    Rule{"database/sql.(*DB).connectionOpener", Select, Condition::AtMost, 16,
         "one for each sql.DB", "L6"},
    Rule{"database/sql.(*DB).connectionCleaner", Select, Condition::AtMost, 16,
         "one for each sql.DB", "L6"},
    Rule{"database/sql.(*DB).connectionResetter", Select, Condition::AtMost, 16,
         "one for each sql.DB", "L6"},
    Rule{"os/signal.signal_recv", Unknown, Condition::AtMost, 1, "the receiver of signals", ""},
    Rule{"os/signal.loop", Unknown, Condition::AtMost, 1, "the receiver of signals", ""},
    Rule{"runtime.ensureSigM", Unknown, Condition::AtMost, 1, "the runtime", ""},
    Rule{"runtime.ensureSigM.func1", Unknown, Condition::AtMost, 1, "the runtime", ""},
    Rule{"runtime.ReadTrace", Unknown, Condition::Always, 0, "the runtime", ""},
    Rule{"testing.(*T).Run", ChanReceive, Condition::NoGrowth, 0, "a test that runs others", ""},
    Rule{"testing.(*T).Parallel", ChanReceive, Condition::NoGrowth, 0, "a test that waits its turn",
         ""},
    Rule{"testing.(*F).Fuzz", ChanReceive, Condition::NoGrowth, 0, "a fuzz test", ""},
    Rule{"testing.runTests", ChanReceive, Condition::AtMost, 1, "the tests", ""},
    Rule{"testing.tRunner", Running, Condition::NoGrowth, 0, "a test", ""},
    Rule{"go.opencensus.io/stats/view.(*worker).start", Select, Condition::AtMost, 1,
         "the worker of OpenCensus", "L6"},
    Rule{"flushDaemon", Unknown, Condition::AtMost, 2, "a logger that flushes now and then", "L6"},
    Rule{".(*Logger).millRun", Unknown, Condition::AtMost, 8, "one for each rotating log", "L6"},
    Rule{"go-metrics.(*meterArbiter).tick", Select, Condition::AtMost, 1, "the clock of meters",
         "L6"},
    Rule{"leveldb.(*DB).mpoolDrain", Select, Condition::AtMost, 16, "one for each LevelDB", "L6"},
    Rule{"leveldb.(*DB).tCompaction", Select, Condition::AtMost, 16, "one for each LevelDB", "L6"},
    Rule{"leveldb.(*DB).mCompaction", Select, Condition::AtMost, 16, "one for each LevelDB", "L6"},
    Rule{"leveldb.(*DB).compactionError", Select, Condition::AtMost, 16, "one for each LevelDB",
         "L6"},
    Rule{"util.(*BufferPool).drain", Select, Condition::AtMost, 32, "one for each LevelDB", "L6"},
    Rule{"grpc.(*ccBalancerWrapper).watcher", Unknown, Condition::NoGrowth, 0,
         "one for each grpc client", "L10"},
    Rule{"grpc.(*ccResolverWrapper).watcher", Unknown, Condition::NoGrowth, 0,
         "one for each grpc client", "L10"},
    Rule{"grpc.(*addrConn).resetTransport", Unknown, Condition::NoGrowth, 0,
         "one for each grpc client", "L10"},
    Rule{"grpcsync.(*CallbackSerializer).run", Select, Condition::NoGrowth, 0,
         "a few for each grpc client", "L10"},
    Rule{"transport.(*http2Client).reader", IoWait, Condition::NoGrowth, 0,
         "one for each grpc connection", "L10"},
    Rule{"transport.(*loopyWriter).run", Select, Condition::NoGrowth, 0,
         "one for each grpc connection", "L10"},
    Rule{"transport.(*controlBuffer).get", Select, Condition::NoGrowth, 0,
         "one for each grpc connection", "L10"},
    Rule{"transport.(*http2Client).keepalive", Unknown, Condition::NoGrowth, 0,
         "one for each grpc connection", "L10"},
    Rule{"transport.(*http2Server).keepalive", Select, Condition::NoGrowth, 0,
         "one for each connection of a grpc server", "L19"},
    Rule{"transport.(*http2Server).HandleStreams", IoWait, Condition::NoGrowth, 0,
         "one for each connection of a grpc server", "L19"},
    Rule{"dnsResolver).watcher", Unknown, Condition::NoGrowth, 0, "one for each grpc client",
         "L10"},
    Rule{"grpc.newClientStreamWithParams.func4", Select, Condition::NoGrowth, 0,
         "one for each open grpc stream", "L7"},
    Rule{"mysql.(*mysqlConn).startWatcher.func1", Select, Condition::NoGrowth, 0,
         "one for each connection to MySQL", "L6"},
    Rule{"database/sql.(*Rows).awaitDone", Unknown, Condition::NoGrowth, 0,
         "one for each open sql.Rows", "L7"},
    Rule{"database/sql.(*Tx).awaitDone", Unknown, Condition::NoGrowth, 0,
         "one for each open sql.Tx", "L7"},
    Rule{"certmagic.(*Cache).maintainAssets", Select, Condition::AtMost, 4, "one for each cache",
         "L6"},
    Rule{"seelog.(*asyncLoopLogger).processItem", Cond, Condition::AtMost, 16,
         "one for each logger", "L6"},
};

bool matches(const StackGroups& stacks, const GroupStudy& group, const Rule& rule) {
  if (rule.kind != Unknown && rule.kind != group.kind) {
    const bool receives = rule.kind == ChanReceive && group.kind == ChanRange;
    if (!receives) return false;
  }
  return has_function(stacks, *group.group, rule.function);
}

BenignMatch judge(const GroupStudy& group, const Rule& rule) {
  BenignMatch match{rule.name, true, rule.pattern, {}};
  switch (rule.condition) {
    case Condition::Always:
      break;
    case Condition::AtMost:
      match.condition = "at most " + std::to_string(rule.most);
      match.holds = group.group->count <= rule.most;
      break;
    case Condition::NoGrowth:
      match.condition = "as long as they do not pile up";
      match.holds = !group.has_grown() && !group.may_grow;
      break;
  }
  return match;
}

}  // namespace

// Most functions are asked for once, and for many stacks.
std::vector<std::uint8_t> find_ruled_functions(const StackGroups& stacks) {
  enum : std::uint8_t { kNew, kUnruled, kRuled };
  std::vector<std::uint8_t> known(stacks.strings.size(), kNew);
  for (const StackFrame& frame : stacks.frames) {
    std::uint8_t& state = known[frame.function.index];
    if (state != kNew) continue;
    const std::string_view function = stacks.text(frame.function);
    const bool is_ruled =
        is_profiler_function(function) || function == "runtime.main" || function == "main.main" ||
        std::ranges::any_of(
            kRules, [&](const Rule& rule) { return ends_with_function(function, rule.function); });
    state = is_ruled ? kRuled : kUnruled;
  }
  for (std::uint8_t& state : known) state = state == kRuled ? 1 : 0;
  return known;
}

std::optional<BenignMatch> find_benign_rule(const SeriesStudy& all, const GroupStudy& group) {
  const StackGroups& stacks = all.series.stacks;
  if (group.kind == System) return BenignMatch{"the runtime's own", true, "", {}};
  const auto is_ruled = [&](StackFrameId id) {
    return all.ruled_functions[stacks.frame(id).function.index] != 0;
  };
  if (std::ranges::none_of(stacks.stack(*group.group), is_ruled)) return std::nullopt;
  if (is_profiler(stacks, *group.group)) return BenignMatch{"took this profile", true, "", {}};
  if (is_main_goroutine(stacks, *group.group))
    return BenignMatch{"the main goroutine", true, "", {}};
  for (const Rule& rule : kRules) {
    if (matches(stacks, group, rule)) return judge(group, rule);
  }
  return std::nullopt;
}

}  // namespace plumb
