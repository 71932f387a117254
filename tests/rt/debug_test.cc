// SPDX-License-Identifier: Apache-2.0
// The debug server, asked without a network, and read with plumb's own readers.
#include <gtest/gtest.h>
#include <plumb/rt/chan.h>
#include <plumb/rt/debug.h>
#include <plumb/rt/go.h>
#include <plumb/rt/profile.h>
#include <plumb/rt/select.h>
#include <plumb/rt/sync.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <thread>

#include "base/byte_source.h"
#include "base/gunzip.h"
#include "formats/goroutine_text.h"
#include "formats/profile_proto.h"
#include "support/settle.h"

namespace plumb::rt {
namespace {

/// Looks like the library itself.
struct WaitForGroup {
  wait_group& group;
  void operator()() const { group.wait(); }
};

}  // namespace
}  // namespace plumb::rt

// Not in the library's namespace: its own frames are hidden.
namespace {

using namespace plumb::rt;
using namespace std::chrono_literals;

/// What came back.
struct Answer : debug_writer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  void begin(int given,
             const std::vector<std::pair<std::string, std::string>>& given_headers) override {
    status = given;
    headers = given_headers;
  }
  bool write(std::string_view part) override {
    body += part;
    return true;
  }
  [[nodiscard]] std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return "";
  }
};

Answer get(const std::string& target, const std::string& method = "GET",
           const std::string& body = "") {
  debug_request request;
  request.method = method;
  request.body = body;
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string::npos) request.query = target.substr(mark + 1);
  Answer answer;
  handle_debug(request, answer);
  return answer;
}

plumb::Profile read_profile(const std::string& gzip) {
  plumb::GunzipSource source(std::make_unique<plumb::OwnedSource>(gzip), plumb::Limits{});
  auto profile = plumb::read_profile_proto(source, {});
  EXPECT_TRUE(profile) << profile.error().describe();
  return profile ? std::move(*profile) : plumb::Profile();
}

plumb::GoroutineDump read_dump(const std::string& text) {
  plumb::MemorySource source(text);
  auto dump = plumb::read_goroutine_text(source, {});
  EXPECT_TRUE(dump) << dump.error().describe();
  return dump ? std::move(*dump) : plumb::GoroutineDump();
}

/// Ends when it is destroyed.
class Blocked {
 public:
  explicit Blocked(int count) {
    for (int i = 0; i < count; ++i) start(gate_);
    plumb::test::settle();
  }
  ~Blocked() {
    gate_.close();
    group_.wait();
  }
  Blocked(const Blocked&) = delete;
  Blocked& operator=(const Blocked&) = delete;

 private:
  void start(const chan<unit>& gate) {
    group_.go([gate] { wait_at_the_gate(gate); });
  }
  [[gnu::noinline]] static void wait_at_the_gate(const chan<unit>& gate) {
    gate.recv();
    asm volatile("");  // Not a tail call.
  }

  chan<unit> gate_ = make_chan<unit>();
  wait_group group_;
};

void go_one_lambda(wait_group& group, const chan<unit>& gate) {
  group.go([gate] {
    gate.recv();
    asm volatile("");  // Not a tail call.
  });
}

void go_another_lambda(wait_group& group, const chan<unit>& gate) {
  group.go([gate] {
    gate.recv();
    asm volatile("");
  });
}

