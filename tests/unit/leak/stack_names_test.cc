// SPDX-License-Identifier: Apache-2.0
#include "leak/stack_names.h"

#include <gtest/gtest.h>

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

TEST(EnclosingFunction, IsNeverThePackage) {
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
