// SPDX-License-Identifier: Apache-2.0
// A program of plain threads: three that say who made them and what they wait for, and one of a
// library that knows nothing of plumb.
//
//   build/examples/threads 127.0.0.1:0 &   # prints its address; ends with its input
//   curl 'http://ADDRESS/debug/pprof/goroutine?debug=2'

#include <plumb/rt/adapters/thread.h>
#include <plumb/rt/debug.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

static std::mutex mutex;
static std::condition_variable changed;
static bool is_over = false;

static void wait_for_the_end() {
  std::unique_lock lock(mutex);
  const plumb::rt::waiting here({plumb::rt::WaitReason::CondWait, &changed});
  changed.wait(lock, [] { return is_over; });
}

static void know_nothing() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [] { return is_over; });
}

int main(int argc, char** argv) {
  const auto server = plumb::rt::serve_debug(argc > 1 ? argv[1] : "localhost:6060");
  if (!server) {
    std::fprintf(stderr, "threads: %s\n", server.error().c_str());
    return 1;
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.push_back(plumb::rt::make_thread("indexer", [] { wait_for_the_end(); }));
  }
  threads.emplace_back(know_nothing);
  std::printf("[PPROF] http://%s/debug/pprof/\n", server.address().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  {
    const std::scoped_lock lock(mutex);
    is_over = true;
  }
  changed.notify_all();
  for (std::thread& thread : threads) thread.join();
}