TEST(Debug, AnswersErrorsAsGoDoes) {
  struct Row {
    const char* name;
    const char* method;
    const char* target;
    int status;
    const char* body;
    bool is_for_pprof;
  };
  constexpr Row kRows[] = {
      {"no such profile", "GET", "/debug/pprof/nosuch", 404, "Unknown profile\n", true},
      {"bad seconds", "GET", "/debug/pprof/heap?seconds=x", 400,
       "invalid value for \"seconds\" - must be a positive integer\n", true},
      {"no seconds", "GET", "/debug/pprof/goroutine?seconds=0", 400,
       "invalid value for \"seconds\" - must be a positive integer\n", true},
      {"text of a delta", "GET", "/debug/pprof/block?seconds=1&debug=1", 400,
       "seconds and debug params are incompatible\n", true},
      {"wrong method", "POST", "/debug/pprof/goroutine", 405, "Method Not Allowed\n", false},
      {"another", "PUT", "/debug/pprof/symbol", 405, "Method Not Allowed\n", false},
      {"no such page", "GET", "/nosuch", 404, "404 page not found\n", false},
      {"no slash", "GET", "/debug/pprof", 307,
       "<a href=\"/debug/pprof/\">Temporary Redirect</a>.\n\n", false},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const Answer answer = get(row.target, row.method);
    EXPECT_EQ(answer.status, row.status);
    EXPECT_EQ(answer.body, row.body);
    EXPECT_EQ(answer.header("X-Go-Pprof"), row.is_for_pprof ? "1" : "");
    EXPECT_EQ(answer.header("Content-Disposition"), "");
  }
  EXPECT_EQ(get("/debug/pprof/", "PUT").header("Allow"), "GET, HEAD");
  EXPECT_EQ(get("/debug/pprof").header("Location"), "/debug/pprof/");
}

TEST(Debug, SaysWhatItSends) {
  struct Row {
    const char* target;
    const char* type;
    const char* disposition;
  };
  constexpr Row kRows[] = {
      {"/debug/pprof/", "text/html; charset=utf-8", ""},
      {"/debug/pprof/goroutine", "application/octet-stream", "attachment; filename=\"goroutine\""},
      {"/debug/pprof/heap?debug=0", "application/octet-stream", "attachment; filename=\"heap\""},
      {"/debug/pprof/goroutine?debug=1", "text/plain; charset=utf-8", ""},
      {"/debug/pprof/goroutine?debug=2", "text/plain; charset=utf-8", ""},
      {"/debug/pprof/cmdline", "text/plain; charset=utf-8", ""},
      {"/debug/pprof/symbol", "text/plain; charset=utf-8", ""},
      {"/debug/pprof/mutex?seconds=1", "application/octet-stream",
       "attachment; filename=\"mutex-delta\""},
      {"/debug/pprof/profile?seconds=1", "application/octet-stream",
       "attachment; filename=\"profile\""},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.target);
    const Answer answer = get(row.target);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Content-Type"), row.type);
    EXPECT_EQ(answer.header("Content-Disposition"), row.disposition);
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
  }
}

TEST(Debug, IndexCountsTasks) {
  const Blocked blocked(5);
  const auto counts_tasks = [](const std::string& html) {
    const std::string row =
        "<tr><td>" + std::to_string(task_count()) + "</td><td><a href='goroutine?debug=1'>";
    return html.find(row) != std::string::npos;
  };
  std::string html = get("/debug/pprof/").body;
  // A worker counts as a thread of the program until it has started.
  for (int tries = 0; tries < 200 && !counts_tasks(html); ++tries) {
    sleep_for(10ms);
    html = get("/debug/pprof/").body;
  }
  EXPECT_TRUE(counts_tasks(html)) << html;
  EXPECT_NE(html.find("full goroutine stack dump"), std::string::npos);
}

TEST(Debug, CmdlineHasNoNulAtItsEnd) {
  const std::string line = get("/debug/pprof/cmdline").body;
  EXPECT_NE(line.find("plumb_rt_tests"), std::string::npos);
  EXPECT_NE(line.back(), '\0');
}

TEST(Debug, SymbolNamesFunctions) {
  const auto address = reinterpret_cast<std::uintptr_t>(&get);
  char query[64];
  std::snprintf(query, sizeof query, "/debug/pprof/symbol?%#zx+0+0x10", address + 1);
  const std::string text = get(query).body;
  EXPECT_TRUE(text.starts_with("num_symbols: 1\n0x")) << text;
  EXPECT_NE(text.find("get\n"), std::string::npos) << text;
  // As pprof asks for what a profile leaves unnamed.
  const Answer posted = get("/debug/pprof/symbol", "POST", std::strchr(query, '?') + 1);
  EXPECT_EQ(posted.status, 200);
  EXPECT_EQ(posted.body, text);
}

