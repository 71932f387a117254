// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <plumb/rt/chan.h>
#include <plumb/rt/go.h>
#include <plumb/rt/panic.h>
#include <plumb/rt/select.h>

#include <array>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/settle.h"

// Not in the library's namespace: its own frames are hidden.
namespace {

using namespace plumb::rt;

using namespace std::chrono_literals;

template <typename F>
std::string panic_of(F&& f) {
  try {
    f();
  } catch (const panic_error& panic) {
    return panic.what();
  }
  return "";
}

TEST(Chan, UnbufferedSendWaitsForItsReceiver) {
  const auto ch = make_chan<int>();
  std::atomic<bool> is_sent{false};
  const auto done = make_chan<unit>();
  go([&, ch] {
    ch.send(1);
    is_sent = true;
    done.send({});
  });
  plumb::test::settle();
  EXPECT_FALSE(is_sent);
  EXPECT_EQ(ch.recv(), 1);
  done.recv();
  EXPECT_TRUE(is_sent);
}

TEST(Chan, BufferedSendWaitsOnlyWhenFull) {
  const auto ch = make_chan<int>(2);
  EXPECT_TRUE(ch.try_send(1));
  EXPECT_TRUE(ch.try_send(2));
  EXPECT_FALSE(ch.try_send(3));
  EXPECT_EQ(ch.len(), 2u);
  EXPECT_EQ(ch.cap(), 2u);
  go([ch] { ch.send(3); });
  for (const int expected : {1, 2, 3}) EXPECT_EQ(ch.recv(), expected);
  EXPECT_EQ(ch.try_recv(), std::nullopt);
}

TEST(Chan, WaitingSendersComeInOrderBehindTheBuffer) {
  const auto ch = make_chan<int>(1);
  ch.send(0);
  for (int i = 1; i <= 3; ++i) {
    go([=] { ch.send(i); });
    // Another worker may take the next task, and be quicker.
    while (plumb::test::count_waiting(WaitReason::ChanSend) < i) sleep_for(100us);
  }
  for (int expected = 0; expected <= 3; ++expected) EXPECT_EQ(ch.recv(), expected);
}

TEST(Chan, CloseWakesReceiversWithNothing) {
  const auto ch = make_chan<int>();
  const auto got = make_chan<bool>(3);
  for (int i = 0; i < 3; ++i) go([=] { got.send(ch.recv().has_value()); });
  plumb::test::settle();
  ch.close();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(got.recv(), false);
  EXPECT_EQ(ch.recv(), std::nullopt);
}

TEST(Chan, WhatIsInTheBufferOutlivesClose) {
  const auto ch = make_chan<std::string>(3);
  ch.send("a");
  ch.send("b");
  ch.close();
  std::string all;
  for (const std::string& text : ch) all += text;
  EXPECT_EQ(all, "ab");
}

TEST(Chan, PanicsAsGoDoes) {
  const auto ch = make_chan<int>(1);
  ch.close();
  EXPECT_EQ(panic_of([&] { ch.close(); }), "close of closed channel");
  EXPECT_EQ(panic_of([&] { ch.send(1); }), "send on closed channel");
  EXPECT_EQ(panic_of([&] { ch.try_send(1); }), "send on closed channel");
  EXPECT_EQ(panic_of([&] { select(on_send(ch, 1, [] {})); }), "send on closed channel");
  EXPECT_EQ(panic_of([&] { chan<int>().close(); }), "close of nil channel");
}

TEST(Chan, CloseMakesWaitingSendersPanic) {
  const auto ch = make_chan<int>();
  const auto text = make_chan<std::string>(2);
  go([=] { text.send(panic_of([&] { ch.send(1); })); });
  go([=] { text.send(panic_of([&] { select(on_send(ch, 1, [] {})); })); });
  plumb::test::settle();
  ch.close();
  EXPECT_EQ(text.recv(), "send on closed channel");
  EXPECT_EQ(text.recv(), "send on closed channel");
}

TEST(Chan, NilChannelIsNeverReady) {
  const chan<int> nil;
  EXPECT_FALSE(nil);
  EXPECT_FALSE(nil.try_send(1));
  EXPECT_EQ(nil.try_recv(), std::nullopt);
  EXPECT_EQ(nil.len() + nil.cap(), 0u);
  bool was_default = false;
  select(on_recv(nil, [](auto) {}), on_send(nil, 1, [] {}),
         on_default([&] { was_default = true; }));
  EXPECT_TRUE(was_default);
}

TEST(Chan, MovesWithoutCopying) {
  const auto ch = make_chan<std::unique_ptr<int>>(1);
  ch.send(std::make_unique<int>(1));
  EXPECT_EQ(**ch.recv(), 1);
  go([ch] { ch.send(std::make_unique<int>(2)); });
  plumb::test::settle();
  EXPECT_EQ(**ch.recv(), 2);
  auto kept = std::make_unique<int>(3);
  const auto full = make_chan<std::unique_ptr<int>>();
  EXPECT_FALSE(full.try_send(std::move(kept)));
  ASSERT_NE(kept, nullptr);  // NOLINT(bugprone-use-after-move): that is the promise
  EXPECT_EQ(*kept, 3);
}

TEST(Chan, DestroysWhatNobodyReceived) {
  const auto watched = std::make_shared<int>(0);
  {
    const auto ch = make_chan<std::shared_ptr<int>>(4);
    for (int i = 0; i < 3; ++i) ch.send(watched);
    ch.recv();
    ch.send(watched);
    EXPECT_EQ(watched.use_count(), 4);
  }
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(Chan, CanBeSentThroughChannels) {
  const auto requests = make_chan<chan<int>>();
  go([=] { requests.recv()->send(5); });
  const auto reply = make_chan<int>();
  requests.send(reply);
  EXPECT_EQ(reply.recv(), 5);
}

TEST(Chan, RefusesSizesThatCannotBe) {
  EXPECT_EQ(panic_of([] { make_chan<std::array<char, 64>>(SIZE_MAX / 8); }),
            "makechan: size out of range");
}

TEST(Select, TakesWhatIsReady) {
  const auto a = make_chan<int>(1);
  const auto b = make_chan<int>(1);
  b.send(7);
  int got = 0;
  select(on_recv(a, [&](auto) { got = -1; }), on_recv(b, [&](auto v) { got = *v; }));
  EXPECT_EQ(got, 7);
}

TEST(Select, WaitsForTheFirst) {
  const auto a = make_chan<int>();
  const auto b = make_chan<int>();
  go([=] {
    sleep_for(1ms);
    b.send(3);
  });
  int got = 0;
  select(on_recv(a, [&](auto) { got = -1; }), on_recv(b, [&](auto v) { got = *v; }),
         on_timeout(10s, [&] { got = -2; }));
  EXPECT_EQ(got, 3);
}

TEST(Select, TimesOut) {
  const auto a = make_chan<int>();
  bool is_timeout = false;
  const auto start = std::chrono::steady_clock::now();
  select(on_recv(a, [](auto) {}), on_timeout(2ms, [&] { is_timeout = true; }));
  EXPECT_TRUE(is_timeout);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 2ms);
  EXPECT_FALSE(a.try_send(1));  // It is no longer waiting.
}

TEST(Select, SeesClosedChannels) {
  const auto a = make_chan<int>();
  a.close();
  bool is_closed = false;
  select(on_recv(a, [&](auto v) { is_closed = !v.has_value(); }));
  EXPECT_TRUE(is_closed);
}

TEST(Select, MayUseOneChannelTwice) {
  const auto a = make_chan<int>();
  const auto done = make_chan<int>(1);
  go([=] {
    select(on_recv(a, [&](auto v) { done.send(*v); }), on_recv(a, [&](auto v) { done.send(*v); }));
  });
  a.send(4);
  EXPECT_EQ(done.recv(), 4);
  bool was_sent = false;
  go([=] { a.recv(); });
  plumb::test::settle();
  select(on_send(a, 1, [&] { was_sent = true; }), on_recv(a, [](auto) {}));
  EXPECT_TRUE(was_sent);
}

TEST(Select, TwoSelectsMeet) {
  const auto a = make_chan<int>();
  const auto b = make_chan<int>();
  const auto done = make_chan<int>(2);
  go([=] {
    select(on_send(a, 1, [&] { done.send(1); }), on_recv(b, [&](auto) { done.send(2); }));
  });
  go([=] {
    select(on_recv(a, [&](auto) { done.send(1); }), on_send(b, 2, [&] { done.send(2); }));
  });
  EXPECT_EQ(done.recv(), done.recv());
}

TEST(Select, IsFairBetweenReadyCases) {
  constexpr int kRounds = 3000;
  std::array<chan<int>, 3> chans;
  for (auto& ch : chans) ch = make_chan<int>(1);
  std::array<int, 3> counts{};
  for (int i = 0; i < kRounds; ++i) {
    for (auto& ch : chans) ch.try_send(0);
    select(on_recv(chans[0], [&](auto) { ++counts[0]; }),
           on_recv(chans[1], [&](auto) { ++counts[1]; }),
           on_recv(chans[2], [&](auto) { ++counts[2]; }));
  }
  // Each is expected 1000 times with a standard deviation of 26.
  for (const int count : counts) EXPECT_NEAR(count, kRounds / 3, 160);
}

TEST(SelectSet, TakesAnyNumberOfCases) {
  std::vector<chan<int>> chans;
  for (int i = 0; i < 40; ++i) chans.push_back(make_chan<int>(1));
  int got = 0;
  const auto make = [&] {
    select_set set;
    for (const auto& ch : chans) set.add_recv(ch, [&](auto v) { got = *v; });
    return set;
  };
  EXPECT_EQ(make().try_run(), -1);
  EXPECT_EQ(make().run_for(1ms), -1);
  chans[33].send(9);
  EXPECT_EQ(make().run(), 33);
  EXPECT_EQ(got, 9);
  go([&] {
    sleep_for(1ms);
    chans[5].send(8);
  });
  EXPECT_EQ(make().run(), 5);
  EXPECT_EQ(got, 8);
}

// Values go through a tree of tasks on several workers: nothing is lost, doubled or out of order.
TEST(Chan, CarriesEveryValueOnce) {
  constexpr int kSenders = 8;
  constexpr int kEach = 500;
  for (const std::size_t capacity : {0u, 1u, 7u}) {
    const auto ch = make_chan<std::pair<int, int>>(capacity);
    const auto other = make_chan<std::pair<int, int>>();
    for (int s = 0; s < kSenders; ++s) {
      go([=] {
        for (int i = 0; i < kEach; ++i) {
          if (s % 2 == 0) {
            ch.send({s, i});
          } else {
            select(on_send(ch, {s, i}, [] {}), on_recv(other, [](auto) {}));
          }
        }
      });
    }
    std::array<int, kSenders> next{};
    for (int n = 0; n < kSenders * kEach; ++n) {
      std::pair<int, int> got;
      if (n % 3 == 0) {
        select(on_recv(ch, [&](auto v) { got = *v; }), on_recv(other, [](auto) {}));
      } else {
        got = *ch.recv();
      }
      EXPECT_EQ(got.second, next[static_cast<std::size_t>(got.first)]++);
    }
    EXPECT_EQ(ch.try_recv(), std::nullopt);
  }
}

TEST(Chan, WorksBetweenThreads) {
  const auto ch = make_chan<int>();
  std::thread thread([=] {
    for (int i = 0; i < 200; ++i) ch.send(i);
    ch.close();
  });
  int next = 0;
  for (const int value : ch) EXPECT_EQ(value, next++);
  EXPECT_EQ(next, 200);
  thread.join();
}

}  // namespace
