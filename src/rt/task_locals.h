// SPDX-License-Identifier: Apache-2.0
// What a task carries besides its stack: labels and task-local values.

#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
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
/// Gives labels to a task that has none.
void set_labels(Task& task, std::initializer_list<std::pair<std::string_view, std::string_view>>);
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
