// SPDX-License-Identifier: Apache-2.0
#include "rt/threads.h"

#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>

#include "base/strings.h"
#include "rt/own_stack.h"
#include "rt/scheduler.h"

namespace plumb::rt::detail {
namespace {

struct CreatedThreads {
  std::mutex mutex;
  std::vector<std::vector<std::uintptr_t>> stacks;
};

CreatedThreads& created() {
  static CreatedThreads* const the_one = new CreatedThreads;
  return *the_one;
}

}  // namespace

std::vector<int> thread_ids() {
  std::vector<int> ids;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", error)) {
    const std::optional<int> id = parse_int<int>(entry.path().filename().string());
    if (id) ids.push_back(*id);
  }
  return ids;
}

void note_created_thread() {
  std::vector<std::uintptr_t> stack = own_stack();
  const std::scoped_lock lock(created().mutex);
  created().stacks.push_back(std::move(stack));
}

std::vector<std::vector<std::uintptr_t>> created_threads() {
  const std::scoped_lock lock(created().mutex);
  return created().stacks;
}

std::size_t task_count_unattached() {
  Scheduler* const scheduler = Scheduler::find();
  return scheduler != nullptr ? scheduler->go_count() + scheduler->thread_count() : 0;
}

}  // namespace plumb::rt::detail
