// SPDX-License-Identifier: Apache-2.0
// Waiting until tasks wait: a fixed time is too short on a busy machine.

#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "rt/snapshot.h"

namespace plumb::test {

/// Returns when `holds()` does, and after ten seconds at the latest; what it gave last.
inline bool eventually(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

/// Returns when every task waits for something, and after ten seconds at the latest. Of a thread,
/// which is no task.
inline void settle() {
  using rt::detail::TaskKind;
  using rt::detail::TaskState;
  using rt::detail::TaskView;
  eventually([] {
    bool is_busy = false;
    rt::detail::visit_tasks(rt::detail::WithStacks::No, [&](const TaskView& task) {
      is_busy = is_busy || (task.kind == TaskKind::Go && task.state != TaskState::Waiting);
    });
    return !is_busy;
  });
}

/// How many tasks wait for `reason` now.
inline int count_waiting(rt::WaitReason reason) {
  int count = 0;
  rt::detail::visit_tasks(rt::detail::WithStacks::No, [&](const rt::detail::TaskView& task) {
    if (task.state == rt::detail::TaskState::Waiting && task.reason == reason) ++count;
  });
  return count;
}

}  // namespace plumb::test
