// SPDX-License-Identifier: Apache-2.0
// A pool of workers: jobs on one channel, results on another, the first failure ends all.

#include <plumb/rt/chan.h>
#include <plumb/rt/errgroup.h>
#include <plumb/rt/select.h>

#include <cstdio>

using namespace plumb;

static long work(int job) {
  long sum = 0;
  for (int i = 1; i <= job; ++i) sum += i;
  return sum;
}

int main() {
  constexpr int kWorkers = 4;
  constexpr int kJobs = 1000;
  const auto jobs = rt::make_chan<int>();
  const auto results = rt::make_chan<long>(16);
  rt::errgroup group;
  group.go([&] {
    for (int job = 1; job <= kJobs; ++job) jobs.send(job);
    jobs.close();
  });
  for (int i = 0; i < kWorkers; ++i) {
    group.go([&] {
      for (const int job : jobs) {
        bool is_over = false;
        rt::select(rt::on_send(results, work(job), [] {}),
                   rt::on_recv(group.ctx().done(), [&](auto) { is_over = true; }));
        if (is_over) return;
      }
    });
  }
  long total = 0;
  for (int i = 0; i < kJobs; ++i) total += *results.recv();
  group.wait();
  std::printf("%d jobs, total %ld\n", kJobs, total);
}
