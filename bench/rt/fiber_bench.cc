// SPDX-License-Identifier: Apache-2.0
// The same as rt_bench.cc on Boost.Fiber.

#include <algorithm>
#include <boost/fiber/all.hpp>
#include <cstdio>
#include <ctime>
#include <string>

namespace fibers = boost::fibers;

static double cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

template <typename F>
static void measure(const char* name, F round) {
  double best = 1e18;
  for (int i = 0; i < 7; ++i) {
    const double start = cpu_ns();
    const double count = round();
    best = std::min(best, (cpu_ns() - start) / count);
  }
  std::printf("%s %.1f\n", name, best);
}

static double switch_round() {
  constexpr int kCount = 500'000;
  const auto spin = [] {
    for (int n = 0; n < kCount; ++n) boost::this_fiber::yield();
  };
  fibers::fiber one(spin);
  fibers::fiber two(spin);
  one.join();
  two.join();
  return 2.0 * kCount;
}

static double create_round() {
  constexpr int kCount = 100'000;
  constexpr int kBatch = 100;
  for (int i = 0; i < kCount / kBatch; ++i) {
    std::vector<fibers::fiber> batch;
    for (int n = 0; n < kBatch; ++n) {
      batch.emplace_back(std::allocator_arg, fibers::pooled_fixedsize_stack(), [] {});
    }
    for (auto& one : batch) one.join();
  }
  return kCount;
}

static double chan_round() {
  constexpr int kCount = 200'000;
  fibers::unbuffered_channel<int> there;
  fibers::unbuffered_channel<int> back;
  fibers::fiber echo([&] {
    for (const int value : there) back.push(value);
  });
  for (int i = 0; i < kCount; ++i) {
    there.push(i);
    back.value_pop();
  }
  there.close();
  echo.join();
  return kCount;
}

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "switch") measure("switch", switch_round);
  if (what == "create") measure("create", create_round);
  if (what == "chan") measure("chan", chan_round);
}
