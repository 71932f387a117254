// SPDX-License-Identifier: Apache-2.0
// A program of somebody else, which knows of plumb::rt only what is installed.

#include <plumb/rt/chan.h>
#include <plumb/rt/context.h>
#include <plumb/rt/debug.h>
#include <plumb/rt/errgroup.h>
#include <plumb/rt/go.h>
#include <plumb/rt/leak.h>
#include <plumb/rt/net.h>
#include <plumb/rt/profile.h>
#include <plumb/rt/select.h>
#include <plumb/rt/sync.h>
#include <plumb/rt/task_local.h>
#include <plumb/rt/time.h>

#include <cstdio>

struct Print : plumb::rt::debug_writer {
  void begin(int status, const std::vector<std::pair<std::string, std::string>>&) override {
    std::printf("%d\n", status);
  }
  bool write(std::string_view part) override {
    std::printf("%.*s", static_cast<int>(part.size()), part.data());
    return true;
  }
};

int main() {
  const auto server = plumb::rt::serve_debug("127.0.0.1:0");
  const auto ch = plumb::rt::make_chan<int>();
  plumb::rt::go([ch] { ch.send(1); });
  plumb::rt::sleep_for(std::chrono::milliseconds(5));
  Print print;
  plumb::rt::handle_debug({"GET", "/debug/pprof/goroutine", "debug=2"}, print);
  return server && ch.recv() == 1 ? 0 : 1;
}
