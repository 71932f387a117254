// SPDX-License-Identifier: Apache-2.0
// A program with the address sanitizer that links the library built without: what that cannot do it
// has to say, at once.
#include <plumb/rt/chan.h>
#include <plumb/rt/go.h>
#include <plumb/rt/leak.h>
#include <plumb/rt/sync.h>

#include <cstdio>
#include <string>

// The channels of tasks that never end are left.
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0";
}

int main() {
  using namespace plumb::rt;
  const auto ch = make_chan<int>();
  wait_group started;
  started.add(1);
  go([=, &started] {
    started.done();
    ch.recv();
  });
  started.wait();
  std::string error;
  const long found = find_leaks(&error);
  std::printf("%ld %s\n", found, error.c_str());
  ch.send(1);
  return found == -1 && error == "no leak scan under a sanitizer" ? 0 : 1;
}