TEST(Goroutines, TextGroupsEqualStacks) {
  const Blocked blocked(7);
  const std::string text = get("/debug/pprof/goroutine?debug=1").body;
  EXPECT_TRUE(text.starts_with("goroutine profile: total ")) << text;
  EXPECT_TRUE(std::regex_search(
      text, std::regex("\n7 @( 0x[0-9a-f]+)+\n# labels: \\{\"state\":\"chan receive\"\\}\n"
                       "#\t0x[0-9a-f]+\t.*wait_at_the_gate\\+0x[0-9a-f]+\t"
                       ".*tests/rt/debug_test.cc:[0-9]+\n")))
      << text;
}

TEST(Goroutines, ProfileHasNamesAndLines) {
  const Blocked blocked(9);
  const plumb::Profile profile = read_profile(get("/debug/pprof/goroutine").body);
  ASSERT_EQ(profile.sample_types.size(), 1u);
  EXPECT_EQ(profile.text(profile.sample_types[0].type), "goroutine");
  EXPECT_EQ(profile.period, 1);
  EXPECT_NE(profile.time_nanos, 0);
  ASSERT_FALSE(profile.mappings.empty());
  std::int64_t here = 0;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    for (const plumb::LocationId id : profile.stack(i)) {
      for (const plumb::Line& line : profile.lines_of(profile.location(id))) {
        const plumb::Function& function = profile.function(line.function);
        if (profile.text(function.name).find("wait_at_the_gate") == std::string_view::npos)
          continue;
        EXPECT_NE(profile.text(function.file).find("debug_test.cc"), std::string_view::npos);
        EXPECT_GT(line.line, 0);
        here += profile.values(i)[0];
      }
    }
  }
  EXPECT_EQ(here, 9);
}

TEST(Goroutines, ProfileTellsLambdasApart) {
  const auto gate = make_chan<unit>();
  wait_group group;
  go_one_lambda(group, gate);
  go_another_lambda(group, gate);
  plumb::test::settle();
  const plumb::Profile profile = read_profile(get("/debug/pprof/goroutine").body);
  gate.close();
  group.wait();
  const auto has_function = [&](std::string_view name) {
    return std::ranges::any_of(profile.functions, [&](const plumb::Function& function) {
      return profile.text(function.name).find(name) != std::string_view::npos;
    });
  };
  EXPECT_TRUE(has_function("go_one_lambda"));
  EXPECT_TRUE(has_function("go_another_lambda"));
}

TEST(Goroutines, DumpHasStateStackAndCreator) {
  const Blocked blocked(3);
  const std::string text = get("/debug/pprof/goroutine?debug=2").body;
  const plumb::GoroutineDump dump = read_dump(text);
  EXPECT_EQ(dump.goroutine_count, task_count());
  EXPECT_TRUE(dump.losses.empty()) << text;
  const auto group = std::ranges::find_if(dump.groups, [&](const plumb::GoroutineGroup& one) {
    return one.count == 3 && dump.text(one.state) == "chan receive";
  });
  ASSERT_NE(group, dump.groups.end()) << text;
  const auto frames = dump.stack(*group);
  ASSERT_GE(frames.size(), 2u);
  EXPECT_NE(dump.text(dump.frame(frames.front()).function).find("wait_at_the_gate"),
            std::string_view::npos)
      << text;
  EXPECT_EQ(dump.frame(frames.back()).kind, plumb::FrameKind::CreatedBy);
  EXPECT_EQ(group->first_creator_id, current_id());
}

