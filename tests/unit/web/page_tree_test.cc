// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "support/dice.h"
#include "support/make_profile.h"
#include "web/flame_data.h"

namespace plumb::web {
namespace {

struct Built {
  Profile profile;
  FlameTree tree;
  std::vector<std::string> names;  // Of all boxes: "main;work".
};

Built build(Profile profile) {
  Built built{.profile = std::move(profile), .tree = {}, .names = {}};
  ReportOptions options;
  options.trim = false;
  auto input = make_report_input(built.profile, ReportKind::Dot, options, [](std::string_view) {});
  EXPECT_TRUE(input);
  const NodeTable table = build_nodes(built.profile);
  built.tree = build_page_tree(*input, table);
  built.names.emplace_back();
  for (std::size_t i = 1; i < built.tree.boxes.size(); ++i) {
    const FlameBox& box = built.tree.boxes[i];
    std::string name = printable_name(built.profile, table.nodes[box.frame]);
    if (box.parent != 0) name = built.names[box.parent] + ';' + name;
    built.names.push_back(name);
  }
  return built;
}

// Sizes by way from the root, counted the simple way.
std::map<std::string, std::int64_t> naive_sizes(
    const std::vector<std::pair<std::string, std::int64_t>>& stacks) {
  std::map<std::string, std::int64_t> sizes;
  for (const auto& [stack, value] : stacks) {
    for (std::size_t at = 0; at != std::string::npos;) {
      at = stack.find(';', at + 1);
      sizes[stack.substr(0, at)] += std::abs(value);
    }
  }
  return sizes;
}

std::vector<std::pair<std::string, std::int64_t>> random_stacks(std::size_t count) {
  std::mt19937 random(11);
  std::vector<std::pair<std::string, std::int64_t>> stacks;
  for (std::size_t i = 0; i < count; ++i) {
    std::string stack = "main";
    const std::size_t depth = 1 + random() % 6;
    for (std::size_t d = 0; d < depth; ++d) stack += ";f" + std::to_string(random() % 7);
    stacks.emplace_back(stack, static_cast<std::int64_t>(random() % 9) - 2);
  }
  return stacks;
}

Profile profile_of(const std::vector<std::pair<std::string, std::int64_t>>& stacks) {
  test::ProfileMaker make;
  for (const auto& [stack, value] : stacks) make.add(value, stack);
  return std::move(make.profile);
}

TEST(PageTree, AreAllWaysFromTheRootOfASmallProfile) {
  const auto stacks = random_stacks(500);
  const Built built = build(profile_of(stacks));
  EXPECT_EQ(built.tree.least, 1);
  EXPECT_TRUE(built.tree.has_negative);
  std::map<std::string, std::int64_t> sizes = naive_sizes(stacks);
  std::erase_if(sizes, [](const auto& row) { return row.second == 0; });
  std::map<std::string, std::int64_t> found;
  for (std::size_t i = 1; i < built.names.size(); ++i) {
    found[built.names[i]] = built.tree.boxes[i].size;
  }
  EXPECT_EQ(found, sizes);
}

// What holds of every tree: parents come first, and parts add up to the whole.
void expect_sums(const FlameTree& tree) {
  std::vector<std::int64_t> sizes(tree.boxes.size());
  for (std::size_t i = tree.boxes.size(); i-- > 0;) {
    const FlameBox& box = tree.boxes[i];
    EXPECT_EQ(box.size, sizes[i] + box.self + box.folded);
    if (i == 0) break;
    ASSERT_LT(box.parent, i);
    sizes[box.parent] += box.size;
  }
}

TEST(PageTree, OfALargeProfileAreThoseThatCanBeSeenAndTheRestInOneBox) {
  auto stacks = random_stacks(30'000);
  for (auto& [stack, value] : stacks) value = std::abs(value) + 1;
  for (std::size_t i = 0; i < 3'000; ++i) stacks.emplace_back("rare;g" + std::to_string(i), 1);
  const Built built = build(profile_of(stacks));
  EXPECT_GT(built.tree.least, 1);
  EXPECT_FALSE(built.tree.has_negative);
  expect_sums(built.tree);
  const auto sizes = naive_sizes(stacks);
  for (std::size_t i = 1; i < built.names.size(); ++i) {
    EXPECT_GE(built.tree.boxes[i].size, built.tree.least);
    EXPECT_EQ(built.tree.boxes[i].size, sizes.at(built.names[i]));
  }
  EXPECT_GT(built.tree.folded, 0);
}

// Names of several packages, functions inlined into others, the same function at several places,
// labels, and samples that cancel out.
Profile varied_profile(std::uint32_t seed, std::size_t samples) {
  test::Dice dice(seed);
  test::ProfileMaker make;
  const bool has_negative = seed % 2 == 0;
  for (std::size_t i = 0; i < samples; ++i) {
    std::string stack = dice.chance(3) ? "" : "main";
    const std::size_t depth = stack.empty() ? 0 : dice.below(8);
    for (std::size_t d = 0; d < depth; ++d) {
      const std::string name = std::to_string(dice.chance(60) ? d : dice.below(6));
      stack += dice.chance(20) ? ";g" + name + "|f" + name : ";f" + name;
    }
    const auto value = static_cast<std::int64_t>(dice.below(9)) - (has_negative ? 3 : 0);
    make.add(value, stack, {make.text_label("kind", dice.chance(50) ? "a" : "b")});
  }
  return std::move(make.profile);
}

void expect_same(const FlameTree& a, const FlameTree& b, const std::string& what) {
  EXPECT_EQ(a.rows, b.rows) << what;
  EXPECT_EQ(a.folded, b.folded) << what;
  EXPECT_EQ(a.least, b.least) << what;
  EXPECT_EQ(a.has_negative, b.has_negative) << what;
  ASSERT_EQ(a.boxes.size(), b.boxes.size()) << what;
  for (std::size_t i = 0; i < a.boxes.size(); ++i) {
    const auto row = [](const FlameBox& box) {
      return std::tuple(box.frame, box.parent, box.row, box.begin, box.size, box.net, box.self,
                        box.folded, box.folded_net, box.is_inlined);
    };
    ASSERT_EQ(row(a.boxes[i]), row(b.boxes[i])) << what << ", box " << i;
  }
}

// The same boxes, whether stacks were sorted before or not, whatever is filtered and aggregated.
void expect_same_when_sorted(const Profile& profile, const ReportOptions& options,
                             const std::string& what) {
  const SortedStacks sorted{profile, build_stack_trie(profile)};
  Profile shown = profile.copy();
  const auto input = make_report_input(shown, ReportKind::Dot, options, [](std::string_view) {});
  ASSERT_TRUE(input) << what;
  const NodeTable table = build_nodes(shown);
  expect_same(build_page_tree(*input, table, &sorted), build_page_tree(*input, table), what);
  // And whether hidden frames stay in the stacks or not.
  Profile kept = profile.copy();
  ReportOptions keeping = options;
  keeping.keeps_stacks = true;
  const auto other = make_report_input(kept, ReportKind::Dot, keeping, [](std::string_view) {});
  ASSERT_TRUE(other) << what;
  const NodeTable page_table = build_page_nodes(*other);
  expect_same(build_page_tree(*other, page_table, &sorted), build_page_tree(*input, table),
              what + ", stacks kept and sorted");
  expect_same(build_page_tree(*other, page_table), build_page_tree(*input, table),
              what + ", stacks kept");
}

TEST(PageTree, AreTheSameOfSortedStacks) {
  using Change = void (*)(ReportOptions&);
  const std::vector<std::pair<std::string, Change>> changes = {
      {"nothing", [](ReportOptions&) {}},
      {"focus", [](ReportOptions& options) { options.filters.focus = "f3|g2"; }},
      {"focus on nothing", [](ReportOptions& options) { options.filters.focus = "no such"; }},
      {"ignore", [](ReportOptions& options) { options.filters.ignore = "g[14]"; }},
      {"tagfocus", [](ReportOptions& options) { options.filters.tagfocus = "kind=a"; }},
      {"hide", [](ReportOptions& options) { options.filters.hide = "f2"; }},
      {"show", [](ReportOptions& options) { options.filters.show = "main|f"; }},
      {"show_from", [](ReportOptions& options) { options.filters.show_from = "f1"; }},
      {"tagroot", [](ReportOptions& options) { options.tagroot = "kind"; }},
      {"lines", [](ReportOptions& options) { options.aggregate.granularity = Granularity::Lines; }},
      {"no inlines", [](ReportOptions& options) { options.aggregate.no_inlines = true; }},
      {"relative",
       [](ReportOptions& options) {
         options.relative_percentages = true;
         options.filters.focus = "f2";
       }},
  };
  for (std::uint32_t seed = 1; seed <= test::fewer_if_slow(8); ++seed) {
    const Profile profile = varied_profile(seed, seed == 2 ? 30'000 : 40 * seed);
    for (const auto& [name, change] : changes) {
      ReportOptions options;
      options.trim = false;
      change(options);
      expect_same_when_sorted(profile, options, name + ", seed " + std::to_string(seed));
    }
  }
}

TEST(PageTree, AreTheSameOfSortedStacksThatAreTooHigh) {
  test::ProfileMaker make;
  std::string stack = "a";
  for (int i = 0; i < 3'000; ++i) stack += ";a";
  make.add(1, stack).add(2, stack + ";b").add(3, "a;a").add(INT64_MAX - 9, "c");
  ReportOptions options;
  expect_same_when_sorted(make.profile, options, "high");
  make.add(INT64_MIN, "c;d");
  expect_same_when_sorted(make.profile, options, "overflow");
}

TEST(PageTree, OfNothingAreTheRoot) {
  const Built built = build(profile_of({}));
  ASSERT_EQ(built.tree.boxes.size(), 1u);
  EXPECT_EQ(built.tree.boxes[0].size, 0);
}

TEST(PageTree, CutStacksWithoutAnEnd) {
  test::ProfileMaker make;
  std::string stack = "a";
  for (int i = 0; i < 5'000; ++i) stack += ";a";
  make.add(1, stack);
  const Built built = build(std::move(make.profile));
  expect_sums(built.tree);
  EXPECT_EQ(built.tree.boxes.size(), kMostFlameRows + 1);
}

}  // namespace
}  // namespace plumb::web
