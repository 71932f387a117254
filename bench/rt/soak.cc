// SPDX-License-Identifier: Apache-2.0
// Whether anything grows when tasks come and go for a long time: starts tasks at a steady rate,
// each of which meets another one over a channel, selects with a timeout, takes a lock and ends;
// dumps and leak scans go on beside them. Fails if memory or the number of tasks grows.
//
//   rt_soak [SECONDS [TASKS-A-MINUTE]]      600 1000000; see tools/soak

#include <plumb/rt/chan.h>
#include <plumb/rt/debug.h>
#include <plumb/rt/go.h>
#include <plumb/rt/leak.h>
#include <plumb/rt/select.h>
#include <plumb/rt/sync.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

using namespace plumb;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

static std::atomic<std::uint64_t> ended_count{0};
static rt::mutex guard;
static std::uint64_t guarded = 0;

static void start_pair() {
  auto [sender, receiver] = rt::make_pipe<std::string>();
  rt::go([sender = std::move(sender)] {
    sender.send("a value that is too long to lie in its string");
    ++ended_count;
  });
  rt::go([receiver = std::move(receiver)] {
    rt::select(rt::on_recv(receiver, [](auto) {}), rt::on_timeout(10s, [] {}));
    const std::lock_guard lock(guard);
    ++guarded;
    ++ended_count;
  });
}

static std::size_t resident_kib() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
  }
  return 0;
}

static void dump(const std::string& query) {
  struct Nowhere : rt::debug_writer {
    void begin(int, const std::vector<std::pair<std::string, std::string>>&) override {}
    bool write(std::string_view) override { return true; }
  } writer;
  rt::debug_request request;
  request.path = "/debug/pprof/goroutine";
  request.query = query;
  rt::handle_debug(request, writer);
}

// What else goes on in a service.
static void look_on(const std::atomic<bool>& is_over) {
  while (!is_over) {
    for (const char* const query : {"", "debug=1", "debug=2"}) {
      dump(query);
      std::this_thread::sleep_for(1s);
    }
    if (rt::find_leaks() > 0) std::printf("a leak was reported, and there is none\n");
  }
}

int main(int argc, char** argv) {
  const std::chrono::seconds duration(argc > 1 ? std::stol(argv[1]) : 600);
  const std::uint64_t a_minute = argc > 2 ? std::stoull(argv[2]) : 1'000'000;
  constexpr auto kBeat = 10ms;
  const auto pairs_a_beat = static_cast<double>(a_minute) / 2 / (60s / kBeat);
  std::atomic<bool> is_over{false};
  std::thread looker([&] { look_on(is_over); });
  const Clock::time_point start = Clock::now();
  const Clock::time_point warm = start + duration / 5;
  std::size_t base_kib = 0;
  std::size_t most_kib = 0;
  std::uint64_t pairs = 0;
  for (std::uint64_t beat = 1; Clock::now() < start + duration; ++beat) {
    for (; static_cast<double>(pairs) < static_cast<double>(beat) * pairs_a_beat; ++pairs) {
      start_pair();
    }
    if (beat % 100 == 0) {
      const std::size_t now_kib = resident_kib();
      std::size_t& highest = Clock::now() < warm ? base_kib : most_kib;
      highest = std::max(highest, now_kib);
    }
    std::this_thread::sleep_until(start + beat * kBeat);
  }
  is_over = true;
  looker.join();
  for (int i = 0; i < 1000 && rt::task_count() > 1; ++i) std::this_thread::sleep_for(20ms);
  std::printf("%llu tasks in %lld s, %zu left; at most %zu KiB in the first fifth, %zu KiB later\n",
              static_cast<unsigned long long>(ended_count.load()),
              static_cast<long long>(duration.count()), rt::task_count() - 1, base_kib, most_kib);
  constexpr std::size_t kSpareKib = 4096;
  const bool has_grown = most_kib > base_kib + base_kib / 20 + kSpareKib || rt::task_count() > 1;
  std::printf(has_grown ? "GROWN\n" : "no growth\n");
  return has_grown || ended_count != 2 * pairs || rt::leak_count() != 0 ? 1 : 0;
}
