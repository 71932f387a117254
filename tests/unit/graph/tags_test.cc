// SPDX-License-Identifier: Apache-2.0
#include "graph/tags.h"

#include <gtest/gtest.h>

#include <string>

#include "support/describe_graph.h"
#include "support/make_profile.h"

namespace plumb {
namespace {

using test::ProfileMaker;
using test::trimmed_graph;

// "node: labels number flat cum" for each tag.
std::string tags_text(ProfileMaker& make, double nodefraction = 0, const char* unit = "bytes") {
  GraphOptions options{.trim = {.nodefraction = nodefraction}, .is_drawn = true};
  options.tags = {.bytes_unit = unit, .output_unit = "auto"};
  const TrimmedGraph graph = trimmed_graph(make.profile, options);
  std::string text;
  for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
    for (const Tag& tag : graph.tags.of(i)) {
      text += graph.name(graph.nodes[i]) + ": [" + graph.tags.sets[tag.set].name + "] " +
              (tag.number == 0 ? "" : graph.tags.numbers[tag.number] + ' ') +
              std::to_string(tag.sums.flat) + ' ' + std::to_string(tag.sums.cum) + '\n';
    }
  }
  return text;
}

TEST(Tags, AreSetsOfAllTextLabels) {
  ProfileMaker make;
  make.add(5, "main;work", {make.text_label("b", "2"), make.text_label("a", "1")});
  make.add(3, "main;work", {make.text_label("a", "1"), make.text_label("b", "2")});
  make.add(2, "main", {make.text_label("a", "1")});
  make.add(1, "main");
  EXPECT_EQ(tags_text(make),
            "main: [a:1\\nb:2] 0 8\n"
            "main: [a:1] 2 2\n"
            "work: [a:1\\nb:2] 8 8\n");
}

TEST(Tags, CountSamplesOnceForEachNode) {
  ProfileMaker make;
  make.add(5, "main;work;main", {make.text_label("a", "1")});
  EXPECT_EQ(tags_text(make),
            "main: [a:1] 5 5\n"
            "work: [a:1] 0 5\n");
}

TEST(Tags, HaveTheNumbersUnderBytes) {
  ProfileMaker make;
  make.add(5, "main", {make.number_label("bytes", 2048)});
  make.add(4, "main", {make.number_label("bytes", 2048), make.text_label("a", "1")});
  make.add(3, "main", {make.number_label("latency", 7)});
  EXPECT_EQ(tags_text(make),
            "main: [] 2kB 5 5\n"
            "main: [a:1] 4 4\n"
            "main: [a:1] 2kB 4 4\n");
}

TEST(Tags, CountANumberAsOftenAsASampleHasIt) {
  ProfileMaker make;
  make.add(5, "main", {make.number_label("bytes", 8), make.number_label("bytes", 8)});
  EXPECT_EQ(tags_text(make), "main: [] 8B 10 10\n");
}

TEST(Tags, TakeNumbersThatReadAlikeForOne) {
  ProfileMaker make;
  make.add(5, "main", {make.number_label("bytes", 1'048'576)});
  make.add(4, "main", {make.number_label("bytes", 1'048'577)});
  EXPECT_EQ(tags_text(make), "main: [] 1MB 9 9\n");
}

TEST(Tags, IgnoreTheMarkOfADiff) {
  ProfileMaker make;
  make.add(5, "main", {make.text_label("pprof::base", "true")});
  EXPECT_EQ(tags_text(make), "");
}

TEST(Tags, LeaveOutWhatIsLightInFlatAndInCum) {
  ProfileMaker make;
  make.add(90, "main;work", {make.text_label("a", "much")});
  make.add(2, "main;work", {make.text_label("a", "little")});
  EXPECT_EQ(tags_text(make, 0.1),
            "work: [a:much] 90 90\n"
            "main: [a:much] 0 90\n");
}

TEST(Tags, KnowEmptyTextFromNone) {
  ProfileMaker make;
  make.add(1, "main", {make.text_label("a", "")});
  EXPECT_EQ(tags_text(make), "main: [a:] 1 1\n");
}

}  // namespace
}  // namespace plumb
