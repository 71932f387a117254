// SPDX-License-Identifier: Apache-2.0
// Tasks of other frameworks, and threads that are nobody's, in the dumps.

#include <gtest/gtest.h>
#include <plumb/rt/adapters/thread.h>
#include <plumb/rt/debug.h>
#include <plumb/rt/register.h>

#if defined(__cpp_impl_coroutine)
#include <plumb/rt/adapters/coroutine.h>
#endif

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "rt/snapshot.h"
#include "support/dice.h"
#include "support/settle.h"

// Not in the library's namespace: its own frames are hidden.
namespace {

using namespace plumb::rt;
using namespace std::chrono_literals;
using plumb::rt::detail::TaskState;
using plumb::rt::detail::TaskView;

/// What a dump knows of one task.
struct Seen {
  TaskState state = TaskState::Free;
  WaitReason reason = WaitReason::None;
  const void* object = nullptr;
  task_id creator = 0;
  std::vector<std::uintptr_t> pcs;
};

std::optional<Seen> look_at(task_id id) {
  std::optional<Seen> seen;
  detail::visit_tasks(detail::WithStacks::Yes, [&](const TaskView& task) {
    if (task.id != id) return;
    seen = Seen{task.state, task.reason, task.object, task.creator_id, {}};
    seen->pcs.assign(task.pcs.begin(), task.pcs.end());
  });
  return seen;
}

/// The part of debug=2 that is about one task.
std::string dump_of(task_id id) {
  struct Text : debug_writer {
    std::string body;
    void begin(int, const std::vector<std::pair<std::string, std::string>>&) override {}
    bool write(std::string_view part) override {
      body += part;
      return true;
    }
  } text;
  debug_request request;
  request.path = "/debug/pprof/goroutine";
  request.query = "debug=2";
  handle_debug(request, text);
  const std::string head = "goroutine " + std::to_string(id) + " [";
  const std::size_t at = text.body.find(head);
  if (at == std::string::npos) return "";
  return text.body.substr(at, text.body.find("\n\n", at) - at);
}

const void* place(std::uintptr_t number) {
  return reinterpret_cast<const void*>(number);
}

TEST(Registered, IsSeenFromItsConstructionToItsDestruction) {
  task_id id = 0;
  {
    registered_task task(origin_here(), {{"framework", "test"}});
    id = task.id();
    ASSERT_TRUE(look_at(id).has_value());
    EXPECT_EQ(look_at(id)->state, TaskState::Fresh);
    EXPECT_TRUE(dump_of(id).starts_with("goroutine " + std::to_string(id) +
                                        " [runnable] {framework: test}:\n"))
        << dump_of(id);
    task.start();
    int object = 0;
    task.suspend({WaitReason::IoWait, &object}, place(0x1000));
    const auto seen = look_at(id);
    EXPECT_EQ(seen->state, TaskState::Waiting);
    EXPECT_EQ(seen->reason, WaitReason::IoWait);
    EXPECT_EQ(seen->object, &object);
    EXPECT_EQ(seen->pcs, std::vector<std::uintptr_t>{0x1000});
    task.ready();
    EXPECT_EQ(look_at(id)->state, TaskState::Runnable);
    registered_task moved = std::move(task);
    EXPECT_EQ(moved.id(), id);
    EXPECT_EQ(task.id(), 0u);  // NOLINT(bugprone-use-after-move): says so in the header
  }
  EXPECT_FALSE(look_at(id).has_value());
}

TEST(Registered, IsAStackOfPlaces) {
  const registered_task task(origin_here());
  task.start();
  task.suspend({}, place(1));  // Waits for one that it calls,
  task.start();                // which runs,
  task.suspend({WaitReason::Sleep}, place(2));
  EXPECT_EQ(look_at(task.id())->pcs, (std::vector<std::uintptr_t>{2, 1}));
  task.resume();  // goes on,
  task.suspend({WaitReason::Sleep}, place(3));
  EXPECT_EQ(look_at(task.id())->pcs, (std::vector<std::uintptr_t>{3, 1}));
  task.resume();
  task.resume();  // and returns.
  task.suspend({}, place(4));
  EXPECT_EQ(look_at(task.id())->pcs, std::vector<std::uintptr_t>{4});
}

TEST(Registered, ShowsTheInnermostPlacesOfADeepStack) {
  const registered_task task(origin_here());
  for (std::uintptr_t i = 1; i <= 100; ++i) {
    task.start();
    task.suspend({}, place(i));
  }
  const auto seen = look_at(task.id());
  ASSERT_EQ(seen->pcs.size(), 24u);
  EXPECT_EQ(seen->pcs.front(), 100u);
  EXPECT_EQ(seen->pcs.back(), 77u);
}

TEST(Registered, IsTheCreatorOfWhatItStarts) {
  EXPECT_FALSE(task_ref::current());
  const registered_task outer(origin_here());
  outer.start();
  const registered_task inner(origin_here());
  EXPECT_EQ(look_at(inner.id())->creator, outer.id());
  inner.start();
  EXPECT_EQ(task_ref::current(), inner);
  inner.suspend({}, place(1));
  EXPECT_EQ(task_ref::current(), outer);
  outer.suspend({}, place(1));
  EXPECT_FALSE(task_ref::current());
}

[[gnu::noinline]] void give_way(const task_ref& task) {
  task.suspend_stack({WaitReason::Semaphore});
  asm volatile("");  // Not a tail call.
}

TEST(Registered, MayHaveAStackOfItsOwn) {
  const registered_task task(origin_here());
  task.start();
  give_way(task);
  const std::string dump = dump_of(task.id());
  EXPECT_NE(dump.find("[semacquire]"), std::string::npos) << dump;
  EXPECT_NE(dump.find("give_way()\n"), std::string::npos) << dump;
  EXPECT_NE(dump.find("created by "), std::string::npos) << dump;
}

// While it runs its stack is that of its thread.
[[gnu::noinline]] void run_until(const std::atomic<bool>& is_over) {
  while (!is_over) asm volatile("");
}

TEST(Registered, ShowsTheThreadItRunsOn) {
  const registered_task task(origin_here());
  std::atomic<bool> is_over{false};
  std::thread thread([&] {
    task.start();
    run_until(is_over);
    task.suspend({}, place(1));
  });
  while (look_at(task.id())->state != TaskState::Running) std::this_thread::yield();
  std::string dump;
  for (int i = 0; i < 100 && dump.find("run_until") == std::string::npos; ++i) {
    dump = dump_of(task.id());
  }
  is_over = true;
  thread.join();
  EXPECT_NE(dump.find("[running]"), std::string::npos) << dump;
  EXPECT_NE(dump.find("run_until"), std::string::npos) << dump;
}

// What is seen at once was there at once: places of a kind, and the reason of that kind.
TEST(Registered, IsSeenAsItWasAtOneTime) {
  constexpr std::size_t kTasks = 3;
  std::atomic<bool> is_over{false};
  std::vector<registered_task> tasks;
  for (std::size_t i = 0; i < kTasks; ++i) tasks.emplace_back(origin_here());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kTasks; ++i) {
    threads.emplace_back([&, i] {
      const task_ref task = tasks[i];
      for (std::uintptr_t round = 1; !is_over; ++round) {
        const std::uintptr_t kind = round % 2 + 1;
        const WaitReason reason = kind == 1 ? WaitReason::Sleep : WaitReason::IoWait;
        task.start();
        task.suspend({reason, place(kind)}, place(kind));
        task.start();
        task.suspend({reason, place(kind)}, place(kind));
        task.resume();
        task.resume();
      }
    });
  }
  std::size_t waiting_count = 0;
  const auto end = std::chrono::steady_clock::now() + 500ms;
  while (waiting_count == 0 || std::chrono::steady_clock::now() < end) {
    detail::visit_tasks(detail::WithStacks::Yes, [&](const TaskView& task) {
      if (task.kind != detail::TaskKind::Registered || task.state != TaskState::Waiting) return;
      ++waiting_count;
      const std::uintptr_t kind = task.reason == WaitReason::Sleep ? 1 : 2;
      EXPECT_EQ(task.object, place(kind));
      EXPECT_GE(task.pcs.size(), 1u);
      for (const std::uintptr_t pc : task.pcs) EXPECT_EQ(pc, kind);
    });
  }
  is_over = true;
  for (std::thread& thread : threads) thread.join();
}

