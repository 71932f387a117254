// SPDX-License-Identifier: Apache-2.0
// Looking at tasks while they come, go, run and wait.
#include "rt/snapshot.h"

#include <gtest/gtest.h>
#include <plumb/rt/chan.h>
#include <plumb/rt/go.h>
#include <plumb/rt/select.h>
#include <plumb/rt/sync.h>

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>

#include "support/dice.h"
#include "support/settle.h"

// Not in the library's namespace: its own frames are hidden.
namespace {

using namespace plumb::rt;
using namespace std::chrono_literals;
using detail::TaskState;
using detail::TaskView;
using detail::visit_tasks;
using detail::WithStacks;

/// Tasks and threads that do all kinds of things until it is destroyed.
class Churn {
 public:
  Churn() {
    for (int i = 0; i < 4; ++i) group_.go([this] { spawn(); });
    for (int i = 0; i < 3; ++i) group_.go([this] { send(); });
    group_.go([this] { receive(); });
    thread_ = std::thread([this] { make_threads(); });
  }
  ~Churn() {
    is_over_ = true;
    thread_.join();
    group_.wait();
  }
  Churn(const Churn&) = delete;
  Churn& operator=(const Churn&) = delete;

 private:
  void spawn() {
    while (!is_over_) {
      with_labels({{"kind", "short"}}, [&] { group_.go([] { yield(); }); });
      sleep_for(20us);
    }
  }
  void send() {
    while (!is_over_) select(on_send(numbers_, 1, [] {}), on_timeout(100us, [] {}));
  }
  void receive() {
    while (!is_over_) select(on_recv(numbers_, [](auto) {}), on_timeout(100us, [] {}));
  }
  void make_threads() {
    while (!is_over_) {
      std::thread([] { sleep_for(100us); }).join();
    }
  }

  std::atomic<bool> is_over_{false};
  chan<int> numbers_ = make_chan<int>();
  wait_group group_;
  std::thread thread_;
};

TEST(Snapshot, SeesEveryTaskThatStays) {
  const int rounds = static_cast<int>(plumb::test::fewer_if_slow(400));
  constexpr std::size_t kStaying = 50;
  const auto gate = make_chan<unit>();
  wait_group group;
  std::set<task_id> staying;
  for (std::size_t i = 0; i < kStaying; ++i) {
    group.add();
    staying.insert(go([&group, gate] {
      gate.recv();
      group.done();
    }));
  }
  plumb::test::settle();
  {
    const Churn churn;
    for (int i = 0; i < rounds; ++i) {
      std::map<task_id, TaskState> seen;
      visit_tasks(WithStacks::Yes, [&](const TaskView& task) {
        EXPECT_NE(task.id, 0u);
        EXPECT_TRUE(seen.emplace(task.id, task.state).second) << "twice: " << task.id;
        EXPECT_LE(task.labels != nullptr ? task.labels->labels.size() : 0, 1u);
        if (!staying.contains(task.id)) return;
        EXPECT_EQ(task.state, TaskState::Waiting);
        EXPECT_EQ(task.reason, WaitReason::ChanReceive);
        EXPECT_EQ(task.object, gate.id());
        EXPECT_TRUE(task.has_stack);
        EXPECT_GE(task.pcs.size(), 3u);
      });
      for (const task_id id : staying) EXPECT_TRUE(seen.contains(id));
    }
  }
  gate.close();
  group.wait();
}

TEST(Snapshot, StacksOfTheSameWaitAreTheSame) {
  const auto gate = make_chan<unit>();
  wait_group group;
  for (int i = 0; i < 20; ++i) group.go([gate] { gate.recv(); });
  plumb::test::settle();
  std::set<std::vector<std::uintptr_t>> stacks;
  visit_tasks(WithStacks::Yes, [&](const TaskView& task) {
    if (task.object == gate.id()) stacks.emplace(task.pcs.begin(), task.pcs.end());
  });
  EXPECT_EQ(stacks.size(), 1u);
  gate.close();
  group.wait();
}

}  // namespace
