// SPDX-License-Identifier: Apache-2.0
// What tasks and channels cost: nanoseconds of CPU time for each operation, the least of several
// rounds. See run.py, which compares with Go and Boost.Fiber.
//
//   rt_bench switch|create|chan|chan2|select|parked

#include <plumb/rt/chan.h>
#include <plumb/rt/debug.h>
#include <plumb/rt/go.h>
#include <plumb/rt/leak.h>
#include <plumb/rt/select.h>
#include <plumb/rt/sync.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

using namespace plumb;

static double cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// Runs `round` as a task, several times; it returns how many operations it did.
template <typename F>
static void measure(const char* name, F round) {
  constexpr int kRounds = 7;
  double best = 1e18;
  rt::wait_group group;
  group.go([&] {
    for (int i = 0; i < kRounds; ++i) {
      const double start = cpu_ns();
      const double count = round();
      best = std::min(best, (cpu_ns() - start) / count);
    }
  });
  group.wait();
  std::printf("%s %.1f\n", name, best);
}

static double switch_round() {
  constexpr int kCount = 500'000;
  rt::wait_group group;
  for (int i = 0; i < 2; ++i) {
    group.go([] {
      for (int n = 0; n < kCount; ++n) rt::yield();
    });
  }
  group.wait();
  return 2.0 * kCount;
}

static double create_round() {
  constexpr int kCount = 300'000;
  constexpr int kBatch = 100;
  for (int i = 0; i < kCount / kBatch; ++i) {
    rt::wait_group group(kBatch);
    for (int n = 0; n < kBatch; ++n) rt::go([&group] { group.done(); });
    group.wait();
  }
  return kCount;
}

static double chan_round() {
  constexpr int kCount = 300'000;
  const auto there = rt::make_chan<int>();
  const auto back = rt::make_chan<int>();
  rt::go([=] {
    for (const int value : there) back.send(value);
  });
  for (int i = 0; i < kCount; ++i) {
    there.send(i);
    back.recv();
  }
  there.close();
  return kCount;
}

static double select_round() {
  constexpr int kCount = 100'000;
  constexpr std::size_t kChans = 8;
  std::vector<rt::chan<int>> chans;
  for (std::size_t i = 0; i < kChans; ++i) chans.push_back(rt::make_chan<int>());
  rt::go([=] {
    for (int i = 0; i < kCount; ++i) chans[static_cast<std::size_t>(i) % kChans].send(i);
  });
  int sum = 0;
  const auto add = [&](std::optional<int> value) { sum += *value; };
  for (int i = 0; i < kCount; ++i) {
    rt::select(rt::on_recv(chans[0], add), rt::on_recv(chans[1], add), rt::on_recv(chans[2], add),
               rt::on_recv(chans[3], add), rt::on_recv(chans[4], add), rt::on_recv(chans[5], add),
               rt::on_recv(chans[6], add), rt::on_recv(chans[7], add));
  }
  return kCount;
}

static std::size_t status_kib(const char* field) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(field)) return std::stoul(line.substr(std::strlen(field) + 1));
  }
  return 0;
}

struct Counter : rt::debug_writer {
  std::size_t bytes = 0;
  void begin(int, const std::vector<std::pair<std::string, std::string>>&) override {}
  bool write(std::string_view part) override {
    bytes += part.size();
    return true;
  }
};

static void measure_dump(const char* name, const std::string& query) {
  for (int i = 0; i < 2; ++i) {  // The second time names are known.
    rt::debug_request request;
    request.path = "/debug/pprof/goroutine";
    request.query = query;
    Counter counter;
    const double start = cpu_ns();
    rt::handle_debug(request, counter);
    if (i == 1) std::printf("%s %.0f\n", name, (cpu_ns() - start) / 1e6);
  }
}

