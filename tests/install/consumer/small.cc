// SPDX-License-Identifier: Apache-2.0
// The three lines of docs/RUNTIME.md, and an end.

#include <plumb/rt/chan.h>
#include <plumb/rt/debug.h>
#include <plumb/rt/go.h>

#include <cstdio>

int main() {
  const auto server = plumb::rt::serve_debug("127.0.0.1:0");
  const auto done = plumb::rt::make_chan<int>();
  plumb::rt::go([done] { done.send(7); });
  std::printf("%d %d\n", static_cast<bool>(server), *done.recv());
}
