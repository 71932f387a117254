// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <plumb/rt/context.h>
#include <plumb/rt/errgroup.h>
#include <plumb/rt/panic.h>
#include <plumb/rt/select.h>
#include <plumb/rt/time.h>

#include <stdexcept>
#include <string>

// Not in the library's namespace: its own frames are hidden.
namespace {

using namespace plumb::rt;
using namespace std::chrono_literals;

TEST(Context, BackgroundIsNeverDone) {
  const context background;
  EXPECT_FALSE(background.done());
  EXPECT_EQ(background.err(), context_error::none);
  EXPECT_FALSE(background.deadline());
}

TEST(Context, CancelReachesAllBelow) {
  const auto [parent, cancel] = with_cancel({});
  const auto [child, cancel_child] = with_cancel(parent);
  static const int kKey = 0;
  const context below = with_value(child, kKey, 5);
  EXPECT_EQ(below.err(), context_error::none);
  cancel();
  below.done().recv();
  EXPECT_EQ(below.err(), context_error::canceled);
  EXPECT_EQ(child.err(), context_error::canceled);
  EXPECT_EQ(to_string(parent.err()), "context canceled");
  cancel();  // Again.
}

TEST(Context, CancelDoesNotReachAbove) {
  const auto [parent, cancel] = with_cancel({});
  const auto [child, cancel_child] = with_cancel(parent);
  cancel_child();
  EXPECT_EQ(child.err(), context_error::canceled);
  EXPECT_EQ(parent.err(), context_error::none);
}

TEST(Context, MadeFromOneThatIsDoneIsDone) {
  const auto [parent, cancel] = with_cancel({});
  cancel();
  const auto [child, cancel_child] = with_cancel(parent);
  EXPECT_EQ(child.err(), context_error::canceled);
}

TEST(Context, IsDoneAtItsDeadline) {
  const auto [ctx, cancel] = with_timeout({}, 3ms);
  ASSERT_TRUE(ctx.deadline());
  const context_error early = ctx.err();
  if (context::clock::now() < *ctx.deadline()) {
    EXPECT_EQ(early, context_error::none);
  }
  ctx.done().recv();
  EXPECT_GE(context::clock::now(), *ctx.deadline());
  EXPECT_EQ(to_string(ctx.err()), "context deadline exceeded");
}

TEST(Context, TheEarlierDeadlineHolds) {
  const auto [parent, cancel] = with_timeout({}, 2ms);
  const auto [child, cancel_child] = with_timeout(parent, 1h);
  EXPECT_EQ(child.deadline(), parent.deadline());
  child.done().recv();
  EXPECT_EQ(child.err(), context_error::deadline_exceeded);
  const auto [past, cancel_past] = with_timeout({}, -1ms);
  EXPECT_EQ(past.err(), context_error::deadline_exceeded);
}

TEST(Context, CancelStopsTheTimer) {
  const std::size_t before = task_count();
  for (int i = 0; i < 100; ++i) {
    const auto [ctx, cancel] = with_timeout({}, 200ms);  // Longer than a thread stands still.
    cancel();
    EXPECT_EQ(ctx.err(), context_error::canceled);
  }
  sleep_for(250ms);
  EXPECT_LE(task_count(), before);
}

TEST(Context, HasTheNearestValue) {
  static const std::string kUser;
  static const int kDepth = 0;
  const context one = with_value({}, kUser, std::string("ann"));
  const context two = with_value(one, kDepth, 2);
  const context three = with_value(two, kUser, std::string("bob"));
  EXPECT_EQ(*three.value(kUser), "bob");
  EXPECT_EQ(*two.value(kUser), "ann");
  EXPECT_EQ(*three.value(kDepth), 2);
  EXPECT_EQ(one.value(kDepth), nullptr);
}

TEST(Errgroup, WaitsForAll) {
  errgroup group;
  std::atomic<int> ended{0};
  for (int i = 0; i < 20; ++i) group.go([&] { ++ended; });
  group.wait();
  EXPECT_EQ(ended, 20);
  EXPECT_EQ(group.ctx().err(), context_error::canceled);
}

TEST(Errgroup, TheFirstFailureEndsTheOthersAndIsThrown) {
  errgroup group;
  for (int i = 0; i < 5; ++i) {
    group.go([&] {
      group.ctx().done().recv();
      throw std::logic_error("late");
    });
  }
  group.go([] { throw std::runtime_error("first"); });
  try {
    group.wait();
    FAIL();
  } catch (const std::runtime_error& thrown) {
    EXPECT_STREQ(thrown.what(), "first");
  }
}

TEST(Errgroup, RunsNoMoreThanItsLimit) {
  errgroup group({}, 2);
  std::atomic<int> inside{0};
  for (int i = 0; i < 10; ++i) {
    group.go([&] {
      EXPECT_LE(++inside, 2);
      sleep_for(200us);
      --inside;
    });
  }
  group.wait();
}

TEST(Ticker, TicksAndDropsWhatIsNotReceived) {
  ticker ticks(1ms);
  const auto first = ticks.channel().recv();
  const auto second = ticks.channel().recv();
  EXPECT_GT(*second, *first);
  sleep_for(10ms);
  EXPECT_EQ(ticks.channel().len(), 1u);
  ticks.stop();
  ticks.channel().try_recv();
  sleep_for(3ms);
  EXPECT_EQ(ticks.channel().len(), 0u);
  EXPECT_THROW(ticker(0ms), panic_error);
}

TEST(After, SendsOnce) {
  const auto start = std::chrono::steady_clock::now();
  const auto ch = after(2ms);
  EXPECT_GE(*ch.recv() - start, 2ms);
  EXPECT_EQ(ch.try_recv(), std::nullopt);
  after(1ms);  // Nobody keeps the channel.
  sleep_for(3ms);
}

}  // namespace