// A task that looks at the clock all the time.
class Watcher {
 public:
  Watcher() {
    group_.go([this] {
      auto last = std::chrono::steady_clock::now();
      while (!is_over_) {
        const auto now = std::chrono::steady_clock::now();
        const std::int64_t gap = (now - last).count();
        if (gap > longest_gap_ns_) longest_gap_ns_ = gap;
        last = now;
      }
    });
  }
  ~Watcher() {
    is_over_ = true;
    group_.wait();
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // The least of several runs, in each of which it is the longest time that the task stood still:
  // what else runs on the machine stops it as well.
  template <typename F>
  double least_pause_ms(F run) {
    constexpr int kRuns = 7;
    double least = 1e18;
    for (int i = 0; i < kRuns; ++i) {
      longest_gap_ns_ = 0;
      run();
      least = std::min(least, static_cast<double>(longest_gap_ns_));
    }
    return least / 1e6;
  }

 private:
  std::atomic<std::int64_t> longest_gap_ns_{0};
  std::atomic<bool> is_over_{false};
  rt::wait_group group_;
};

static void measure_pause(const char* name, const std::string& query) {
  Watcher watcher;
  const double pause = watcher.least_pause_ms([&] {
    rt::debug_request request;
    request.path = "/debug/pprof/goroutine";
    request.query = query;
    Counter counter;
    rt::handle_debug(request, counter);
  });
  std::printf("%s %.2f\n", name, pause);
}

// How long a leak scan keeps others standing, as told by the library and as seen.
static void measure_scan() {
  Watcher watcher;
  double told = 1e18;
  const double seen = watcher.least_pause_ms([&] {
    std::string error;
    if (rt::find_leaks(&error) < 0) std::fprintf(stderr, "%s\n", error.c_str());
    told = std::min(told, static_cast<double>(rt::leak_scan_pause().count()));
  });
  std::printf("scan_pause_ms %.1f\nscan_pause_seen_ms %.1f\n", told / 1e6, seen);
}

[[gnu::noinline]] static void wait_for(const rt::chan<rt::unit>& gate) {
  gate.recv();
  asm volatile("");
}

static void parked(std::size_t count) {
  const std::size_t before = status_kib("VmRSS:") + status_kib("VmPTE:");
  const auto gate = rt::make_chan<rt::unit>();
  const double start = cpu_ns();
  for (std::size_t i = 0; i < count; ++i) rt::go([&gate] { wait_for(gate); });
  const auto has_parked = [&] {
    const rt::debug_request request{"GET", "/metrics"};
    struct Text : Counter {
      std::string text;
      bool write(std::string_view part) override {
        text += part;
        return true;
      }
    } writer;
    rt::handle_debug(request, writer);
    return writer.text.find("chan receive\"} " + std::to_string(count)) != std::string::npos;
  };
  while (!has_parked()) rt::sleep_for(std::chrono::milliseconds(50));
  std::printf("park_ns %.0f\n", (cpu_ns() - start) / static_cast<double>(count));
  const std::size_t after = status_kib("VmRSS:") + status_kib("VmPTE:");
  std::printf("bytes_per_task %.0f\n",
              static_cast<double>((after - before) << 10) / static_cast<double>(count));
  measure_dump("debug0_ms", "");
  measure_dump("debug1_ms", "debug=1");
  measure_dump("debug2_ms", "debug=2");
  measure_pause("debug0_pause_ms", "");
  measure_pause("debug1_pause_ms", "debug=1");
  measure_pause("debug2_pause_ms", "debug=2");
  measure_scan();
  std::fflush(stdout);
  std::_Exit(0);
}

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "parked") {
    parked(argc > 2 ? std::stoul(argv[2]) : 1'000'000);
  }
  rt::options with;
  with.workers = what == "chan2" ? 2 : 1;
  rt::start(with);
  if (what == "switch") measure("switch", switch_round);
  if (what == "create") measure("create", create_round);
  if (what == "chan") measure("chan", chan_round);
  if (what == "chan2") measure("chan2", chan_round);
  if (what == "select") measure("select", select_round);
}
