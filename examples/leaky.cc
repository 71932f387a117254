// SPDX-License-Identifier: Apache-2.0
// The classic leak, in C++: every 20 ms a task starts that sends its result on an unbuffered
// channel from which nobody receives, so none of them ever ends.
//
//   build/examples/leaky                 debug server on localhost:6060
//   build/examples/leaky 127.0.0.1:0     on a free port, which it prints
//   plumb leaks localhost:6060

#include <plumb/rt/chan.h>
#include <plumb/rt/debug.h>
#include <plumb/rt/go.h>

#include <chrono>
#include <cstdio>
#include <utility>

using namespace std::chrono_literals;
using namespace plumb;

static int compute() {
  rt::sleep_for(1ms);
  return 42;
}

static void leak_goroutine() {
  auto [sender, receiver] = rt::make_pipe<int>();
  rt::go([results = std::move(sender)] {
    const int result = compute();
    results.send(result);  // Nobody receives: blocked for ever.
  });
}  // The only receiver is gone.

int main(int argc, char** argv) {
  const auto server = rt::serve_debug(argc > 1 ? argv[1] : "localhost:6060");
  if (!server) {
    std::fprintf(stderr, "leaky: %s\n", server.error().c_str());
    return 1;
  }
  std::printf("[PPROF] http://%s/debug/pprof/\n", server.address().c_str());
  std::printf("[START] Goroutines: %zu\n", rt::task_count());
  std::fflush(stdout);
  for (int started = 1;; ++started) {
    leak_goroutine();
    rt::sleep_for(20ms);
    if (started % 100 != 0) continue;
    std::printf("[AFTER %ds] Goroutines: %zu\n", started / 50, rt::task_count());
    std::fflush(stdout);
  }
}
