// SPDX-License-Identifier: Apache-2.0
// What a task carries besides its stack: labels and task-local values.

#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "rt/task.h"

namespace plumb::rt::detail {

/// Labels, sorted by key, shared by the tasks that have them. Never changes.
struct LabelSet {
  std::vector<std::pair<std::string, std::string>> labels;
  mutable std::atomic<std::uint32_t> references{1};
};

/// Gives `task` the labels of `of`.
void inherit_labels(Task& task, const Task& of);
/// Takes the labels away. Sets that nobody has any more stay while a LabelReaders exists.
void drop_labels(Task& task);
void drop_locals(Task& task);

/// While one exists, label sets that were seen on tasks stay valid.
class LabelReaders {
 public:
  LabelReaders();
  ~LabelReaders();
  LabelReaders(const LabelReaders&) = delete;
  LabelReaders& operator=(const LabelReaders&) = delete;
};

}  // namespace plumb::rt::detail
