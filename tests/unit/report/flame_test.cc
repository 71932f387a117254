// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "report/flame_colour.h"
#include "report/flame_tree.h"
#include "report/flamegraph.h"
#include "support/dice.h"
#include "support/make_profile.h"
#include "support/prepared_input.h"

namespace plumb {
namespace {

using test::prepared_input;
using test::ProfileMaker;

// One line a box: "  name size net self folded", indented by row.
std::string tree_text(Profile& profile, double least_share, bool is_inverted = false,
                      const ReportOptions& options = {}) {
  const auto input = prepared_input(profile, ReportKind::Flamegraph, options);
  const FrameNames frames(profile);
  const FlameTree tree = build_flame_tree(*input, frames, {least_share, is_inverted});
  std::string text;
  const std::function<void(std::uint32_t)> add = [&](std::uint32_t index) {
    const FlameBox& box = tree.boxes[index];
    text += std::string(std::size_t{2} * box.row, ' ') +
            (index == 0 ? "all" : frames.all()[box.frame].name);
    for (const std::int64_t value : {box.size, box.net, box.self, box.folded}) {
      text += ' ' + std::to_string(value);
    }
    text += '\n';
    for (std::uint32_t i = index + 1; i < tree.boxes.size(); ++i) {
      if (tree.boxes[i].parent == index) add(i);
    }
  };
  add(0);
  return text;
}

TEST(FlameTree, AddsUpBoxesFromTheRoot) {
  ProfileMaker make;
  make.add(1, "main;a;b").add(2, "main;a").add(4, "main;c;b").add(8, "other").add(1, "");
  EXPECT_EQ(tree_text(make.profile, 0),
            "all 16 16 1 0\n"
            "  other 8 8 8 0\n"
            "  main 7 7 0 0\n"
            "    c 4 4 0 0\n"
            "      b 4 4 4 0\n"
            "    a 3 3 2 0\n"
            "      b 1 1 1 0\n");
}

TEST(FlameTree, StandsOnItsLeavesWhenInverted) {
  ProfileMaker make;
  make.add(1, "main;a;b").add(2, "main;c;b").add(4, "main;a");
  EXPECT_EQ(tree_text(make.profile, 0, true),
            "all 7 7 0 0\n"
            "  a 4 4 0 0\n"
            "    main 4 4 4 0\n"
            "  b 3 3 0 0\n"
            "    c 2 2 0 0\n"
            "      main 2 2 2 0\n"
            "    a 1 1 0 0\n"
            "      main 1 1 1 0\n");
}

TEST(FlameTree, LeavesOutNegativeStacksIfAsked) {
  ProfileMaker make;
  make.add(5, "main;a").add(-3, "main;a").add(-3, "main;lost").add(1, "main;lost");
  EXPECT_EQ(tree_text(make.profile, 0, false, {.drop_negative = true}),
            "all 2 2 0 0\n"
            "  main 2 2 0 0\n"
            "    a 2 2 2 0\n");
}

TEST(FlameTree, CountsWhatIsTooNarrow) {
  ProfileMaker make;
  make.add(90, "main;a").add(4, "main;b;a").add(3, "main;b;c").add(3, "main;d;a");
  EXPECT_EQ(tree_text(make.profile, 0.05),
            "all 100 100 0 0\n"
            "  main 100 100 0 3\n"
            "    a 90 90 90 0\n"
            "    b 7 7 0 7\n");
}

TEST(FlameTree, KeepsWhatGrewAndWhatShrankApart) {
  ProfileMaker make;
  make.add(5, "main;a").add(-3, "main;b").add(2, "main;b");
  EXPECT_EQ(tree_text(make.profile, 0),
            "all 10 4 0 0\n"
            "  main 10 4 0 0\n"
            "    a 5 5 5 0\n"
            "    b 5 -1 5 0\n");
}

TEST(FlameTree, IsNoHigherThanItsLimit) {
  ProfileMaker make;
  std::string stack = "f";
  for (int i = 0; i < 3000; ++i) stack += ";f";
  make.add(1, stack);
  const auto input = prepared_input(make.profile, ReportKind::Flamegraph);
  const FrameNames frames(make.profile);
  const FlameTree tree = build_flame_tree(*input, frames, {});
  EXPECT_EQ(tree.boxes.size(), kMostFlameRows + 1);
  EXPECT_EQ(tree.folded, 1);
}

// Whatever is folded, the parts of a box add up to it, and boxes lie on their parents.
TEST(FlameTree, LosesNothing) {
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    test::Dice dice(seed);
    ProfileMaker make;
    const std::uint32_t samples = dice.below(60);
    for (std::uint32_t i = 0; i < samples; ++i) {
      std::string stack;
      const std::uint32_t depth = dice.below(7);
      for (std::uint32_t d = 0; d < depth; ++d) {
        stack += (d == 0 ? "f" : ";f") + std::to_string(dice.below(5));
      }
      make.add(static_cast<std::int64_t>(dice.below(100)) - 20, stack);
    }
    const auto input = prepared_input(make.profile, ReportKind::Flamegraph);
    const FrameNames frames(make.profile);
    const FlameTree tree = build_flame_tree(*input, frames, {seed % 3 == 0 ? 0.0 : 0.04, false});
    std::vector<std::int64_t> parts;
    for (const FlameBox& box : tree.boxes) parts.push_back(box.self + box.folded);
    for (std::size_t i = 1; i < tree.boxes.size(); ++i) {
      const FlameBox& box = tree.boxes[i];
      const FlameBox& parent = tree.boxes[box.parent];
      parts[box.parent] += box.size;
      EXPECT_LT(box.parent, i);
      EXPECT_EQ(box.row, parent.row + 1);
      EXPECT_GE(box.begin, parent.begin);
      EXPECT_LE(std::abs(box.net), box.size);
    }
    for (std::size_t i = 0; i < tree.boxes.size(); ++i) {
      EXPECT_EQ(parts[i], tree.boxes[i].size) << "seed " << seed << " box " << i;
    }
  }
}

std::string svg_of(ProfileMaker& make) {
  const auto input = prepared_input(make.profile, ReportKind::Flamegraph);
  StringWriter out;
  render_flamegraph_svg(*input, out);
  return out.text();
}

TEST(Flamegraph, IsOneDocumentThatNeedsNothingElse) {
  ProfileMaker make("cpu", "nanoseconds");
  make.add(30'000'000, "main.main;github.com/acme/shop.(*Cart).Add");
  const std::string svg = svg_of(make);
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_NE(svg.find("<title>github.com/acme/shop.(*Cart).Add&#10;30ms (100%), self 30ms</title>"),
            std::string::npos)
      << svg;
  // The only address is the name of the format.
  std::size_t addresses = 0;
  for (std::size_t at = 0; (at = svg.find("http", at)) != std::string::npos; ++at) ++addresses;
  EXPECT_EQ(addresses, 2U) << "xmlns, and the same in the script";
  EXPECT_EQ(svg.find("innerHTML"), std::string::npos);
}

TEST(Flamegraph, EscapesNames) {
  ProfileMaker make;
  make.add(3, "</title><script>alert(1)</script>;]]>\"'&");
  const std::string svg = svg_of(make);
  EXPECT_EQ(svg.find("alert(1)<"), std::string::npos);
  EXPECT_NE(svg.find("&lt;script&gt;alert(1)&lt;/script&gt;"), std::string::npos);
  const std::size_t script = svg.find("<script>");
  EXPECT_EQ(svg.find("]]>"), svg.find("]]></script>", script));
}

TEST(Flamegraph, SaysWhatItLeavesOut) {
  ProfileMaker make;
  make.add(999'950, "main;big").add(50, "main;tiny");
  const std::string svg = svg_of(make);
  EXPECT_NE(svg.find("50 (0.005%) in boxes too narrow to draw"), std::string::npos) << svg;
}

TEST(Flamegraph, SurvivesAnEmptyProfile) {
  ProfileMaker make;
  EXPECT_NE(svg_of(make).find(">all</text>"), std::string::npos);
}

TEST(Flamegraph, IsJsonWithTheSameBoxes) {
  ProfileMaker make;
  make.add(3, "main;work");
  const auto input = prepared_input(make.profile, ReportKind::Flamegraph);
  StringWriter out;
  render_flamegraph_json(*input, out);
  const auto json = nlohmann::json::parse(out.text(), nullptr, false);
  EXPECT_EQ(json["schema"], "plumb.flamegraph/1");
  ASSERT_EQ(json["boxes"].size(), 3U);
  EXPECT_EQ(json["boxes"][2]["name"], "work");
  EXPECT_EQ(json["boxes"][2]["parent"], 1);
  EXPECT_EQ(json["boxes"][2]["self"], 3);
}

TEST(FlameColour, TellsPackagesApart) {
  EXPECT_EQ(colour_group("net/http.(*conn).serve"), "net/http");
  EXPECT_EQ(colour_group("github.com/a/b%2ec.F[go.shape.int]"), "github.com/a/b%2ec");
  EXPECT_EQ(colour_group("std::sort<a::b>"), "std");
  EXPECT_EQ(colour_group("main"), "main");
  EXPECT_EQ(package_colour("example.com/a.F"), package_colour("example.com/a.(*T).G"));
  EXPECT_NE(package_colour("example.com/a.F"), package_colour("example.com/b.F"));
}

TEST(FlameColour, GoesFromBlueToOrange) {
  EXPECT_EQ(difference_colour(0, 10), difference_colour(0, 99));
  const auto part = [](const std::string& colour, std::size_t at) {
    return std::stoi(colour.substr(at, 2), nullptr, 16);
  };
  const std::string more = difference_colour(10, 10);
  const std::string less = difference_colour(-10, 10);
  EXPECT_GT(part(more, 1), part(more, 5) + 60) << more;
  EXPECT_GT(part(less, 5), part(less, 1) + 60) << less;
}

}  // namespace
}  // namespace plumb
