// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <plumb/rt/chan.h>
#include <plumb/rt/leak.h>
#include <plumb/rt/select.h>

#include <mutex>
#include <vector>

#include "support/settle.h"

// Not in the library's namespace: its own frames are hidden.
namespace {

using namespace plumb::rt;

using namespace std::chrono_literals;

/// Collects the reports of its lifetime.
class Reports {
 public:
  Reports() {
    on_leak([this](const leak& found) {
      const std::scoped_lock lock(mutex_);
      leaks_.push_back(found);
    });
  }
  ~Reports() { on_leak({}); }
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;

  std::vector<leak> wait_for(std::size_t count) {
    for (int i = 0; i < 2000; ++i) {
      {
        const std::scoped_lock lock(mutex_);
        if (leaks_.size() >= count) break;
      }
      sleep_for(1ms);
    }
    const std::scoped_lock lock(mutex_);
    return leaks_;
  }

 private:
  std::mutex mutex_;
  std::vector<leak> leaks_;
};

TEST(LeakByCount, SenderWithoutReceiver) {
  Reports reports;
  auto [sender, receiver] = make_pipe<int>();
  const void* const id = sender.id();
  const task_id task = go([sender = std::move(sender)] { sender.send(1); });
  plumb::test::settle();
  EXPECT_TRUE(reports.wait_for(0).empty());
  receiver.reset();
  const std::vector<leak> leaks = reports.wait_for(1);
  ASSERT_EQ(leaks.size(), 1u);
  EXPECT_EQ(leaks[0].id, task);
  EXPECT_EQ(leaks[0].reason, WaitReason::ChanSend);
  EXPECT_EQ(leaks[0].object, id);
  EXPECT_EQ(leaks[0].creator, current_id());
  EXPECT_NE(leaks[0].created_by, 0u);
}

TEST(LeakByCount, TextNamesTaskReasonAndCreator) {
  Reports reports;
  {
    auto [sender, receiver] = make_pipe<int>();
    go([receiver = std::move(receiver)] { receiver.recv(); });
    plumb::test::settle();
  }
  const std::vector<leak> leaks = reports.wait_for(1);
  ASSERT_EQ(leaks.size(), 1u);
  const std::string text = describe(leaks[0]);
  EXPECT_NE(text.find("[chan receive (leaked)]: proved by count: no sender to 0x"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("created by "), std::string::npos) << text;
  EXPECT_NE(text.find("leak_test.cc:"), std::string::npos) << text;
}

TEST(LeakByCount, WhoWaitsAfterTheLastEndIsGone) {
  Reports reports;
  auto [sender, receiver] = make_pipe<int>();
  receiver.reset();
  go([sender = std::move(sender)] { sender.send(1); });
  EXPECT_EQ(reports.wait_for(1).size(), 1u);
}

TEST(LeakByCount, NotWhileACopyOfTheEndExists) {
  Reports reports;
  auto [sender, receiver] = make_pipe<int>();
  go([sender = std::move(sender)] { sender.send(1); });
  plumb::test::settle();
  const Receiver<int> copy = receiver;
  receiver.reset();
  EXPECT_EQ(copy.recv(), 1);
  EXPECT_TRUE(reports.wait_for(0).empty());
}

TEST(LeakByCount, NotAfterClose) {
  Reports reports;
  auto [sender, receiver] = make_pipe<int>();
  const auto done = make_chan<bool>();
  go([=, receiver = std::move(receiver)] { done.send(receiver.recv().has_value()); });
  plumb::test::settle();
  sender.close();
  sender.reset();
  EXPECT_EQ(done.recv(), false);
  EXPECT_TRUE(reports.wait_for(0).empty());
}

TEST(LeakByCount, SelectOnlyWhenAllItsCasesAreLost) {
  Reports reports;
  auto [one, from_one] = make_pipe<int>();
  auto [two, from_two] = make_pipe<int>();
  go([a = std::move(from_one), b = std::move(from_two)] {
    select(on_recv(a, [](auto) {}), on_recv(b, [](auto) {}));
  });
  plumb::test::settle();
  one.reset();
  plumb::test::settle();
  EXPECT_TRUE(reports.wait_for(0).empty());
  two.reset();
  const std::vector<leak> leaks = reports.wait_for(1);
  ASSERT_EQ(leaks.size(), 1u);
  EXPECT_EQ(leaks[0].reason, WaitReason::Select);
}

TEST(LeakByCount, NotASelectThatTimesOut) {
  Reports reports;
  auto [sender, receiver] = make_pipe<int>();
  const auto done = make_chan<unit>();
  go([=, receiver = std::move(receiver)] {
    select(on_recv(receiver, [](auto) {}), on_timeout(5ms, [] {}));
    done.send({});
  });
  plumb::test::settle();
  sender.reset();
  done.recv();
  EXPECT_TRUE(reports.wait_for(0).empty());
}

TEST(LeakByCount, NilChannelsNeedNoProof) {
  Reports reports;
  go([] { chan<int>().recv(); });
  go([] { select(); });
  const std::vector<leak> leaks = reports.wait_for(2);
  ASSERT_EQ(leaks.size(), 2u);
}

}  // namespace
