// SPDX-License-Identifier: Apache-2.0
#include "rt/threads.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>

#include "base/strings.h"
#include "rt/outside_threads.h"
#include "rt/own_stack.h"
#include "rt/registered.h"
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

struct OwnThreads {
  std::mutex mutex;
  std::multiset<int> tids;
};

OwnThreads& own_threads() {
  static OwnThreads* const the_one = new OwnThreads;
  return *the_one;
}

}  // namespace

OwnThread::OwnThread() : tid_(static_cast<int>(syscall(SYS_gettid))) {
  const std::scoped_lock lock(own_threads().mutex);
  own_threads().tids.insert(tid_);
}

OwnThread::~OwnThread() {
  const std::scoped_lock lock(own_threads().mutex);
  own_threads().tids.erase(own_threads().tids.find(tid_));
}

std::vector<int> own_thread_ids() {
  const std::scoped_lock lock(own_threads().mutex);
  return {own_threads().tids.begin(), own_threads().tids.end()};
}

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
  const std::size_t of_runtime =
      scheduler != nullptr ? scheduler->go_count() + scheduler->thread_count() : 0;
  return of_runtime + registered_count() + outside_thread_count();
}

}  // namespace plumb::rt::detail
