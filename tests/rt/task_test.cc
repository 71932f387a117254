// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <plumb/rt/chan.h>
#include <plumb/rt/context.h>
#include <plumb/rt/go.h>
#include <plumb/rt/panic.h>
#include <plumb/rt/select.h>
#include <plumb/rt/task_local.h>
#include <plumb/rt/time.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

// Not in the library's namespace: its own frames are hidden.
namespace {

using namespace plumb::rt;

using namespace std::chrono_literals;

TEST(Task, RunsAndPassesItsResultOn) {
  const auto done = make_chan<int>();
  go([=] { done.send(42); });
  EXPECT_EQ(done.recv(), 42);
}

TEST(Task, HasAnIdOfItsOwn) {
  const auto ids = make_chan<task_id>(100);
  std::set<task_id> returned;
  for (int i = 0; i < 100; ++i) returned.insert(go([=] { ids.send(current_id()); }));
  std::set<task_id> seen;
  for (int i = 0; i < 100; ++i) seen.insert(*ids.recv());
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_EQ(seen, returned);
  EXPECT_FALSE(seen.contains(current_id()));
}

TEST(Task, IsCountedUntilItEnds) {
  const std::size_t before = task_count();
  const auto gate = make_chan<unit>();
  for (int i = 0; i < 10; ++i) go([=] { gate.recv(); });
  EXPECT_EQ(task_count(), before + 10);
  gate.close();
  while (task_count() > before) yield();
}

TEST(Task, StaysOnTheThreadThatFirstRanIt) {
  constexpr int kTasks = 50;
  const auto verdicts = make_chan<bool>();
  for (int i = 0; i < kTasks; ++i) {
    go([=] {
      const auto thread = std::this_thread::get_id();
      bool is_same = true;
      for (int n = 0; n < 20; ++n) {
        if (n % 5 == 0) {
          sleep_for(100us);
        } else {
          yield();
        }
        is_same = is_same && thread == std::this_thread::get_id();
      }
      verdicts.send(is_same);
    });
  }
  for (int i = 0; i < kTasks; ++i) EXPECT_EQ(verdicts.recv(), true);
}

TEST(Task, KeepsItsExceptionsToItself) {
  const auto seen = make_chan<std::string>(2);
  const auto turn = make_chan<unit>();
  const auto work = [=](const char* text, bool is_first) {
    try {
      throw std::runtime_error(text);
    } catch (...) {
      if (is_first) {
        turn.send({});
      } else {
        turn.recv();
      }
      yield();
      try {
        throw;
      } catch (const std::exception& again) {
        seen.send(again.what());
      }
    }
  };
  go([=] { work("one", true); });
  go([=] { work("two", false); });
  EXPECT_EQ((std::set<std::string>{*seen.recv(), *seen.recv()}),
            (std::set<std::string>{"one", "two"}));
}

TEST(Task, TakesMoveOnlyAndLargeFunctions) {
  const auto done = make_chan<int>();
  auto owned = std::make_unique<int>(7);
  go([done, owned = std::move(owned)] { done.send(*owned); });
  EXPECT_EQ(done.recv(), 7);
  std::array<char, 10'000> large{};
  large.back() = 9;
  go([done, large] { done.send(large.back()); });
  EXPECT_EQ(done.recv(), 9);
}

TEST(Task, DestroysWhatItWasMadeOf) {
  const auto watched = std::make_shared<int>(1);
  const auto done = make_chan<unit>();
  go([=] {
    done.send({});
    static_cast<void>(*watched);
  });
  done.recv();
  while (watched.use_count() != 1) yield();
}

TEST(Task, SleepsAtLeastAsLongAsAsked) {
  const auto took = make_chan<std::chrono::nanoseconds>();
  go([=] {
    const auto start = std::chrono::steady_clock::now();
    sleep_for(3ms);
    took.send(std::chrono::steady_clock::now() - start);
  });
  EXPECT_GE(*took.recv(), 3ms);
}

TEST(Task, SleepersWakeInTheOrderOfTheirTimes) {
  const auto order = make_chan<int>(3);
  go([=] {
    for (const int ms : {201, 1, 101}) {  // Far apart, for a busy machine.
      go([=] {
        sleep_for(std::chrono::milliseconds(ms));
        order.send(ms);
      });
    }
  });
  EXPECT_EQ(order.recv(), 1);
  EXPECT_EQ(order.recv(), 101);
  EXPECT_EQ(order.recv(), 201);
}

TEST(Task, BlocksAThreadOfAnotherKindOnly) {
  const auto done = make_chan<int>();
  const auto worker = make_chan<std::thread::id>();
  go([=] {
    const auto mine = std::this_thread::get_id();
    const int value = blocking([&] {
      EXPECT_NE(std::this_thread::get_id(), mine);
      std::this_thread::sleep_for(1ms);
      return 5;
    });
    EXPECT_EQ(std::this_thread::get_id(), mine);
    done.send(value);
  });
  EXPECT_EQ(done.recv(), 5);
}

TEST(Task, BlockingThrowsWhatItsFunctionThrows) {
  const auto text = make_chan<std::string>();
  go([=] {
    try {
      blocking([] { throw std::runtime_error("from there"); });
    } catch (const std::exception& thrown) {
      text.send(thrown.what());
    }
  });
  EXPECT_EQ(text.recv(), "from there");
}

task_local<int> local;

TEST(Task, HasLocalsOfItsOwn) {
  *local = 1;
  const auto sum = make_chan<int>(2);
  for (int i = 0; i < 2; ++i) {
    go([=] {
      *local += 10;
      yield();
      sum.send(*local);
    });
  }
  EXPECT_EQ(*sum.recv() + *sum.recv(), 20);
  EXPECT_EQ(*local, 1);
}

TEST(Task, ManyMayWaitAtOnce) {
  constexpr int kTasks = 500;
  const auto gate = make_chan<unit>();
  const auto done = make_chan<int>(kTasks);
  for (int i = 0; i < kTasks; ++i) {
    go([=] {
      gate.recv();
      done.send(i);
    });
  }
  gate.close();
  std::int64_t sum = 0;
  for (int i = 0; i < kTasks; ++i) sum += *done.recv();
  EXPECT_EQ(sum, std::int64_t{kTasks} * (kTasks - 1) / 2);
}

TEST(TaskDeathTest, UncaughtExceptionNamesTheTask) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        go([] { throw std::runtime_error("out of cheese"); });
        std::this_thread::sleep_for(10s);
      },
      "panic: out of cheese\n\ngoroutine [0-9]+ \\[running\\]:\ncreated by .* in goroutine");
}

