// SPDX-License-Identifier: Apache-2.0
// Proof by scan: what is leaked is found, and nothing that something still leads to, wherever the
// reference is hidden.

#include <gtest/gtest.h>
#include <plumb/rt/chan.h>
#include <plumb/rt/go.h>
#include <plumb/rt/leak.h>
#include <plumb/rt/select.h>
#include <plumb/rt/sync.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "rt/switch_context.h"
#include "support/dice.h"
#include "support/settle.h"

// Not in the library's namespace: its own frames are hidden.
namespace {

using namespace plumb::rt;
using namespace std::chrono_literals;

class LeakByScan : public testing::Test {
 protected:
  void SetUp() override {
#if defined(PLUMB_RT_ASAN) || defined(PLUMB_RT_TSAN)
    GTEST_SKIP() << "memory is not as the scan expects it under a sanitizer";
#endif
    on_leak([this](const leak& found) {
      const std::scoped_lock lock(mutex_);
      found_.insert(found.id);
    });
  }
  void TearDown() override {
    on_leak({});
  }

  /// The tasks that a scan proves to be leaked. On a busy machine it may have to be tried again.
  std::set<task_id> scan() {
    {
      const std::scoped_lock lock(mutex_);
      found_.clear();
    }
    std::string error;
    long count = -1;
    for (int i = 0; i < 20 && count < 0; ++i) count = find_leaks(&error);
    EXPECT_GE(count, 0) << error;
    const std::scoped_lock lock(mutex_);
    return found_;
  }

  bool finds_what_it_leaks();

 private:
  std::mutex mutex_;
  std::set<task_id> found_;
};

// Frames that are gone leave words behind, which would keep leaks alive.
[[gnu::noinline]] void scrub_stack() {
  volatile char words[32 << 10];
  for (std::size_t i = 0; i < sizeof words; ++i) words[i] = 0;
}

[[gnu::noinline]] task_id leak_own_channel() {
  return go([] { make_chan<int>().recv(); });
}
[[gnu::noinline]] task_id leak_captured_channel() {
  const auto ch = make_chan<int>();
  return go([ch] { ch.send(1); });
}
[[gnu::noinline]] std::vector<task_id> leak_pair() {
  const auto a = make_chan<int>();
  const auto b = make_chan<int>();
  return {go([a, b] {
            a.recv();
            b.send(1);
          }),
          go([a, b] {
            b.recv();
            a.send(1);
          })};
}
[[gnu::noinline]] task_id leak_select() {
  const auto a = make_chan<int>();
  const auto b = make_chan<int>();
  return go([a, b] { select(on_recv(a, [](auto) {}), on_send(b, 1, [] {})); });
}

/// True if a scan proves all of five new leaks, and does so once.
bool LeakByScan::finds_what_it_leaks() {
  std::set<task_id> leaked = {leak_own_channel(), leak_captured_channel(), leak_select()};
  for (const task_id id : leak_pair()) leaked.insert(id);
  std::set<task_id> found;
  // Not settle(): looking at tasks leaves words behind as well.
  for (int tries = 0; tries < 20 && found.size() < leaked.size(); ++tries) {
    sleep_for(10ms);
    scrub_stack();
    found.merge(scan());
  }
  return found == leaked && scan().empty();
}

// What other tests have left in freed memory may look like a reference: in a process of its own.
TEST_F(LeakByScan, FindsWhatNothingLeadsTo) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  // A word that was left behind anywhere keeps what it looks like a reference to, seldom, and not
  // each time.
  const auto find_all = [this] {
    for (int i = 0; i < 5; ++i) {
      if (finds_what_it_leaks()) std::_Exit(0);
    }
    std::_Exit(1);
  };
  EXPECT_EXIT(find_all(), testing::ExitedWithCode(0), "");
}

chan<int> in_a_global;
thread_local chan<int> in_a_thread_local;
std::uint64_t tagged = 0;

