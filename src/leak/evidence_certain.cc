// SPDX-License-Identifier: Apache-2.0
// E5: what needs no statistics. The runtime found the goroutine unreachable, or it waits for what
// can never be.
#include "leak/group_study.h"

namespace plumb {

void study_certain(const SeriesStudy&, GroupStudy& group) {
  const StackGroup& stack = *group.group;
  if (stack.leaked > 0) {
    group.is_certain = true;
    group.evidence.push_back(
        {"E5",
         "the runtime found " +
             std::string(stack.leaked == stack.count
                             ? "that nothing can ever reach them"
                             : goroutines_text(static_cast<std::uint64_t>(stack.leaked)) +
                                   " of them out of reach of everything"),
         "goroutineleak profile",
         {{"leaked", static_cast<double>(stack.leaked)}}});
  }
  if (group.kind == WaitKind::NilChannel) {
    group.is_certain = true;
    group.evidence.push_back({"E5", "a channel that is nil blocks for ever", "state", {}});
  }
  if (group.kind == WaitKind::NoCases) {
    // One of them may be meant to wait for the end of the program.
    group.is_certain = stack.count > 1;
    group.evidence.push_back({"E5", "a select without cases blocks for ever", "state", {}});
  }
}

}  // namespace plumb