// Waits in all the ways that need a timer, before and after the workers have ended.
[[noreturn]] void wait_after_shutdown() {
  alarm(20);
  go([] {});
  const auto armed_before = after(300ms);
  std::thread sleeper([] { sleep_for(300ms); });
  if (shutdown(10s) != 0) std::_Exit(1);
  armed_before.recv();
  sleeper.join();
  sleep_for(1ms);
  bool is_late = false;
  select(on_recv(make_chan<int>(), [](auto) {}), on_timeout(1ms, [&] { is_late = true; }));
  after(1ms).recv();
  const auto [limited, cancel] = with_timeout({}, 1ms);
  limited.done().recv();
  ticker ticks(1ms);
  for (int i = 0; i < 3; ++i) ticks.channel().recv();
  const bool is_done = is_late && limited.err() == context_error::deadline_exceeded;
  std::_Exit(is_done ? 0 : 1);
}

TEST(TaskDeathTest, ThreadsWaitAfterShutdown) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(wait_after_shutdown(), testing::ExitedWithCode(0), "");
}

[[noreturn]] void go_after_shutdown() {
  go([] {});
  shutdown(10s);
  try {
    go([] {});
  } catch (const panic_error&) {
    std::_Exit(0);
  }
  std::_Exit(1);
}

TEST(TaskDeathTest, GoPanicsAfterShutdown) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(go_after_shutdown(), testing::ExitedWithCode(0), "");
}

}  // namespace
