// SPDX-License-Identifier: Apache-2.0
// A program with the address sanitizer that links the library built without: what that cannot do it
// has to say, at once.
#include <plumb/rt/chan.h>
#include <plumb/rt/debug.h>
#include <plumb/rt/go.h>
#include <plumb/rt/leak.h>
#include <plumb/rt/sync.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/gunzip.h"

// The channels of tasks that never end are left.
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0";
}

using namespace plumb::rt;

struct Answer : debug_writer {
  std::string body;

  void begin(int, const std::vector<std::pair<std::string, std::string>>&) override {}
  bool write(std::string_view part) override {
    body += part;
    return true;
  }
};

static std::string leak_profile(const std::string& query) {
  debug_request request;
  request.method = "GET";
  request.path = "/debug/pprof/goroutineleak";
  request.query = query;
  Answer answer;
  handle_debug(request, answer);
  return answer.body;
}

static std::string inflated(std::string gzip) {
  plumb::GunzipSource source(std::make_unique<plumb::OwnedSource>(std::move(gzip)), {});
  const auto text = plumb::read_all(source, std::size_t{1} << 20);
  return text ? *text : "";
}

// Each form of the profile has it.
static bool say_why(const std::string& error) {
  const std::string texts[] = {inflated(leak_profile("")), leak_profile("debug=1"),
                               leak_profile("debug=2")};
  bool is_said = true;
  for (const std::string& text : texts) {
    if (text.find("no scan: " + error) != std::string::npos) continue;
    std::printf("no reason in:\n%s\n", text.c_str());
    is_said = false;
  }
  return is_said;
}

int main() {
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
  const bool is_said = say_why(error);
  ch.send(1);
  return is_said && found == -1 && error == "no leak scan under a sanitizer" ? 0 : 1;
}