std::mutex mutex;
std::condition_variable changed;
bool is_open = false;

class Threads : public testing::Test {
 protected:
  void SetUp() override { is_open = false; }
  static void open(std::thread& thread) {
    {
      const std::scoped_lock lock(mutex);
      is_open = true;
    }
    changed.notify_all();
    thread.join();
  }
};

[[gnu::noinline]] void wait_and_say_so() {
  std::unique_lock lock(mutex);
  const waiting here({WaitReason::CondWait, &changed});
  changed.wait(lock, [] { return is_open; });
}

TEST_F(Threads, SayWhoMadeThemAndWhatTheyWaitFor) {
  std::atomic<task_id> id{0};
  static_cast<void>(current_id());  // A task, so that it can be the creator.
  std::thread thread = make_thread("a reader of many books", [&] {
    id = current_id();
    wait_and_say_so();
  });
  std::string dump;
  while (dump.find("sync.Cond.Wait") == std::string::npos) {
    std::this_thread::sleep_for(1ms);
    dump = dump_of(id);
  }
  open(thread);
  EXPECT_NE(dump.find("[sync.Cond.Wait, locked to thread] {thread: \"a reader of many books\"}"),
            std::string::npos)
      << dump;
  EXPECT_NE(dump.find("wait_and_say_so"), std::string::npos) << dump;
  EXPECT_NE(dump.find("TestBody in goroutine " + std::to_string(current_id()) + "\n"),
            std::string::npos)
      << dump;
}

