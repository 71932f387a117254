// SPDX-License-Identifier: Apache-2.0
#include "leak/new_requests.h"

#include <algorithm>

#include "leak/stack_names.h"
#include "model/goroutine_dump.h"

namespace plumb {
namespace {

// By group: whether its goroutines watch the connections of requests.
std::vector<bool> find_watchers(const StackGroups& groups) {
  std::vector<bool> watch;
  watch.reserve(groups.groups.size());
  const FramesNamed watchers(groups, kRequestWatcher);
  for (const StackGroup& group : groups.groups) watch.push_back(watchers.is_on(group));
  return watch;
}

}  // namespace

std::vector<GoroutineKey> find_new_requests(const StackGroups& groups,
                                            const PackedRows<SeenGoroutine>& before,
                                            const PackedRows<SeenGoroutine>& now) {
  std::vector<GoroutineKey> handlers;
  const std::vector<bool> watch = find_watchers(groups);
  if (std::ranges::find(watch, true) == watch.end()) return handlers;
  auto old = before.begin();
  for (const SeenGoroutine& goroutine : now) {
    if (!watch[goroutine.row.group] || goroutine.row.creator_id == 0) continue;
    while (old != before.end() && key_of(*old) < key_of(goroutine)) ++old;
    if (old != before.end() && key_of(*old) == key_of(goroutine)) continue;
    handlers.emplace_back(goroutine.process, goroutine.row.creator_id);
  }
  std::ranges::sort(handlers);
  return handlers;
}

}  // namespace plumb
