// SPDX-License-Identifier: Apache-2.0
// A pipeline that sieves primes: each prime gets a task that passes on what it does not divide. The
// program ends it by a context: nothing is left waiting.

#include <plumb/rt/chan.h>
#include <plumb/rt/context.h>
#include <plumb/rt/go.h>
#include <plumb/rt/select.h>

#include <cstdio>
#include <optional>

using namespace plumb;

/// Sends `value`; false if the work is no longer wanted.
static bool send(const rt::context& ctx, const rt::chan<int>& to, int value) {
  bool was_sent = false;
  rt::select(rt::on_send(to, value, [&] { was_sent = true; }),
             rt::on_recv(ctx.done(), [](auto) {}));
  return was_sent;
}

/// Receives a value; nothing if the work is no longer wanted.
static std::optional<int> receive(const rt::context& ctx, const rt::chan<int>& from) {
  std::optional<int> got;
  rt::select(rt::on_recv(from, [&](std::optional<int> value) { got = value; }),
             rt::on_recv(ctx.done(), [](auto) {}));
  return got;
}

static void count(const rt::context& ctx, const rt::chan<int>& out) {
  for (int n = 2; send(ctx, out, n); ++n) {
  }
}

static void filter(const rt::context& ctx, const rt::chan<int>& in, const rt::chan<int>& out,
                   int prime) {
  while (const auto n = receive(ctx, in)) {
    if (*n % prime != 0 && !send(ctx, out, *n)) return;
  }
}

int main() {
  const auto [made, cancel] = rt::with_cancel({});
  const rt::context ctx = made;
  auto numbers = rt::make_chan<int>();
  rt::go([=] { count(ctx, numbers); });
  int last = 0;
  for (int i = 0; i < 100; ++i) {
    const int prime = *numbers.recv();
    const auto next = rt::make_chan<int>();
    rt::go([=] { filter(ctx, numbers, next, prime); });
    numbers = next;
    last = prime;
  }
  std::printf("the 100th prime is %d; %zu tasks\n", last, rt::task_count());
  cancel();
  while (rt::task_count() > 1) rt::yield();
  std::printf("cancelled: %zu task\n", rt::task_count());
}