[[gnu::noinline]] void wait_silently() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [] { return is_open; });
  asm volatile("");  // Not a tail call.
}

/// The ids of those labelled with this name.
std::vector<task_id> threads_called(const std::string& name) {
  std::vector<task_id> ids;
  detail::visit_tasks(detail::WithStacks::No, [&](const TaskView& task) {
    if (task.labels == nullptr) return;
    for (const auto& [key, value] : task.labels->labels) {
      if (key == "thread" && value == name) ids.push_back(task.id);
    }
  });
  return ids;
}

TEST_F(Threads, AppearByThemselves) {
#if defined(PLUMB_RT_TSAN)
  GTEST_SKIP() << "its own thread would be seen as well";
#endif
  std::thread thread([] {
    pthread_setname_np(pthread_self(), "loner");
    wait_silently();
  });
  std::string dump;
  EXPECT_TRUE(plumb::test::eventually([&] {
    const std::vector<task_id> ids = threads_called("loner");
    if (!ids.empty()) dump = dump_of(ids.front());
    return dump.find("[syscall, locked to thread] {thread: loner}") != std::string::npos &&
           dump.find("wait_silently()\n") != std::string::npos;
  })) << dump;
  const std::vector<task_id> first = threads_called("loner");
  EXPECT_EQ(first.size(), 1u);
  EXPECT_EQ(threads_called("loner"), first);  // It keeps its id.
  open(thread);
  // Who joins a thread may be told before the system has taken it off its list.
  EXPECT_TRUE(plumb::test::eventually([] { return threads_called("loner").empty(); }));
}

// Threads come and go while they are looked at.
TEST_F(Threads, MayEndWhileTheyAreLookedAt) {
  std::atomic<bool> is_over{false};
  std::thread maker([&] {
    while (!is_over) std::thread([] { std::this_thread::sleep_for(10us); }).join();
  });
  const int rounds = static_cast<int>(plumb::test::fewer_if_slow(300));
  for (int i = 0; i < rounds; ++i) {
    detail::visit_tasks(detail::WithStacks::Yes, [](const TaskView&) {});
  }
  is_over = true;
  maker.join();
}