TEST_F(LeakByScan, NeverReportsWhatSomethingLeadsTo) {
  std::map<task_id, std::string> live;
  const auto wait = [&](const char* how, const chan<int>& ch) {
    live[go([ch] { ch.recv(); })] = how;
  };
  const auto gate = make_chan<unit>();
  {
    in_a_global = make_chan<int>();
    wait("in a global", in_a_global);
    in_a_thread_local = make_chan<int>();
    wait("in a thread_local", in_a_thread_local);
  }
  auto in_the_heap = std::make_unique<chan<int>>(make_chan<int>());
  wait("in the heap", *in_the_heap);
  {
    const auto ch = make_chan<int>();
    go([ch, gate] {
      sleep_for(1h);
      ch.send(1);
    });
    wait("a sleeper has it", ch);
  }
  {
    const auto first = make_chan<int>();
    const auto second = make_chan<int>();
    static std::unique_ptr<chan<int>> start;
    start = std::make_unique<chan<int>>(first);
    live[go([first, second] {
      first.recv();
      second.send(1);
    })] = "waits for what is live";
    wait("through one that waits, but is live", second);
  }
  {
    live[go([gate] {
      const auto own = make_chan<int>();
      const chan<int>* const reference = &own;
      go([reference] {
        sleep_for(1h);
        reference->send(1);
      });
      own.recv();
    })] = "a sleeper has a reference into its stack";
  }
  {
    const auto ch = make_chan<int>(1);
    const auto carrier = make_chan<chan<int>>(1);
    carrier.send(ch);
    static chan<chan<int>> kept;
    kept = carrier;
    wait("in the buffer of a channel", ch);
  }
  {
    const auto ch = make_chan<int>();
    live[go([ch] { select(on_recv(ch, [](auto) {}), on_timeout(1h, [] {})); })] = "a timeout";
  }
  {
    const auto ch = make_chan<int>();
    // A reference of which every word is inverted: the program has to say so.
    ch.pin();
    alignas(chan<int>) static std::byte encoded[sizeof(chan<int>)];
    ::new (encoded) chan<int>(ch);
    for (std::byte& byte : encoded) byte = ~byte;
    wait("encoded, and pinned", ch);
  }
  {
    const auto ch = make_chan<int>();
    tagged = reinterpret_cast<std::uint64_t>(ch.id()) | (std::uint64_t{0x1234} << 48);
    wait("tagged in its upper bits", ch);
  }
  EXPECT_NE(tagged, 0u);
  plumb::test::settle();
  for (int i = 0; i < 3; ++i) {
    for (const task_id id : scan()) EXPECT_FALSE(live.contains(id)) << live[id];
  }
}

// While the first step of a scan goes on, tasks come that have the only references.
TEST_F(LeakByScan, NeverReportsWhatNewTasksLeadTo) {
  const int rounds = static_cast<int>(plumb::test::fewer_if_slow(20));
  std::atomic<bool> is_over{false};
  std::set<task_id> live;
  std::mutex mutex;
  std::thread maker([&] {
    while (!is_over) {
      auto ch = make_chan<int>();
      {
        const std::scoped_lock lock(mutex);
        live.insert(go([ch] { ch.recv(); }));
      }
      go([ch = std::move(ch)] {  // The only one, in a stack that may be new.
        sleep_for(20ms);
        ch.send(1);
      });
    }
  });
  while (task_count() < 100) std::this_thread::yield();
  for (int i = 0; i < rounds; ++i) {
    const std::set<task_id> found = scan();
    const std::scoped_lock lock(mutex);
    for (const task_id id : found) EXPECT_FALSE(live.contains(id));
  }
  is_over = true;
  maker.join();
}

// A task that waits is given a reference by another one, which has a reference into its stack.
TEST_F(LeakByScan, NeverReportsWhatIsPutIntoTheStackOfOneThatWaits) {
  const int rounds = static_cast<int>(plumb::test::fewer_if_slow(20));
  constexpr std::size_t kPlaces = 4;
  std::atomic<bool> is_over{false};
  std::array<chan<int>*, kPlaces> places{};
  const auto gate = make_chan<unit>();
  std::atomic<std::size_t> ready_count{0};
  for (auto& place : places) {
    go([&] {
      chan<int> here;
      place = &here;
      ++ready_count;
      gate.recv();
    });
  }
  while (ready_count != kPlaces) sleep_for(1ms);
  auto moved = make_chan<int>();
  const task_id live = go([moved] { moved.recv(); });
  plumb::test::settle();
  *places[0] = std::move(moved);
  std::thread mover([&] {
    plumb::test::Dice dice(1);
    std::size_t at = 0;
    while (!is_over) {
      const std::size_t to = (at + 1 + dice.below(kPlaces - 1)) % kPlaces;
      *places[to] = std::move(*places[at]);
      at = to;
    }
    places[at]->send(1);
  });
  for (int i = 0; i < rounds; ++i) EXPECT_FALSE(scan().contains(live));
  is_over = true;
  mover.join();
  gate.close();
}

// References move between heap, thread-local memory, stacks and registers while scans go on.
TEST_F(LeakByScan, NeverReportsWhatMoves) {
  const int rounds = static_cast<int>(plumb::test::fewer_if_slow(20));
  constexpr int kMovers = 3;
  std::atomic<bool> is_over{false};
  std::vector<std::thread> movers;
  std::set<task_id> live;
  std::mutex mutex;
  for (int i = 0; i < kMovers; ++i) {
    movers.emplace_back([&, i] {
      auto ch = make_chan<int>();
      {
        const std::scoped_lock lock(mutex);
        live.insert(go([ch] { ch.recv(); }));
      }
      plumb::test::Dice dice(static_cast<std::uint32_t>(i));
      std::vector<std::unique_ptr<chan<int>>> slots(8);
      while (!is_over) {
        auto& slot = slots[dice.below(slots.size())];
        slot = std::make_unique<chan<int>>(std::move(ch));
        if (dice.chance(50)) {
          in_a_thread_local = std::move(*slot);
          ch = std::move(in_a_thread_local);
        } else {
          ch = std::move(*slot);
        }
      }
      ch.send(1);
    });
  }
  plumb::test::settle();
  for (int i = 0; i < rounds; ++i) {
    const std::set<task_id> found = scan();
    const std::scoped_lock lock(mutex);
    for (const task_id id : found) EXPECT_FALSE(live.contains(id));
  }
  is_over = true;
  for (std::thread& mover : movers) mover.join();
}

}  // namespace
