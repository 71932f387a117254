// SPDX-License-Identifier: Apache-2.0
#include "graph/trim.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace plumb {
namespace {

struct NamedNode {
  std::string name;
  std::int64_t flat;
  std::int64_t cum;
};

TrimmedNodes trim(const std::vector<NamedNode>& named, const TrimOptions& options) {
  std::vector<Node> nodes;
  for (const NamedNode& node : named) {
    nodes.push_back({.flat = node.flat, .flat_divisor = 0, .cum = node.cum, .cum_divisor = 0});
  }
  return trim_nodes(nodes, options, [&](std::uint32_t a, std::uint32_t b) {
    return named[a].name.compare(named[b].name);
  });
}

// The names left, in order.
std::string names(const std::vector<NamedNode>& named, const TrimmedNodes& trimmed) {
  std::string text;
  for (const std::uint32_t i : trimmed.order) text += (text.empty() ? "" : " ") + named[i].name;
  return text;
}

TEST(TrimNodes, SortsByTheOptionThenByName) {
  const std::vector<NamedNode> nodes = {{"c", 5, 5}, {"b", -7, 7}, {"a", 5, 90}, {"d", 0, -100}};
  EXPECT_EQ(names(nodes, trim(nodes, {})), "b a c d");
  EXPECT_EQ(names(nodes, trim(nodes, {.by_cum = true})), "d a b c");
}

TEST(TrimNodes, OrdersEqualNamesByTheOtherNumber) {
  const std::vector<NamedNode> nodes = {{"x", 5, 6}, {"x", 5, 9}, {"x", 5, -8}, {"x", 5, 6}};
  EXPECT_EQ(trim(nodes, {}).order, (std::vector<std::uint32_t>{1, 2, 0, 3}));
}

TEST(TrimNodes, TakesTheSmallestNumberForNegativeAsGoDoes) {
  const std::vector<NamedNode> nodes = {{"a", INT64_MIN, 0}, {"b", 1, 0}, {"c", 0, 1}};
  EXPECT_EQ(names(nodes, trim(nodes, {})), "b c a");  // Its magnitude is itself.
}

TEST(TrimNodes, LeavesOutWhatIsZero) {
  const std::vector<NamedNode> nodes = {{"a", 0, 0}, {"b", 0, 1}, {"c", 1, 0}};
  const TrimmedNodes trimmed = trim(nodes, {});
  EXPECT_EQ(names(nodes, trimmed), "c b");
  EXPECT_EQ(trimmed.count, 2U);
  EXPECT_EQ(trimmed.dropped, 0U);
  EXPECT_TRUE(trimmed.is_everything);
}

TEST(TrimNodes, DropsNegativeOnesOnRequest) {
  const std::vector<NamedNode> nodes = {{"a", -1, 9}, {"b", 0, -1}, {"c", 0, 1}, {"d", 2, -9}};
  EXPECT_EQ(names(nodes, trim(nodes, {.drop_negative = true})), "d c");
}

TEST(TrimNodes, DropsNodesBelowTheFraction) {
  const std::vector<NamedNode> nodes = {{"a", 60, 100}, {"b", 30, 30}, {"c", 10, 10}, {"d", 0, 9}};
  const TrimmedNodes trimmed = trim(nodes, {.nodefraction = 0.1, .edgefraction = 0.05});
  EXPECT_EQ(names(nodes, trimmed), "a b c");  // 10 is not below a tenth of 100.
  EXPECT_EQ(trimmed.dropped, 1U);
  EXPECT_EQ(trimmed.count, 3U);
  EXPECT_EQ(trimmed.edge_cutoff, 5);
  EXPECT_FALSE(trimmed.is_everything);
}

TEST(TrimNodes, CutsOffTowardsZero) {
  const std::vector<NamedNode> nodes = {{"a", 199, 199}, {"b", 0, 1}};
  EXPECT_EQ(trim(nodes, {.nodefraction = 0.005}).dropped, 0U);  // 0.995 is 0.
  const std::vector<NamedNode> more = {{"a", 400, 400}, {"b", 0, 1}};
  EXPECT_EQ(trim(more, {.nodefraction = 0.005}).dropped, 1U);
}

TEST(TrimNodes, TakesTheSumOfFlatNotOfMagnitudes) {
  const std::vector<NamedNode> nodes = {{"a", 100, 100}, {"b", -100, -100}, {"c", 1, 1}};
  EXPECT_EQ(trim(nodes, {.nodefraction = 0.5}).dropped, 0U);  // Half of 1 is 0.
  const std::vector<NamedNode> negative = {{"a", -100, -100}, {"b", -1, -1}};
  EXPECT_EQ(trim(negative, {.nodefraction = 0.5}).dropped, 1U);
}

TEST(TrimNodes, IgnoresAFractionThatDoesNotFit) {
  // Float to integer gives the smallest integer then, whose magnitude is negative.
  const std::vector<NamedNode> nodes = {{"a", 100, 100}};
  EXPECT_EQ(trim(nodes, {.nodefraction = 1e300}).dropped, 0U);
}

TEST(TrimNodes, KeepsTheFirstOnes) {
  const std::vector<NamedNode> nodes = {{"a", 3, 3}, {"b", 2, 2}, {"c", 1, 1}};
  const TrimmedNodes two = trim(nodes, {.nodecount = 2});
  EXPECT_EQ(names(nodes, two), "a b");
  EXPECT_EQ(two.count, 3U);
  EXPECT_FALSE(two.is_everything);
  EXPECT_TRUE(trim(nodes, {.nodecount = 3}).is_everything);
  EXPECT_TRUE(trim(nodes, {.nodecount = 0}).is_everything);
  EXPECT_TRUE(trim({}, {.nodecount = 1}).is_everything);
}

// As in pprof, which compares the magnitude it has, a negative number, with 0; but not unless the
// nodes are limited.
TEST(TrimNodes, TheSmallestIntegerIsNotAmongTheFirst) {
  const std::vector<NamedNode> nodes = {{"a", 3, 3}, {"b", 0, INT64_MIN}, {"c", 1, 1}};
  EXPECT_EQ(names(nodes, trim(nodes, {.nodecount = 3})), "a c");
  EXPECT_EQ(trim(nodes, {.nodecount = 3}).count, 3U);
  EXPECT_EQ(names(nodes, trim(nodes, {.nodecount = 0})), "a c b");
}

}  // namespace
}  // namespace plumb