TEST(Goroutines, ShowsEveryReason) {
  mutex held;
  held.lock();
  rwmutex written;
  written.lock();
  wait_group busy(1);
  semaphore none(0);
  const auto ch = make_chan<int>();
  const auto quit = make_chan<unit>();
  wait_group group;
  group.go([&] { const std::lock_guard lock(held); });
  group.go([&] {
    written.lock();
    written.unlock();
  });
  group.go([&] {
    written.lock_shared();
    written.unlock_shared();
  });
  group.go([&] { busy.wait(); });
  group.go([&] { none.acquire(); });
  group.go([&] { ch.send(1); });
  group.go([&] { select(on_recv(quit, [](auto) {}), on_timeout(1h, [] {})); });
  group.go([&] { sleep_for(2s); });
  group.go([&] { blocking([] { std::this_thread::sleep_for(2s); }); });
  plumb::test::settle();
  const std::string dump = get("/debug/pprof/goroutine?debug=2").body;
  const std::string text = get("/debug/pprof/goroutine?debug=1").body;
  for (const std::string state :
       {"sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock", "sync.WaitGroup.Wait",
        "semacquire", "chan send", "select", "sleep", "syscall"}) {
    SCOPED_TRACE(state);
    EXPECT_NE(dump.find(" [" + state + "]:\n"), std::string::npos) << dump;
    EXPECT_NE(text.find("\"state\":\"" + state + "\"}\n"), std::string::npos) << text;
  }
  held.unlock();
  written.unlock();
  busy.done();
  none.release();
  ch.recv();
  quit.close();
  group.wait();
}

TEST(Goroutines, ShowsLabels) {
  const auto gate = make_chan<unit>();
  wait_group group;
  with_labels({{"tenant", "acme"}, {"job", "x y"}}, [&] {
    with_labels({{"job", "two words"}}, [&] { group.go([gate] { gate.recv(); }); });
  });
  plumb::test::settle();
  const std::string labels = R"({"job":"two words", "state":"chan receive", "tenant":"acme"})";
  EXPECT_NE(get("/debug/pprof/goroutine?debug=1").body.find("\n# labels: " + labels + '\n'),
            std::string::npos);
  EXPECT_NE(get("/debug/pprof/goroutine?debug=2")
                .body.find("[chan receive] {job: \"two words\", tenant: acme}:\n"),
            std::string::npos);
  gate.close();
  group.wait();
  EXPECT_EQ(get("/debug/pprof/goroutine?debug=1").body.find("tenant"), std::string::npos);
}

TEST(Goroutines, ShowsTheStackOfATaskThatRuns) {
  std::atomic<bool> is_done{false};
  std::atomic<bool> is_running{false};
  wait_group group;
  group.go([&] {
    is_running = true;
    while (!is_done) {
    }
  });
  while (!is_running) std::this_thread::yield();
  const std::string text = get("/debug/pprof/goroutine?debug=2").body;
  const std::size_t task = text.find(" [running]:\n");
  ASSERT_NE(task, std::string::npos) << text;
  EXPECT_NE(text.find("ShowsTheStackOfATaskThatRuns", task), std::string::npos) << text;
  is_done = true;
  group.wait();
}

TEST(Goroutines, LeakProfileHasLeaksOnly) {
  const Blocked blocked(2);
  {
    auto [sender, receiver] = make_pipe<int>();
    go([sender = std::move(sender)] { sender.send(1); });
    plumb::test::settle();
  }
  const std::string text = get("/debug/pprof/goroutineleak?debug=1").body;
  EXPECT_TRUE(text.starts_with("goroutineleak profile: total ")) << text;
  EXPECT_EQ(text.find("wait_at_the_gate"), std::string::npos) << text;
  EXPECT_NE(text.find("LeakProfileHasLeaksOnly"), std::string::npos) << text;
  EXPECT_NE(text.find("# labels: {\"state\":\"chan send (leaked)\"}\n"), std::string::npos) << text;
  EXPECT_NE(get("/debug/pprof/goroutineleak?debug=2").body.find("[chan send (leaked)]"),
            std::string::npos);
}

