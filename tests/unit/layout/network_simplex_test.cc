// SPDX-License-Identifier: Apache-2.0
#include "layout/network_simplex.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/dice.h"

namespace plumb::layout {
namespace {

using Places = std::vector<std::int64_t>;

std::int64_t cost(const Places& places, const std::vector<Constraint>& constraints) {
  std::int64_t sum = 0;
  for (const Constraint& c : constraints) sum += c.weight * (places[c.head] - places[c.tail]);
  return sum;
}

bool are_kept(const Places& places, const std::vector<Constraint>& constraints) {
  return std::ranges::all_of(constraints, [&](const Constraint& c) {
    return places[c.head] - places[c.tail] >= c.min_length;
  });
}

// The smallest cost, by trying everything within 0..kMost.
constexpr std::int64_t kMost = 9;
std::int64_t least_cost(Places& places, std::size_t next,
                        const std::vector<Constraint>& constraints) {
  if (next == places.size()) {
    return are_kept(places, constraints) ? cost(places, constraints) : INT64_MAX;
  }
  std::int64_t best = INT64_MAX;
  for (std::int64_t place = 0; place <= kMost; ++place) {
    places[next] = place;
    best = std::min(best, least_cost(places, next + 1, constraints));
  }
  return best;
}

// Constraints that a first solution fulfils, whose weights hold every node.
std::vector<Constraint> random_constraints(test::Dice& dice, Places& places) {
  std::vector<Constraint> out;
  const std::size_t count = places.size();
  for (std::int64_t& place : places) place = dice.below(kMost + 1);
  const std::uint32_t edges = 1 + dice.below(3 * count);
  for (std::uint32_t i = 0; i < edges; ++i) {
    Constraint c;
    c.tail = dice.below(count);
    c.head = dice.below(count);
    if (c.tail == c.head) continue;
    if (places[c.tail] > places[c.head]) std::swap(c.tail, c.head);
    c.min_length = std::min<std::int64_t>(dice.below(3), places[c.head] - places[c.tail]);
    c.weight = dice.below(5);
    out.push_back(c);
  }
  return out;
}

TEST(NetworkSimplex, FindsTheLeastCost) {
  test::Dice dice(1);
  for (int run = 0; run < 200; ++run) {
    SCOPED_TRACE(run);
    Places places(2 + dice.below(3));
    const std::vector<Constraint> constraints = random_constraints(dice, places);
    Places tried(places.size());
    const std::int64_t best = least_cost(tried, 0, constraints);
    Effort effort(1'000'000);
    improve_places(places, constraints, run % 2 == 0 ? Balance::No : Balance::Yes, effort);
    EXPECT_TRUE(are_kept(places, constraints));
    EXPECT_EQ(cost(places, constraints), best);
    EXPECT_FALSE(effort.is_spent());
  }
}

TEST(NetworkSimplex, NeverMakesItWorse) {
  test::Dice dice(2);
  for (int run = 0; run < 200; ++run) {
    SCOPED_TRACE(run);
    Places places(30);
    const std::vector<Constraint> constraints = random_constraints(dice, places);
    const std::int64_t before = cost(places, constraints);
    Effort effort(run * 20U);
    improve_places(places, constraints, Balance::Yes, effort);
    EXPECT_TRUE(are_kept(places, constraints));
    EXPECT_LE(cost(places, constraints), before);
  }
}

TEST(NetworkSimplex, BalancePutsWhatIsFreeIntoTheMiddle) {
  // 0 and 1 are 10 apart; 2 is anywhere between at the same cost.
  const std::vector<Constraint> constraints = {{0, 1, 10, 100}, {0, 2, 0, 1}, {2, 1, 0, 1}};
  Places places = {0, 10, 0};
  Effort effort(10'000);
  improve_places(places, constraints, Balance::Yes, effort);
  EXPECT_EQ(places[2] - places[0], 5);
  EXPECT_EQ(places[1] - places[0], 10);
}

TEST(NetworkSimplex, TakesPartsThatAreNotConnected) {
  const std::vector<Constraint> constraints = {{0, 1, 1, 1}, {2, 3, 2, 1}};
  Places places = {0, 5, 0, 7};
  Effort effort(10'000);
  improve_places(places, constraints, Balance::No, effort);
  EXPECT_EQ(places[1] - places[0], 1);
  EXPECT_EQ(places[3] - places[2], 2);
}

TEST(NetworkSimplex, TakesNothing) {
  Places places;
  Effort effort(1);
  improve_places(places, {}, Balance::Yes, effort);
  EXPECT_TRUE(places.empty());
}

}  // namespace
}  // namespace plumb::layout
