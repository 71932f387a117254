// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <plumb/rt/chan.h>
#include <plumb/rt/panic.h>
#include <plumb/rt/sync.h>

#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/settle.h"

// Not in the library's namespace: its own frames are hidden.
namespace {

using namespace plumb::rt;

using namespace std::chrono_literals;

TEST(Mutex, LetsOneInAtATime) {
  mutex guard;
  int inside = 0;
  int total = 0;
  wait_group group;
  for (int i = 0; i < 20; ++i) {
    group.go([&] {
      for (int n = 0; n < 50; ++n) {
        const std::lock_guard lock(guard);
        EXPECT_EQ(++inside, 1);
        if (n % 10 == 0) yield();
        --inside;
        ++total;
      }
    });
  }
  group.wait();
  EXPECT_EQ(total, 1000);
}

TEST(Mutex, GoesToWhoWaitsLongest) {
  mutex guard;
  guard.lock();
  EXPECT_FALSE(guard.try_lock());
  const auto order = make_chan<int>(3);
  for (int i = 0; i < 3; ++i) {
    go([&, i] {
      guard.lock();
      order.send(i);
      guard.unlock();
    });
    // Another worker may take the next task, and be quicker.
    while (plumb::test::count_waiting(WaitReason::MutexLock) <= i) sleep_for(100us);
  }
  guard.unlock();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(order.recv(), i);
  while (!guard.try_lock()) yield();
  guard.unlock();
}

TEST(Semaphore, PanicsOfNegativeCounts) {
  semaphore permits(1);
  EXPECT_THROW(permits.acquire(-1), panic_error);
  EXPECT_THROW(permits.try_acquire(-1), panic_error);
  EXPECT_THROW(permits.release(-1), panic_error);
  EXPECT_TRUE(permits.try_acquire());
  EXPECT_FALSE(permits.try_acquire());
}

TEST(Mutex, PanicsWhenNotLocked) {
  mutex guard;
  EXPECT_THROW(guard.unlock(), panic_error);
  rwmutex shared;
  EXPECT_THROW(shared.unlock(), panic_error);
  EXPECT_THROW(shared.unlock_shared(), panic_error);
}

TEST(RwMutex, LetsManyReadersOrOneWriterIn) {
  rwmutex guard;
  int value = 0;
  wait_group group;
  for (int i = 0; i < 4; ++i) {
    group.go([&] {
      for (int n = 0; n < 50; ++n) {
        const std::lock_guard lock(guard);
        const int before = value;
        yield();
        value = before + 1;
      }
    });
    group.go([&] {
      for (int n = 0; n < 50; ++n) {
        const std::shared_lock lock(guard);
        const int before = value;
        yield();
        EXPECT_EQ(value, before);
      }
    });
  }
  group.wait();
  EXPECT_EQ(value, 200);
}

TEST(RwMutex, ReadersDoNotOvertakeAWaitingWriter) {
  rwmutex guard;
  guard.lock_shared();
  EXPECT_TRUE(guard.try_lock_shared());
  guard.unlock_shared();
  const auto written = make_chan<unit>();
  go([&] {
    guard.lock();
    written.send({});
    guard.unlock();
  });
  while (guard.try_lock_shared()) {  // Until the writer waits.
    guard.unlock_shared();
    yield();
  }
  EXPECT_FALSE(guard.try_lock());
  guard.unlock_shared();
  written.recv();
  guard.lock_shared();
  guard.unlock_shared();
}

TEST(Cond, WakesOneOrAll) {
  mutex guard;
  cond changed;
  int permits = 0;
  int passed = 0;
  wait_group group;
  for (int i = 0; i < 5; ++i) {
    group.go([&] {
      std::unique_lock lock(guard);
      changed.wait(lock, [&] { return permits > 0; });
      --permits;
      ++passed;
    });
  }
  const auto grant = [&](int count) {
    const std::lock_guard lock(guard);
    permits += count;
  };
  grant(1);
  changed.notify_one();
  const auto has_passed = [&](int count) {
    const std::lock_guard lock(guard);
    return passed >= count;
  };
  while (!has_passed(1)) {
    sleep_for(100us);
    changed.notify_one();
  }
  grant(4);
  changed.notify_all();
  group.wait();
  EXPECT_EQ(passed, 5);
}

TEST(WaitGroup, WaitsForAll) {
  wait_group group;
  group.wait();  // For nobody.
  std::atomic<int> ended{0};
  for (int i = 0; i < 100; ++i) group.go([&] { ++ended; });
  group.wait();
  EXPECT_EQ(ended, 100);
  EXPECT_THROW(group.done(), panic_error);
}

TEST(Semaphore, BoundsHowManyAreInside) {
  semaphore permits(3);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  wait_group group;
  for (int i = 0; i < 30; ++i) {
    group.go([&] {
      permits.acquire();
      const int now = ++inside;
      for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
      }
      sleep_for(100us);
      --inside;
      permits.release();
    });
  }
  group.wait();
  EXPECT_LE(most, 3);
  EXPECT_FALSE(permits.try_acquire(4));
  EXPECT_TRUE(permits.try_acquire(3));
}

TEST(Semaphore, SmallRequestsDoNotOvertakeLargeOnes) {
  semaphore permits(2);
  permits.acquire(2);
  const auto order = make_chan<int>(2);
  wait_group group;
  for (const int wanted : {2, 1}) {
    group.go([&, wanted] {
      permits.acquire(wanted);
      order.send(wanted);
      permits.release(wanted);
    });
    plumb::test::settle();
  }
  permits.release(1);
  plumb::test::settle();
  EXPECT_EQ(order.len(), 0u);
  permits.release(1);
  EXPECT_EQ(order.recv(), 2);
  EXPECT_EQ(order.recv(), 1);
  group.wait();
}

TEST(Once, RunsOnceAndMakesOthersWait) {
  once first;
  std::atomic<int> runs{0};
  wait_group group;
  for (int i = 0; i < 10; ++i) {
    group.go([&] {
      first.call([&] {
        sleep_for(1ms);
        ++runs;
      });
      EXPECT_EQ(runs, 1);
    });
  }
  group.wait();
  EXPECT_EQ(runs, 1);
}

TEST(Once, CountsAnExceptionAsHavingRun) {
  once first;
  EXPECT_THROW(first.call([] { throw std::runtime_error("no"); }), std::runtime_error);
  first.call([] { FAIL(); });
}

}  // namespace