TEST(Debug, DumpsShowTheLibraryWhereThereIsNothingElse) {
  wait_group gate;
  gate.add(1);
  const std::size_t before = task_count();
  const task_id id = go(WaitForGroup{gate});
  plumb::test::settle();
  const std::string text = get("/debug/pprof/goroutine?debug=2").body;
  gate.done();
  plumb::test::eventually([&] { return task_count() <= before; });
  const std::regex stack("goroutine " + std::to_string(id) + " .*\\nplumb::rt::.*\\n");
  EXPECT_TRUE(std::regex_search(text, stack)) << text;
}

TEST(Contention, BlockProfileAddsUpWaits) {
  set_block_profile_rate(1ns);
  const auto ch = make_chan<int>();
  wait_group group;
  group.go([=] {
    sleep_for(5ms);
    ch.send(1);
  });
  ch.recv();
  group.wait();
  set_block_profile_rate(0ns);
  const plumb::Profile profile = read_profile(get("/debug/pprof/block").body);
  ASSERT_EQ(profile.sample_types.size(), 2u);
  EXPECT_EQ(profile.text(profile.sample_types[1].unit), "nanoseconds");
  std::int64_t delay = 0;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) delay += profile.values(i)[1];
  EXPECT_GE(delay, 4'000'000);
  EXPECT_NE(get("/debug/pprof/block?debug=1").body.find("BlockProfileAddsUpWaits"),
            std::string::npos);
}

// The functions at the leaves of the profile `name`.
std::set<std::string> leaves_of(const std::string& name) {
  const plumb::Profile profile = read_profile(get("/debug/pprof/" + name).body);
  std::set<std::string> leaves;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    const auto lines = profile.lines_of(profile.location(*profile.stack(i).begin()));
    if (lines.empty()) continue;
    leaves.emplace(profile.text(profile.function(lines.front().function).name));
  }
  return leaves;
}

// As in Go, where they are those of sync.
TEST(Contention, TheLeavesArePublicFunctions) {
  set_block_profile_rate(1ns);
  set_mutex_profile_fraction(1);
  mutex guard;
  guard.lock();
  wait_group group;
  group.go([&] { const std::lock_guard lock(guard); });
  plumb::test::settle();
  sleep_for(1ms);
  guard.unlock();
  group.wait();
  set_block_profile_rate(0ns);
  set_mutex_profile_fraction(0);
  for (const std::string name : {"block", "mutex"}) {
    for (const std::string& leaf : leaves_of(name)) {
      EXPECT_EQ(leaf.find("plumb::rt::detail"), std::string::npos) << leaf;
    }
    const std::string text = get("/debug/pprof/" + name + "?debug=1").body;
    EXPECT_EQ(text.find("::add"), std::string::npos) << text;
  }
  EXPECT_TRUE(leaves_of("block").contains("plumb::rt::mutex::lock"));
  EXPECT_TRUE(leaves_of("mutex").contains("plumb::rt::mutex::unlock"));
}

std::int64_t mutex_delay_ns() {
  const plumb::Profile profile = read_profile(get("/debug/pprof/mutex").body);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) sum += profile.values(i)[1];
  return sum;
}

// So many tasks wait for `guard`, which is held, until `release` lets it go: the profile charges
// each of them for at least that long, and all of them for no more than they have waited.
template <typename Lock, typename Release>
void expect_each_wait_once(Lock& guard, int count, std::chrono::nanoseconds least,
                           Release release) {
  set_mutex_profile_fraction(1);
  const std::int64_t before = mutex_delay_ns();
  std::atomic<std::int64_t> waited_ns{0};
  wait_group group;
  for (int i = 0; i < count; ++i) {
    group.go([&] {
      const auto start = std::chrono::steady_clock::now();
      const std::lock_guard lock(guard);
      waited_ns += std::chrono::nanoseconds(std::chrono::steady_clock::now() - start).count();
    });
  }
  plumb::test::settle();
  release();
  group.wait();
  set_mutex_profile_fraction(0);
  const std::int64_t charged = mutex_delay_ns() - before;
  EXPECT_GE(charged, count * least.count());
  EXPECT_LE(charged, waited_ns);
}

