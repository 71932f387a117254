// SPDX-License-Identifier: Apache-2.0
// Does the work of leaky.cc without the leak: each worker gives up when the context of its request
// is done, so that the number of tasks returns to where it was.

#include <plumb/rt/chan.h>
#include <plumb/rt/context.h>
#include <plumb/rt/debug.h>
#include <plumb/rt/go.h>
#include <plumb/rt/select.h>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;
using namespace plumb;

static int compute() {
  rt::sleep_for(1ms);
  return 42;
}

static void run_worker(const rt::context& ctx) {
  const auto results = rt::make_chan<int>();
  rt::go([ctx, results] {
    const int result = compute();
    rt::select(rt::on_send(results, result, [] {}),
               rt::on_recv(ctx.done(), [](auto) {}));  // Nobody receives: give up.
  });
}

int main(int argc, char** argv) {
  const auto server = rt::serve_debug(argc > 1 ? argv[1] : "localhost:6060");
  if (!server) {
    std::fprintf(stderr, "fixed: %s\n", server.error().c_str());
    return 1;
  }
  std::printf("[PPROF] http://%s/debug/pprof/\n", server.address().c_str());
  std::printf("[START] Goroutines: %zu\n", rt::task_count());
  std::fflush(stdout);
  for (int started = 1;; ++started) {
    const auto [ctx, cancel] = rt::with_cancel({});
    run_worker(ctx);
    rt::sleep_for(20ms);
    cancel();
    if (started % 100 != 0) continue;
    while (rt::task_count() > 1) rt::yield();  // The last one is on its way out.
    std::printf("[AFTER %ds] Goroutines: %zu\n", started / 50, rt::task_count());
    std::fflush(stdout);
  }
}
