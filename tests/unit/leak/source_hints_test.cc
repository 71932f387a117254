// SPDX-License-Identifier: Apache-2.0
// What the verdict makes of the lines around a blocked one.
#include "leak/source_hints.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "leak/verdict.h"
#include "unit/leak/series_builder.h"

namespace plumb {
namespace {

// The verdict on senders of a function with these lines, the `go` statement at index `go`, and the
// send so many lines below it.
Finding judge_with_lines(const std::vector<std::string>& lines, std::int64_t go,
                         std::int64_t below = 1) {
  const TestStack send = stack_of("main.fetch.func1", "main.fetch");
  const SnapshotSeries series = series_of({{{"chan send", send, ids_from(20, 10, 10)}, busy(120)},
                                           {{"chan send", send, ids_from(20, 20, 10)}, busy(215)}});
  // The go statement is at line 9 of the file and the send at line 27: both windows show this.
  const SourceLines source = [&](std::string_view, std::int64_t line) {
    const std::int64_t from = line >= 20 ? line - 27 + go + below : line - 9 + go;
    if (from < 0 || from >= std::ssize(lines)) return std::string();
    return lines[static_cast<std::size_t>(from)];
  };
  return judge_place(series, "main.fetch.func1", source);
}

// The same where the line `made` makes the channel.
Finding judge_with_source(const std::string& made) {
  return judge_with_lines(
      {"func fetch(ctx context.Context) {", made, "\tgo func() {", "\t\tch <- ask()", "\t}()",
       "\tselect {", "\tcase v := <-ch:", "\t\tuse(v)", "\tcase <-ctx.Done():", "\t}", "}"},
      2);
}

// The same where `loop` starts the goroutines; `more` is the line behind them.
Finding judge_with_loop(const std::string& loop, const std::string& more = "") {
  return judge_with_lines(
      {"func fetch(all []string) {", "\tch := make(chan int)", loop, "\t\tgo func() {",
       "\t\t\tch <- ask(one)", "\t\t}()", more, "\t}", "\treturn <-ch", "}"},
      3);
}

TEST(SourceHints, TellPatternAndLineToChange) {
  const auto fix = [](const std::string& change) {
    return "give the channel room for one value, " + change +
           ", so that the late result can be sent and forgotten";
  };
  const std::string kExample = "make(chan T, 1)";
  for (const auto& [made, change] : std::vector<std::pair<std::string, std::string>>{
           {"\tch := make(chan int)", "ch := make(chan int, 1) (main.go:8)"},
           {"\tvar ch = make(chan int) // late", "var ch = make(chan int, 1) (main.go:8)"},
           {"\tch = make(chan func(a, b int) error)",
            "ch = make(chan func(a, b int) error, 1) (main.go:8)"},
           {"\tch := make(chan int, 4)", kExample},
           {"\tch := make(chan int), 1", kExample},
           {"\tch, done := make(chan int), make(chan int)", kExample},
           {"\tch2 := make(chan int)", kExample},
           {"\tch := open()", kExample},
           {"\tch := make(chan " + std::string(200, 'T') + ")", kExample},
       }) {
    const Finding finding = judge_with_source(made);
    EXPECT_EQ(finding.pattern, "L2") << made;
    EXPECT_EQ(finding.fix, fix(change)) << made;
  }
}

TEST(SourceHints, TellHowMuchRoomAllSendersOfALoopNeed) {
  const auto fix = [](const std::string& change) {
    return "give the channel room for all of them, " + change +
           ", or receive as often as is sent, or end the others by a context";
  };
  const std::string kExample = "make(chan T, n)";
  for (const auto& [loop, room] : std::vector<std::pair<std::string, std::string>>{
           {"\tfor _, one := range all {", "len(all)"},
           {"\tfor i, one := range s.shops {", "len(s.shops)"},
           {"\tfor range 3 {", "3"},
           {"\tfor i := range 16 { // workers", "16"},
           {"\tfor i := 0; i < n; i++ {", "n"},
           {"\tfor i := 0; i < len(all); i++ {", "len(all)"},
           {"\tfor one := range all {", ""},           // A number, a channel?
           {"\tfor _, one := range open(all) {", ""},  // Not to be called twice.
           {"\tfor i := 1; i < n; i++ {", ""},         // One less.
           {"\tfor i := 0; i < n; i += 2 {", ""},
           {"\tfor more() {", ""},
       }) {
    const Finding finding = judge_with_loop(loop);
    EXPECT_EQ(finding.pattern, "L3") << loop;
    const std::string change = "ch := make(chan int, " + room + ") (main.go:7)";
    EXPECT_EQ(finding.fix, fix(room.empty() ? kExample : change)) << loop;
  }
  // Two of them in each round.
  const Finding twice = judge_with_loop("\tfor _, one := range all {", "\t\tgo other(ch)");
  EXPECT_EQ(twice.fix, fix(kExample));
}

// Room for one value, or for one of each sender, would not help.
TEST(SourceHints, KnowASenderOfSeveralValues) {
  for (const char* loop : {"\t\tfor _, row := range rows {", "\t\tfor {"}) {
    const Finding finding = judge_with_lines(
        {"func fetch(rows []int) <-chan int {", "\tch := make(chan int)", "\tgo func() {", loop,
         "\t\t\tch <- row", "\t\t}", "\t}()", "\treturn ch", "}"},
        2, 2);
    EXPECT_EQ(finding.pattern, "L1");
    EXPECT_EQ(finding.fix.find("room"), std::string::npos) << finding.fix;
    EXPECT_NE(finding.fix.find("ctx.Done()"), std::string::npos) << finding.fix;
  }
  // Each round has a goroutine and a channel of its own.
  const Finding one = judge_with_lines(
      {"func fetch(rows []int) {", "\tfor _, row := range rows {", "\t\tch := make(chan int)",
       "\t\tgo func() {", "\t\t\tch <- row", "\t\t}()", "\t}", "}"},
      3);
  EXPECT_NE(one.fix.find("room"), std::string::npos) << one.fix;
  // And here each has one value.
  const Finding line =
      judge_with_lines({"func fetch(all []chan int) {", "\tfor _, ch := range all {",
                        "\t\tgo func() { ch <- row }()", "\t}", "}"},
                       2, 0);
  EXPECT_NE(line.fix.find("room"), std::string::npos) << line.fix;
}

TEST(SourceHints, KnowAChannelThatServesAsASemaphore) {
  for (const char* release : {"\t\tdefer func() { <-ch }()", "\t\t<-ch", "\t\t<-ch // Done."}) {
    const Finding finding =
        judge_with_lines({"func fetch() {", "\tgo func() {", "\t\tch <- struct{}{}", release,
                          "\t\twork()", "\t}()", "}"},
                         1);
    EXPECT_EQ(finding.pattern, "L18") << release;
  }
  // Others receive what is sent, or take it from another channel.
  for (const char* other : {"\t<-ch", "\t\t<-chain", "\t\tv := <-ch", "\t\tuse(ch)"}) {
    const Finding finding = judge_with_lines(
        {"func fetch() {", "\tgo func() {", "\t\tch <- struct{}{}", other, "\t}()", "}"}, 1);
    EXPECT_NE(finding.pattern, "L18") << other;
  }
}

// The verdict on goroutines in `state` at line `blocked` of a file with these lines, in a function
// that their own one, made by the `go` statement at line `go`, has called, or in their own one.
struct SourcePlace {
  const char* state;
  std::int64_t blocked;
  std::int64_t go;
  bool is_called = true;
  const char* function = "main.(*Future[...]).run";
};

Finding judge_file(const std::vector<std::string>& lines, const SourcePlace& place) {
  TestStack stack = {{place.function, "/srv/app/main.go", place.blocked}};
  if (place.is_called) stack.push_back({"main.handle", "/srv/app/other.go", 80});
  stack.push_back({"main.handle", "/srv/app/main.go", place.go, 0, FrameKind::CreatedBy});
  const SnapshotSeries series =
      series_of({{{place.state, stack, ids_from(20, 10, 10)}, busy(120)},
                 {{place.state, stack, ids_from(20, 20, 10)}, busy(215)}});
  return judge_place(series, place.function, [&](std::string_view, std::int64_t line) {
    const bool is_there = line >= 1 && line <= std::ssize(lines);
    return is_there ? lines[static_cast<std::size_t>(line - 1)] : std::string();
  });
}

// The place is taken in one closure or method, and given back in another.
TEST(SourceHints, KnowASemaphoreThatAnotherFunctionReleases) {
  const auto closures = [](const std::string& made, const std::string& release) {
    return std::vector<std::string>{"func serve(mux *http.ServeMux) {",
                                    made,
                                    "\tacquire := func(ctx context.Context) error {",
                                    "\t\tselect {",
                                    "\t\tcase sem <- struct{}{}:",
                                    "\t\t\treturn nil",
                                    "\t\tcase <-ctx.Done():",
                                    "\t\t\treturn ctx.Err()",
                                    "\t\t}",
                                    "\t}",
                                    "\tmux.HandleFunc(\"/do\", func(w, r) {",
                                    release,
                                    "\t\twork()",
                                    "\t})",
                                    "}"};
  };
  const std::string kMade = "\tsem := make(chan struct{}, 8)";
  const std::string kRelease = "\t\tdefer func() { <-sem }()";
  const SourcePlace place{"select", 4, 20};
  const Finding closure = judge_file(closures(kMade, kRelease), place);
  EXPECT_EQ(closure.pattern, "L18");
  EXPECT_NE(closure.cause.find("serves as a semaphore"), std::string::npos) << closure.cause;
  EXPECT_EQ(judge_file(closures("\tsem := make(chan struct{})", kRelease), place).pattern, "L1");
  EXPECT_EQ(judge_file(closures(kMade, "\t\tv := <-sem"), place).pattern, "L1");
  std::vector<std::string> line = {"var sem = make(chan bool, 8)", "func serve() {",
                                   "\tacquire := func() { sem <- true }",
                                   "\trelease := func() { <-sem }", "}"};
  EXPECT_EQ(judge_file(line, {"chan send", 3, 20}).pattern, "L18");
  // At the end of a goroutine it tells that it is done.
  EXPECT_EQ(judge_file(line, {"chan send", 3, 20, false}).pattern, "L1");
  line[2] = "\tacquire := func() { sem <- next() }";
  EXPECT_EQ(judge_file(line, {"chan send", 3, 20}).pattern, "L1");
  const std::vector<std::string> methods = {"func newGate(n int) *gate {",
                                            "\treturn &gate{slots: make(chan struct{}, n)}",
                                            "}",
                                            "",
                                            "func (g *gate) take() {",
                                            "\tg.slots <- struct{}{}",
                                            "}",
                                            "",
                                            "func (g *gate) give() { <-g.slots }"};
  EXPECT_EQ(judge_file(methods, {"chan send", 6, 20}).pattern, "L18");
}

// The channel is a field, and the method that waits for it gives up after a while.
TEST(SourceHints, KnowAResultThatIsAwaitedElsewhere) {
  const auto future = [](const std::string& wait, const std::string& end) {
    return std::vector<std::string>{"func Async[T any](f func() (T, error)) *Future[T] {",
                                    "\tfut := &Future[T]{ch: make(chan Result[T])}",
                                    "\tgo func() {",
                                    "\t\tv, err := f()",
                                    "\t\tfut.ch <- Result[T]{v, err}",
                                    "\t}()",
                                    "\treturn fut",
                                    "}",
                                    "",
                                    "func (f *Future[T]) Await(ctx context.Context) (T, error) {",
                                    "\tselect {",
                                    wait,
                                    "\t\treturn r.Val, r.Err",
                                    end,
                                    "\t\treturn zero, ctx.Err()",
                                    "\t}",
                                    "}"};
  };
  const SourcePlace place{"chan send", 5, 3, false};
  const std::string kWait = "\tcase r := <-f.ch:";
  for (const char* end : {"\tcase <-ctx.Done():", "\tcase <-time.After(d):", "\tcase <-t.C:"}) {
    const Finding finding = judge_file(future(kWait, end), place);
    EXPECT_EQ(finding.pattern, "L2") << end;
    EXPECT_NE(finding.cause.find("who waited for the result"), std::string::npos) << finding.cause;
  }
  EXPECT_EQ(judge_file(future("\tcase r := <-f.other:", "\tcase <-t.C:"), place).pattern, "L1");
  EXPECT_EQ(judge_file(future(kWait, "\tcase <-f.other:"), place).pattern, "L1");
}

// for { select { case <-stop: return; case <-time.After(d): poll() } }
TEST(SourceHints, KnowALoopThatATimerWakes) {
  const auto pattern = [](const std::string& loop, const std::string& wait) {
    const std::vector<std::string> lines = {"func await(o *Order, stop <-chan struct{}) {",
                                            loop,
                                            "\t\tselect {",
                                            "\t\tcase <-stop:",
                                            "\t\t\treturn",
                                            wait,
                                            "\t\t\tpoll(o)",
                                            "\t\t}",
                                            "\t}",
                                            "}"};
    return judge_file(lines, {"select", 3, 1, false, "main.await"}).pattern;
  };
  EXPECT_EQ(pattern("\tfor {", "\t\tcase <-time.After(d):"), "L21");
  EXPECT_EQ(pattern("\tfor {", "\t\tcase <-ticker.C:"), "L21");
  EXPECT_EQ(pattern("\tfor {", "\t\tcase <-o.paid:"), "L6");
  EXPECT_EQ(pattern("\tif slow {", "\t\tcase <-time.After(d):"), "L6");
}

}  // namespace
}  // namespace plumb
