// SPDX-License-Identifier: Apache-2.0
// E8: what the functions on the stack tell of the wait.
#include "leak/group_study.h"
#include "leak/stack_names.h"

namespace plumb {

void study_stack(const SeriesStudy& all, GroupStudy& group) {
  const StackGroups& stacks = all.series.stacks;
  if (group.kind == WaitKind::ChanRange) {
    group.evidence.push_back(
        {"E8", "it reads in a loop until the channel is closed (chanrecv2)", "stack", {}});
  }
  if (group.kind != WaitKind::Select && group.kind != WaitKind::IoWait) return;
  const bool is_connection = has_function(stacks, *group.group, "net/http.(*persistConn).readLoop");
  const bool is_stream = has_function(stacks, *group.group, "clientStream).doRequest");
  if (!is_connection && !is_stream) return;
  const std::int64_t count = group.group->count;
  if (group.kind == WaitKind::Select && all.http_readers >= count / 2 + count % 2) {
    group.is_being_read = true;
    group.against.push_back({"E10",
                             goroutines_text(static_cast<std::uint64_t>(all.http_readers)) +
                                 " read the bodies of answers by HTTP: these are in use",
                             "stack",
                             {{"readers", static_cast<double>(all.http_readers)}}});
    return;
  }
  if (!is_connection) return;
  if (group.kind == WaitKind::Select) {
    group.evidence.push_back(
        {"E8",
         "the reader of a connection waits for the program to take the response's body",
         "stack",
         {}});
  } else if (group.kind == WaitKind::IoWait && !holds_used_connections(all, group)) {
    group.against.push_back(
        {"E8", "the connections are idle and can be used again, or a server is slow", "stack", {}});
  }
}

}  // namespace plumb
