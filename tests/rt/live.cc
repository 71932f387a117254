// SPDX-License-Identifier: Apache-2.0
// A program with something in each of its profiles, for live_test.py. Prints the address of its
// debug server, and runs until its standard input ends.

#include <plumb/rt/chan.h>
#include <plumb/rt/debug.h>
#include <plumb/rt/go.h>
#include <plumb/rt/profile.h>
#include <plumb/rt/select.h>
#include <plumb/rt/sync.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <vector>

using namespace std::chrono_literals;
using namespace plumb;

static std::vector<std::unique_ptr<char[]>> kept;

[[gnu::noinline]] static void keep_memory() {
  for (int i = 0; i < 2000; ++i) kept.push_back(std::make_unique<char[]>(16 << 10));
}

[[gnu::noinline]] static void block_on_send(const rt::chan<int>& ch) {
  ch.send(1);
  asm volatile("");  // Not a tail call.
}

[[gnu::noinline]] static void fight_for(rt::mutex& guard) {
  for (;;) {
    const std::lock_guard lock(guard);
    rt::sleep_for(1ms);
  }
}

static volatile unsigned work = 0;

[[gnu::noinline]] static void burn() {
  for (;;) {
    for (int i = 0; i < 200'000; ++i) work = work + 1;
    rt::yield();
  }
}

[[gnu::noinline]] static void wait_in_call() {
  rt::blocking([] {
    for (;;) pause();  // Until the process ends: signals of those who look at threads end one.
  });
  work = work + 1;
}

int main(int argc, char** argv) {
  rt::set_block_profile_rate(1ns);
  rt::set_mutex_profile_fraction(1);
  const auto server = rt::serve_debug("127.0.0.1:0");
  keep_memory();
  static rt::mutex guard;
  for (int i = 0; i < 2; ++i) rt::go([] { fight_for(guard); });
  rt::with_labels({{"tenant", "acme"}}, [] {
    for (int i = 0; i < 20; ++i) rt::go([ch = rt::make_chan<int>()] { block_on_send(ch); });
  });
  {
    auto [sender, receiver] = rt::make_pipe<int>();
    for (int i = 0; i < 5; ++i) rt::go([sender = sender] { sender.send(1); });
  }
  rt::go(burn);
  rt::go(wait_in_call);
  rt::sleep_for(50ms);
  std::printf("%s\n", server.address().c_str());
  if (argc > 2) {  // Certificate and key.
    rt::debug_options with;
    with.token = "secret";
    with.tls_cert = argv[1];
    with.tls_key = argv[2];
    const auto by_tls = rt::serve_debug("127.0.0.1:0", with);
    std::printf("%s\n", by_tls ? by_tls.address().c_str() : by_tls.error().c_str());
  }
  std::fflush(stdout);
  rt::blocking([] { return std::getchar(); });
}
