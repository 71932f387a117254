// SPDX-License-Identifier: Apache-2.0
// E5: what needs no statistics. The runtime found the goroutine unreachable, or it waits for what
// can never be.
#include "leak/group_study.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

// What waits, when nothing can go on any more, waits for ever.
bool is_in_deadlock(const GroupStudy& group, Deadlock deadlock) {
  if (group.kind == WaitKind::Running || group.kind == WaitKind::System) return false;
  if (deadlock == Deadlock::Program) return true;
  return deadlock == Deadlock::Bubble && group.group->bubbled > 0;
}

}  // namespace

void study_certain(const SeriesStudy& all, GroupStudy& group) {
  const StackGroup& stack = *group.group;
  const StackGroups& stacks = all.series.stacks;
  const Snapshot& now = all.series.snapshots.back();
  if (is_in_deadlock(group, now.deadlock)) {
    group.is_certain = true;
    group.evidence.push_back({"E5",
                              now.deadlock == Deadlock::Program
                                  ? "the runtime found that all goroutines wait, for each other"
                                  : "the runtime found that all of their bubble wait",
                              "crash text",
                              {}});
  }
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
    // One of a process may be meant to wait for its end, and main mostly does.
    const bool may_be_meant = stack.count <= now.processes || is_main_goroutine(stacks, stack);
    group.is_certain = group.is_certain || !may_be_meant;
    group.evidence.push_back({"E5", "a select without cases blocks for ever", "state", {}});
  }
}

}  // namespace plumb