TEST(Contention, MutexProfileBlamesTheHolder) {
  set_mutex_profile_fraction(1);
  mutex guard;
  guard.lock();
  wait_group group;
  group.go([&] { const std::lock_guard lock(guard); });
  plumb::test::settle();
  guard.unlock();
  group.wait();
  set_mutex_profile_fraction(0);
  const std::string text = get("/debug/pprof/mutex?debug=1").body;
  EXPECT_TRUE(text.starts_with("--- mutex:\ncycles/second=1000000000\nsampling period=0\n"));
  EXPECT_NE(text.find("MutexProfileBlamesTheHolder"), std::string::npos) << text;
}

TEST(Contention, MutexProfileCountsEachWaitOnce) {
  mutex guard;
  guard.lock();
  expect_each_wait_once(guard, 10, 20ms, [&] {
    sleep_for(20ms);
    guard.unlock();
  });
}

TEST(Contention, RwMutexProfileCountsEachWaitOnce) {
  rwmutex guard;
  guard.lock_shared();
  guard.lock_shared();
  expect_each_wait_once(guard, 3, 40ms, [&] {
    sleep_for(20ms);
    guard.unlock_shared();  // Lets nobody in, and so is charged nothing.
    sleep_for(20ms);
    guard.unlock_shared();
  });
}

TEST(Delta, HoldsWhatHasChanged) {
  wait_group group;
  const auto gate = make_chan<unit>();
  const Blocked before(4);
  std::thread starter([&] {
    std::this_thread::sleep_for(300ms);
    for (int i = 0; i < 6; ++i) group.go([gate] { gate.recv(); });
  });
  const plumb::Profile delta = read_profile(get("/debug/pprof/goroutine?seconds=1").body);
  starter.join();
  std::int64_t most = 0;
  for (std::size_t i = 0; i < delta.sample_count(); ++i) {
    most = std::max(most, delta.values(i)[0]);
  }
  EXPECT_EQ(most, 6);
  EXPECT_GE(delta.duration_nanos, 900'000'000);
  gate.close();
  group.wait();
}

TEST(CpuProfile, FindsWhoIsBusy) {
  std::atomic<bool> is_done{false};
  wait_group group;
  group.go([&] {
    while (!is_done) {
    }
  });
  const plumb::Profile profile = read_profile(get("/debug/pprof/profile?seconds=1").body);
  is_done = true;
  group.wait();
  EXPECT_EQ(profile.period, 10'000'000);
  EXPECT_GE(profile.duration_nanos, 900'000'000);
  std::int64_t samples = 0;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    for (const plumb::LocationId id : profile.stack(i)) {
      for (const plumb::Line& line : profile.lines_of(profile.location(id))) {
        const auto name = profile.text(profile.function(line.function).name);
        if (name.find("FindsWhoIsBusy") != std::string_view::npos) samples += profile.values(i)[0];
      }
    }
  }
  EXPECT_GE(samples, 5);
}

TEST(CpuProfile, IsTakenByOneAtATime) {
  std::thread first([] { EXPECT_EQ(get("/debug/pprof/profile?seconds=1").status, 200); });
  std::this_thread::sleep_for(300ms);
  const Answer second = get("/debug/pprof/profile?seconds=1");
  first.join();
  EXPECT_EQ(second.status, 500);
  EXPECT_EQ(second.body, "Could not enable CPU profiling: cpu profiling already in use\n");
}

TEST(Metrics, CountTasksByState) {
  const Blocked blocked(3);
  const std::string text = get("/metrics").body;
  EXPECT_NE(text.find("plumb_rt_tasks{state=\"chan receive\"} 3\n"), std::string::npos) << text;
  const std::string json = get("/debug/vars").body;
  EXPECT_NE(json.find("\"chan receive\": 3"), std::string::npos) << json;
}

}  // namespace
