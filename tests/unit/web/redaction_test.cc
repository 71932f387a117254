// SPDX-License-Identifier: Apache-2.0
#include "web/redaction.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace plumb::web {
namespace {

struct CutCase {
  std::string_view text;
  std::string_view expected;
};

TEST(Redaction, CutsPathsToTheirLastElement) {
  constexpr std::array kCases = {
      CutCase{"", ""},
      CutCase{"/srv/app/main.go", "main.go"},
      CutCase{"/home/jane doe/app/main.go", "main.go"},
      CutCase{"main.leak /srv/app/main.go:17", "main.leak main.go:17"},
      CutCase{"created by x\n\t/srv/app/main.go:25 +0x3c", "created by x\n\tmain.go:25 +0x3c"},
      CutCase{"plumb top -source_path=/home/jane '/tmp/a b.txt'",
              "plumb top -source_path=jane 'a b.txt'"},
      CutCase{"C:\\Users\\jane\\main.go:3", "main.go:3"},
      CutCase{"http://db.internal:6060/debug/pprof/heap", "heap"},
      CutCase{"https+insecure://db.internal/debug/pprof/heap?gc=1", "heap?gc=1"},
      // No paths of this machine.
      CutCase{"net/http.(*conn).serve", "net/http.(*conn).serve"},
      CutCase{"github.com/jane/app.Run", "github.com/jane/app.Run"},
      CutCase{"3 goroutines / 2", "3 goroutines / 2"},
      CutCase{"localhost:6060", "localhost:6060"},
      CutCase{"operator/(a, b)", "operator/(a, b)"},
  };
  for (const CutCase& one : kCases) EXPECT_EQ(cut_paths(one.text), one.expected);
}

TEST(Redaction, KnowsRelativeSourcesAndFoldersWithBlanks) {
  Profile profile;
  Function function;
  function.file = profile.strings.intern("/home/jane doe/app/main.go");
  profile.functions.push_back(function);
  const std::array<std::string, 2> names = {"customer/x/a.txt", "customer/x/a.txt.gz"};
  const PathCutter cutter(names, profile, nullptr);
  EXPECT_EQ(cutter.cut("plumb top customer/x/a.txt.gz customer/x/a.txt"),
            "plumb top a.txt.gz a.txt");
  EXPECT_EQ(cutter.cut("  main.work /home/jane doe/app/main.go:12"), "  main.work main.go:12");
  Json json = {{"a", {"/srv/x.go", 3, {{"b", "see /srv/y.go"}}}}};
  cutter.cut_all(json);
  EXPECT_EQ(json.dump(), R"({"a":["x.go",3,{"b":"see y.go"}]})");
}

TEST(Redaction, IsWrittenAsWords) {
  const auto all = parse_redaction("labels, paths,sources");
  ASSERT_TRUE(all);
  EXPECT_EQ(redaction_names(*all), "paths,labels,sources");
  EXPECT_EQ(redaction_names(*parse_redaction("")), "");
  EXPECT_FALSE(parse_redaction("paths,everything"));
}

}  // namespace
}  // namespace plumb::web
