// SPDX-License-Identifier: Apache-2.0
// A service that leaks in six ways, by request: a line on standard input names one, and how often.
//
//   build/examples/six_leaks [DEBUG]       then, for example: send 10
//   plumb leaks localhost:6060             shows all six; "leaked" are those proved by count

#include <plumb/rt/chan.h>
#include <plumb/rt/context.h>
#include <plumb/rt/debug.h>
#include <plumb/rt/go.h>
#include <plumb/rt/leak.h>
#include <plumb/rt/select.h>
#include <plumb/rt/sync.h>

#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>

using namespace plumb;

// A result that nobody wants any more. Proved: the receiver is gone.
static void leak_send() {
  auto [sender, receiver] = rt::make_pipe<int>();
  rt::go([results = std::move(sender)] { results.send(42); });
}

// A request that nobody will make: the sender went without closing the channel. Proved.
static void leak_receive() {
  auto [sender, receiver] = rt::make_pipe<int>();
  rt::go([requests = std::move(receiver)] {
    for (const int request : requests) static_cast<void>(request);
  });
}

// A loop over two channels whose other ends are both gone. Proved.
static void leak_select() {
  auto [work, from_work] = rt::make_pipe<int>();
  auto [quit, from_quit] = rt::make_pipe<rt::unit>();
  rt::go([a = std::move(from_work), b = std::move(from_quit)] {
    rt::select(rt::on_recv(a, [](auto) {}), rt::on_recv(b, [](auto) {}));
  });
}

// A lock that an early return forgot to give back.
static void leak_mutex() {
  const auto guard = std::make_shared<rt::mutex>();
  guard->lock();
  rt::go([guard] { guard->lock(); });
}

// A group that counts one task more than there is.
static void leak_wait_group() {
  const auto group = std::make_shared<rt::wait_group>(2);
  rt::go([group] { group->done(); });
  rt::go([group] { group->wait(); });
}

// A task that waits for a context that nobody cancels.
static void leak_context() {
  const auto [ctx, cancel] = rt::with_cancel({});
  rt::go([ctx = ctx] { ctx.done().recv(); });
}

int main(int argc, char** argv) {
  const std::map<std::string, std::function<void()>> ways = {
      {"send", leak_send},   {"receive", leak_receive},       {"select", leak_select},
      {"mutex", leak_mutex}, {"wait_group", leak_wait_group}, {"context", leak_context},
  };
  const auto server = rt::serve_debug(argc > 1 ? argv[1] : "localhost:6060");
  if (!server) {
    std::fprintf(stderr, "six_leaks: %s\n", server.error().c_str());
    return 1;
  }
  std::printf("[PPROF] http://%s/debug/pprof/\n", server.address().c_str());
  std::fflush(stdout);
  std::string way;
  int count = 0;
  while (std::cin >> way >> count) {
    const auto found = ways.find(way);
    for (int i = 0; found != ways.end() && i < count; ++i) found->second();
    rt::sleep_for(std::chrono::milliseconds(20));
    std::printf("[%s] tasks: %zu, proved to be leaked: %zu\n",
                found != ways.end() ? way.c_str() : "unknown", rt::task_count(), rt::leak_count());
    std::fflush(stdout);
  }
}
