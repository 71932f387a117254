// SPDX-License-Identifier: Apache-2.0
#include "graph/shorten_name.h"

#include <gtest/gtest.h>

#include <string_view>

namespace plumb {
namespace {

struct Row {
  std::string_view name;
  std::string_view given;
  std::string_view expected;
};

TEST(ShortenFunctionName, KeepsWhatTellsMost) {
  const Row rows[] = {
      {"nothing", "", ""},
      {"a plain name", "main", "main"},
      {"a Go function without a path", "runtime.gopark", "runtime.gopark"},
      {"a path", "github.com/a/b.Func", "b.Func"},
      {"a method", "net/http.(*conn).serve", "http.(*conn).serve"},
      {"a closure", "example.com/x-y/z_1.(*T).Run.func1.2", "z_1.(*T).Run.func1.2"},
      {"type arguments", "a.com/b.Map[go.shape.int,go.shape.string]",
       "b.Map[go.shape.int,go.shape.string]"},
      {"a path in type arguments", "a/b.F[c/d.T]", "b.F[c/d.T]"},
      {"a major version in the path", "a.com/b/v2/c.F", "c.F"},
      {"a major version at its end", "a.com/b/v12.F", "b.F"},
      {"no major version", "a.com/b/v1.F", "v1.F"},
      {"a version of nothing else", "x/v2", "x/v2"},
      {"a path and no dot", "a/b/c", "a/b/c"},
      {"a Java method", "java.util.concurrent.ThreadPoolExecutor.runWorker",
       "ThreadPoolExecutor.runWorker"},
      {"a Java constructor with arguments", "com.example.Foo$Bar.<init>(int)", "Foo$Bar.<init>"},
      {"a Java lambda", "com.a.B.lambda$run$0(B.java)", "B.lambda$run$0"},
      {"a C++ method", "ns::inner::Class::method", "Class::method"},
      {"with template arguments", "a::B::f<int, c::D>(x)", "B::f<int, c::D>"},
      {"a destructor", "a::B::~B", "B::~B"},
      {"a C++ function", "std::sort", "std::sort"},
      {"an anonymous namespace", "(anonymous namespace)::work(int)", "work(int)"},
      {"bytes that are not UTF-8", "a/b/c.\xff\xfe", "c.\xff\xfe"},
      {"a line break", "a/b.f\ng", "b.f"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(shorten_function_name(row.given), row.expected) << row.name;
  }
}

}  // namespace
}  // namespace plumb