#if defined(__cpp_impl_coroutine)

/// A coroutine that is awaited, or shown as a task; see examples/coroutines.cc for one to be used.
struct Coroutine {
  struct promise_type : tracked_promise {
    std::coroutine_handle<> caller = std::noop_coroutine();
    std::exception_ptr thrown;

    Coroutine get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    auto initial_suspend() { return start_lazily(); }
    auto final_suspend() noexcept {
      struct Return : std::suspend_always {
        std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> ended) noexcept {
          return ended.promise().caller;
        }
      };
      return Return();
    }
    void return_void() {}
    void unhandled_exception() { thrown = std::current_exception(); }
  };

  std::coroutine_handle<promise_type> handle;

  [[nodiscard]] bool await_ready() const { return false; }
  template <typename Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> caller) {
    handle.promise().caller = caller;
    handle.promise().set_caller(caller.promise());
    return handle;
  }
  void await_resume() {
    const std::exception_ptr thrown = handle.promise().thrown;
    handle.destroy();
    if (thrown) std::rethrow_exception(thrown);
  }
};

struct Hook {
  std::coroutine_handle<>& waiting;
  [[nodiscard]] bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) { waiting = handle; }
  void await_resume() {}
  [[nodiscard]] wait_info wait_reason() const { return {WaitReason::IoWait, &waiting}; }
};
struct Refuses {
  [[nodiscard]] bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<>) { throw std::runtime_error("no"); }
  void await_resume() {}
};
struct GoesOn {
  [[nodiscard]] bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<>) { return false; }
  void await_resume() {}
};

Coroutine inner(std::coroutine_handle<>& waiting) {
  co_await Hook{waiting};
  co_await GoesOn{};
  throw std::runtime_error("thrown by inner");
}
Coroutine outer(std::coroutine_handle<>& waiting) {
  try {
    co_await inner(waiting);
  } catch (const std::runtime_error&) {
  }
  try {
    co_await Refuses{};
  } catch (const std::runtime_error&) {
  }
  co_await Hook{waiting};
}

TEST(Coroutines, ShowWhereTheyWaitAndForWhom) {
  std::coroutine_handle<> waiting;
  const Coroutine root = outer(waiting);
  root.handle.promise().show_as_task(origin_here());
  root.handle.resume();
  const auto own = task_ref::current();
  EXPECT_FALSE(own);  // None runs here now.
  task_id id = 0;
  detail::visit_tasks(detail::WithStacks::No, [&](const TaskView& task) {
    if (task.object == &waiting) id = task.id;
  });
  ASSERT_NE(id, 0u);
  std::string dump = dump_of(id);
  EXPECT_NE(dump.find("[IO wait]"), std::string::npos) << dump;
  const std::size_t at_inner = dump.find("inner");
  const std::size_t at_outer = dump.find("outer");
  EXPECT_LT(at_inner, at_outer) << dump;
  EXPECT_NE(at_outer, std::string::npos) << dump;
  waiting.resume();  // inner() ends, by an exception; Refuses does not wait.
  dump = dump_of(id);
  EXPECT_EQ(look_at(id)->pcs.size(), 1u) << dump;
  EXPECT_EQ(dump.find("inner"), std::string::npos) << dump;
  EXPECT_NE(dump.find("outer"), std::string::npos) << dump;
  waiting.resume();
  EXPECT_TRUE(root.handle.done());
  root.handle.destroy();
  EXPECT_FALSE(look_at(id).has_value());
}

// One that nobody shows costs nothing and is not seen.
TEST(Coroutines, NeedNotBeShown) {
  const std::size_t before = task_count();
  std::coroutine_handle<> waiting;
  const Coroutine root = outer(waiting);
  root.handle.resume();
  EXPECT_EQ(task_count(), before);
  waiting.resume();
  waiting.resume();
  EXPECT_TRUE(root.handle.done());
  root.handle.destroy();
}

#endif

}  // namespace
