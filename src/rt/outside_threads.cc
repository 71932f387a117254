// SPDX-License-Identifier: Apache-2.0
#include "rt/outside_threads.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "base/strings.h"
#include "rt/scheduler.h"
#include "rt/switch_context.h"
#include "rt/thread_capture.h"
#include "rt/threads.h"

namespace plumb::rt::detail {
namespace {

std::string read_of_thread(int tid, const char* file) {
  std::ifstream in("/proc/self/task/" + std::to_string(tid) + '/' + file);
  std::string line;
  std::getline(in, line);
  return line;
}

// All but those of the library and those that are tasks. ThreadSanitizer has one of its own.
std::vector<int> outside_ids() {
#if defined(PLUMB_RT_TSAN)
  return {};
#else
  std::vector<int> ids = thread_ids();
  const std::vector<int> ours = own_thread_ids();
  std::erase_if(ids, [&](int tid) { return std::ranges::binary_search(ours, tid); });
  std::ranges::sort(ids);
  return ids;
#endif
}

}  // namespace

void OutsideThreads::for_each(const std::function<void(int tid, const OutsideThread&)>& visit) {
  const std::vector<int> ids = outside_ids();
  std::erase_if(known_,
                [&](const auto& one) { return !std::ranges::binary_search(ids, one.first); });
  for (const int tid : ids) {
    const std::string name = read_of_thread(tid, "comm");
    if (name.empty()) continue;  // It has ended.
    auto& thread = known_[tid];
    if (thread == nullptr) {
      thread = std::make_unique<OutsideThread>();
      thread->id = Scheduler::take_ids(1);
    }
    thread->labels.labels = {{"thread", valid_utf8(name)}};
    visit(tid, *thread);
  }
}

// It has not run in between if it has had no time slice.
std::optional<SleepingThread> OutsideThreads::look_at(int tid) {
  constexpr int kTries = 3;
  for (int i = 0; i < kTries; ++i) {
    const std::string before = read_of_thread(tid, "schedstat");
    const auto registers = registers_in_kernel(tid);
    if (!registers) return std::nullopt;
    const std::size_t count = copy_readable(registers->sp, bytes_);
    if (read_of_thread(tid, "schedstat") != before) continue;
    const auto copy = reinterpret_cast<std::uintptr_t>(bytes_.data());
    return SleepingThread{*registers, {registers->sp, registers->sp + count, copy - registers->sp}};
  }
  return std::nullopt;
}

std::size_t outside_thread_count() {
  return outside_ids().size();
}

}  // namespace plumb::rt::detail
