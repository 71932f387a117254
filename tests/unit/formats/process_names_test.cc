// SPDX-License-Identifier: Apache-2.0
#include "formats/process_names.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace plumb {
namespace {

struct Names {
  const char* name;
  std::vector<std::string> processes;
  std::vector<std::string> names;
};

TEST(ProcessNames, AreWhatTellsThemApart) {
  const std::vector<Names> cases = {
      {"None", {}, {}},
      {"Containers", {"web-1 ", "web-2 "}, {"web-1", "web-2"}},
      {"SameHost", {" host app[12]", " host web[7]"}, {"app[12]", "web[7]"}},
      {"OtherHost", {" a app[7]", " b app[7]"}, {"a", "b"}},
      {"OnlyPartOfTheName", {"web-0 ", "web-0 db-0 "}, {"", ""}},
      {"TheSame", {"web-0 ", "web-0 "}, {"", ""}},
      {"Unknown", {"", "web-0 "}, {"", ""}},
      {"Pods",
       {R"("app"="a" "file"="x" "pod"="a-1" [])", R"("app"="a" "file"="y" "pod"="a-2" [])"},
       {"a-1", "a-2"}},
      {"ContainersOfOnePod",
       {R"("container"="app" "pod"="a" [])", R"("container"="log" "pod"="a" [])"},
       {"app", "log"}},
      {"OtherLabels", {R"("x"="a b" "y"="1" [])", R"("x"="a b" "y"="=\"2" [])"}, {"1", R"(=\"2)"}},
      {"LabelsThatNotAllHave",
       {R"("a"="1" "pod"="p" [])", R"("a"="2" [])", R"("a"="2" "b"="3" [])"},
       {"1 p", "2", "2 3"}},
      {"LabelsAndWords", {R"("pod"="p" [])", "host app[7]"}, {"p", "host app[7]"}},
  };
  for (const Names& one : cases) {
    EXPECT_EQ(short_process_names(one.processes), one.names) << one.name;
  }
}

}  // namespace
}  // namespace plumb
