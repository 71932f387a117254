// SPDX-License-Identifier: Apache-2.0
#include "leak/stack_names.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "unit/leak/series_builder.h"

namespace plumb {
namespace {

bool has(std::string_view function, std::string_view suffix) {
  const TestStack stack = {{function, "/srv/app/main.go", 27}};
  const SnapshotSeries series = series_of({{{"chan send", stack, {20}}}});
  return has_function(series.stacks, series.stacks.groups.front(), suffix);
}

TEST(HasFunction, LooksAtTheEndWithoutTypeArguments) {
  EXPECT_TRUE(has("net/http.(*conn).serve", "net/http.(*conn).serve"));
  EXPECT_TRUE(has("vendor/net/http.(*conn).serve", "net/http.(*conn).serve"));
  EXPECT_FALSE(has("net/http.(*conn).serve.func1", "net/http.(*conn).serve"));
  EXPECT_FALSE(has("serve", "net/http.(*conn).serve"));
  EXPECT_TRUE(has("pool.(*Pool[...]).Get", ".(*Pool).Get"));
  EXPECT_TRUE(has("pool.(*Pool[map[string][]int]).Get[int]", ".(*Pool).Get"));
  EXPECT_FALSE(has("pool.(*Pool[Pool).Get", ".(*Pool).Get"));
  EXPECT_FALSE(has("]", "a"));
  EXPECT_TRUE(has("any", ""));
}

std::string starter_of(TestStack stack, std::string_view creator, std::string_view file) {
  stack.push_back({creator, file, 9, 0, FrameKind::CreatedBy});
  const SnapshotSeries series = series_of({{{"chan send", stack, {20}}}});
  return std::string(starter_function(series.stacks, series.stacks.groups.front()));
}

TEST(StarterFunction, IsOfTheProgram) {
  const TestFrame closure = {"main.search.func1", "/srv/app/main.go", 27};
  const TestFrame method = {"main.(*Worker).run", "/srv/app/main.go", 40};
  const auto by_group = [](const TestFrame& given) {
    constexpr std::string_view kFile = "/go/src/sync/waitgroup.go";
    return starter_of({given, {"sync.(*WaitGroup).Go.func1", kFile, 239}}, "sync.(*WaitGroup).Go",
                      kFile);
  };
  EXPECT_EQ(by_group(closure), "main.search");
  EXPECT_EQ(by_group(method), "");
  EXPECT_EQ(starter_of({closure}, "time.goFunc", "/go/src/time/sleep.go"), "main.search");
  EXPECT_EQ(starter_of({method}, "main.Start", "/srv/app/main.go"), "main.Start");
  const TestFrame served = {"net/http.HandlerFunc.ServeHTTP", "/go/src/net/http/server.go", 2286};
  EXPECT_EQ(starter_of({closure, served}, "net/http.(*Server).Serve", "/go/src/net/http/server.go"),
            "");
  const TestFrame library = {"net/http.(*persistConn).readLoop", "/go/src/net/http/transport.go",
                             1};
  EXPECT_EQ(
      starter_of({library}, "net/http.(*Transport).dialConn", "/go/src/net/http/transport.go"),
      "net/http.(*Transport).dialConn");
}

TEST(EnclosingFunction, IsNeverThePackage) {
  EXPECT_EQ(outer_function("main.fetch.func1.2"), "main.fetch.func1");
  EXPECT_EQ(outer_function("main.fetch"), "main.fetch");
  EXPECT_EQ(outer_function("main.func1"), "main.func1");
  EXPECT_EQ(outer_function(""), "");
  EXPECT_EQ(enclosing_function("main.fetch.func1.2"), "main.fetch");
  EXPECT_EQ(enclosing_function("main.func1"), "main.func1");
  EXPECT_EQ(enclosing_function("main.func1.func2"), "main.func1");
  EXPECT_EQ(enclosing_function("example.com/app.1"), "example.com/app.1");
  EXPECT_EQ(enclosing_function("func1"), "func1");
  EXPECT_EQ(enclosing_function(""), "");
}

TEST(ReceiverOf, IsThatOfAnyName) {
  EXPECT_EQ(receiver_of("example.com/app.(*Client).fetch.func1"), "Client");
  EXPECT_EQ(receiver_of("main.func1"), "");
  EXPECT_EQ(receiver_of("main.1"), "");
  EXPECT_EQ(receiver_of("main."), "");
  EXPECT_EQ(receiver_of("."), "");
  EXPECT_EQ(receiver_of(""), "");
}

}  // namespace
}  // namespace plumb
