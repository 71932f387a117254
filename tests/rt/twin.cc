// SPDX-License-Identifier: Apache-2.0
// The same situation as twin/twin.go, for twin_test.py.

#include <plumb/rt/chan.h>
#include <plumb/rt/debug.h>
#include <plumb/rt/go.h>
#include <plumb/rt/select.h>

#include <chrono>
#include <cstdio>

using namespace plumb;

// No tail calls: the frames are to be seen.
#define KEEP_FRAME asm volatile("")

[[gnu::noinline]] static void block_on_send(const rt::chan<int>& ch) {
  ch.send(1);
  KEEP_FRAME;
}

[[gnu::noinline]] static void block_on_receive(const rt::chan<int>& ch) {
  ch.recv();
  KEEP_FRAME;
}

[[gnu::noinline]] static void sleep_long() {
  rt::sleep_for(std::chrono::hours(1));
  KEEP_FRAME;
}

[[gnu::noinline]] static void block_on_select(const rt::chan<int>& a, const rt::chan<int>& b) {
  rt::select(rt::on_recv(a, [](auto) {}), rt::on_send(b, 1, [] {}));
  KEEP_FRAME;
}

int main() {
  const auto server = rt::serve_debug("127.0.0.1:0");
  for (int i = 0; i < 3; ++i) rt::go([] { block_on_send(rt::make_chan<int>()); });
  rt::go([] { block_on_receive(nullptr); });
  rt::go([] {
    sleep_long();
    KEEP_FRAME;
  });
  rt::with_labels({{"tenant", "acme"}, {"job", "x y"}}, [] {
    for (int i = 0; i < 2; ++i) {
      rt::go([] { block_on_select(rt::make_chan<int>(), rt::make_chan<int>()); });
    }
  });
  rt::sleep_for(std::chrono::milliseconds(100));
  std::printf("%s\n", server.address().c_str());
  std::fflush(stdout);
  rt::blocking([] { return std::getchar(); });
}
