// SPDX-License-Identifier: Apache-2.0
// E10: who may live as long as a connection does. Clients stay for minutes and for hours, and more
// of them may come than go while they are watched:
//
//   select in a handler of HTTP  its client is there: an HTTP/1 server has a goroutine that
//                                watches for the end of the connection of each request
//   <-session.quit               as many goroutines of the same function wait for the network: the
//                                other halves of the sessions
#include <algorithm>
#include <map>
#include <vector>

#include "base/checked.h"
#include "base/strings.h"
#include "leak/group_study.h"
#include "leak/stack_names.h"
#include "model/goroutine_dump.h"

namespace plumb {
namespace {

constexpr std::int64_t kParts = 10;  // All but one of ten are enough.

/// Goroutines of the whole snapshot that are there for connections.
struct Connections {
  std::int64_t handlers = 0;           ///< Of HTTP/1.
  std::int64_t watchers = 0;           ///< Of their clients.
  std::int64_t http2 = 0;              ///< Connections of an HTTP/2 server.
  std::vector<std::int64_t> on_stack;  ///< That wait for the network, by a function on their stack,
  std::map<std::string_view, std::int64_t> created;  ///< and by the one that made them.
};

constexpr std::string_view kHandler = "net/http.serverHandler.ServeHTTP";
constexpr std::string_view kHttp1Connection = "net/http.(*conn).serve";

bool is_http1_handler(const StackGroups& stacks, const StackGroup& group) {
  return has_function(stacks, group, kHandler) && has_function(stacks, group, kHttp1Connection);
}

bool is_http2_handler(const StackGroups& stacks, const StackGroup& group) {
  return has_function(stacks, group, "erverConn).runHandler");
}

void add_network(const StackGroups& stacks, const StackGroup& group, Connections& all) {
  StringId last{kNone};  // One that calls itself counts once.
  for (const StackFrameId id : stacks.stack(group)) {
    const StringId function = stacks.frame(id).function;
    if (function == last) continue;
    std::int64_t& count = all.on_stack[function.index];
    count = add_saturating(count, group.count);
    last = function;
  }
  const std::string_view creator = enclosing_function(creator_function(stacks, group));
  if (creator.empty()) return;
  std::int64_t& count = all.created[creator];
  count = add_saturating(count, group.count);
}

Connections count_connections(const StackGroups& stacks, std::span<const GroupStudy> groups) {
  Connections all;
  all.on_stack.assign(stacks.strings.size(), 0);
  const FramesNamed watchers(stacks, kRequestWatcher);
  const FramesNamed http2(stacks, "erverConn).readFrames");
  const FramesNamed handlers(stacks, kHandler);
  const FramesNamed http1(stacks, kHttp1Connection);
  for (const GroupStudy& study : groups) {
    const StackGroup& group = *study.group;
    if (group.count <= 0) continue;
    const auto count_if = [&](bool is_one, std::int64_t& count) {
      if (is_one) count = add_saturating(count, group.count);
    };
    count_if(watchers.is_on(group), all.watchers);
    count_if(http2.is_on(group), all.http2);
    count_if(handlers.is_on(group) && http1.is_on(group), all.handlers);
    if (study.kind == WaitKind::IoWait) add_network(stacks, group, all);
  }
  return all;
}

// The select stands in the program's own code: that of a pool or of a client has other reasons.
bool is_own_select(const StackGroups& stacks, const GroupStudy& group) {
  if (group.kind != WaitKind::Select) return false;
  for (const StackFrameId id : stacks.stack(*group.group)) {
    const StackFrame& frame = stacks.frame(id);
    if (frame.is_hidden || frame.is_elided || frame.owner == FrameOwner::Runtime) continue;
    return frame.owner == FrameOwner::User;
  }
  return false;
}

// Were all whose clients are gone of this group, it would be few of it.
bool has_http1_clients(const Connections& all, const StackGroup& group) {
  return (all.handlers - all.watchers) * kParts < group.count;
}

void note_clients(const StackGroups& stacks, const Connections& all, GroupStudy& group) {
  if (!is_own_select(stacks, group)) return;
  std::string text;
  if (is_http1_handler(stacks, *group.group) && has_http1_clients(all, *group.group)) {
    text = "their clients are still connected, for " +
           goroutines_text(static_cast<std::uint64_t>(all.watchers)) +
           " watch the connections of HTTP requests: these may be streams";
  } else if (is_http2_handler(stacks, *group.group) && all.http2 > 0) {
    text = "they are streams of HTTP/2, and nothing tells of which the clients are gone";
  }
  if (text.empty()) return;
  group.has_clients = true;
  group.against.push_back({"E10", std::move(text), "stacks", {}});
}

// Two dumps tell whether they leave.
void note_sessions(const SeriesStudy& series, const Connections& all, GroupStudy& group) {
  const StackGroups& stacks = series.series.stacks;
  const StackGroup& stack = *group.group;
  if (series.series.id_snapshots != 1 || !group.spreads || !may_receive(group.kind)) return;
  if (stack.creator.index == kNone || !waits_in_own_code(stacks, stack)) return;
  const auto created = all.created.find(enclosing_function(creator_function(stacks, stack)));
  const std::int64_t beside = created == all.created.end() ? 0 : created->second;
  const std::int64_t below = all.on_stack[stacks.frame(stack.creator).function.index];
  const std::int64_t partners = std::max(beside, below);
  if ((stack.count - partners) * kParts >= stack.count) return;
  group.has_clients = true;
  group.against.push_back({"E10",
                           goroutines_text(static_cast<std::uint64_t>(partners)) +
                               " of the same function wait for the network: these may be sessions "
                               "that live as long as their connections",
                           "stacks",
                           {{"partners", static_cast<double>(partners)}}});
}

}  // namespace

void find_connections(const SeriesStudy& all, std::span<GroupStudy> groups) {
  const Connections connections = count_connections(all.series.stacks, groups);
  for (GroupStudy& group : groups) {
    if (group.group->count <= 0 || !group.has_grown()) continue;
    note_clients(all.series.stacks, connections, group);
    if (!group.has_clients) note_sessions(all, connections, group);
  }
}

}  // namespace plumb
