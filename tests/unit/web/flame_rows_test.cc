// SPDX-License-Identifier: Apache-2.0
#include "web/flame_rows.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "support/make_profile.h"

namespace plumb::web {
namespace {

struct Built {
  Profile profile;
  FlameRows rows;
  std::vector<std::string> names;  // Of all rows: "main;work".
};

Built build(Profile profile) {
  Built built{.profile = std::move(profile), .rows = {}, .names = {}};
  ReportOptions options;
  options.trim = false;
  auto input = make_report_input(built.profile, ReportKind::Dot, options, [](std::string_view) {});
  EXPECT_TRUE(input);
  const NodeTable table = build_nodes(built.profile);
  built.rows = build_flame_rows(*input, table);
  for (const FlameRow& row : built.rows.rows) {
    std::string name;
    if (row.info < table.nodes.size()) {
      name = printable_name(built.profile, table.nodes[row.info]);
      if (row.parent != 0) name = built.names[row.parent] + ';' + name;
    }
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

TEST(FlameRows, AreAllWaysFromTheRootOfASmallProfile) {
  const auto stacks = random_stacks(500);
  const Built built = build(profile_of(stacks));
  EXPECT_EQ(built.rows.least, 1);
  EXPECT_TRUE(built.rows.has_negative);
  std::map<std::string, std::int64_t> sizes = naive_sizes(stacks);
  std::erase_if(sizes, [](const auto& row) { return row.second == 0; });
  std::map<std::string, std::int64_t> found;
  for (std::size_t i = 1; i < built.names.size(); ++i) {
    found[built.names[i]] = built.rows.rows[i].size;
  }
  EXPECT_EQ(found, sizes);
}

// What holds of every tree: parents come first, and parts add up to the whole.
void expect_sums(const FlameRows& built) {
  std::vector<std::int64_t> sizes(built.rows.size());
  for (std::size_t i = built.rows.size(); i-- > 0;) {
    const FlameRow& row = built.rows[i];
    EXPECT_EQ(row.size, sizes[i] + row.self);
    if (i == 0) break;
    ASSERT_LT(row.parent, i);
    sizes[row.parent] += row.size;
  }
}

TEST(FlameRows, OfALargeProfileAreThoseThatCanBeSeenAndTheRestInOneBox) {
  auto stacks = random_stacks(30'000);
  for (auto& [stack, value] : stacks) value = std::abs(value) + 1;
  for (std::size_t i = 0; i < 3'000; ++i) stacks.emplace_back("rare;g" + std::to_string(i), 1);
  const Built built = build(profile_of(stacks));
  EXPECT_GT(built.rows.least, 1);
  EXPECT_FALSE(built.rows.has_negative);
  expect_sums(built.rows);
  const auto sizes = naive_sizes(stacks);
  std::size_t smaller = 0;
  for (std::size_t i = 1; i < built.names.size(); ++i) {
    const FlameRow& row = built.rows.rows[i];
    if (row.info == FlameRow::kSmaller) {
      ++smaller;
      continue;
    }
    EXPECT_GE(row.size, built.rows.least);
    EXPECT_EQ(row.size, sizes.at(built.names[i]));
  }
  EXPECT_GT(smaller, 0u);
}

TEST(FlameRows, OfNothingAreTheRoot) {
  const Built built = build(profile_of({}));
  ASSERT_EQ(built.rows.rows.size(), 1u);
  EXPECT_EQ(built.rows.rows[0].size, 0);
}

TEST(FlameRows, CutStacksWithoutAnEnd) {
  test::ProfileMaker make;
  std::string stack = "a";
  for (int i = 0; i < 5'000; ++i) stack += ";a";
  make.add(1, stack);
  const Built built = build(std::move(make.profile));
  expect_sums(built.rows);
  EXPECT_LE(built.rows.rows.size(), 2'001u);
}

}  // namespace
}  // namespace plumb::web
