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
  if (!has_function(stacks, *group.group, "net/http.(*persistConn).readLoop")) return;
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
