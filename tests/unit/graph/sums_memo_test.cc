// SPDX-License-Identifier: Apache-2.0
#include "graph/sums_memo.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/cancellation.h"
#include "base/checked.h"
#include "model/aggregate.h"
#include "support/dice.h"
#include "support/random_profile.h"

namespace plumb {
namespace {

using test::random_profile;
using test::Strangeness;

std::array<std::int64_t, 4> numbers_of(const Node& node) {
  return {node.flat, node.flat_divisor, node.cum, node.cum_divisor};
}

void expect_sums(SumsMemo& memo, const Profile& profile, const NodeTable& table,
                 const Weights& weights) {
  const NodeSums expected = sum_nodes(profile, table, weights);
  const NodeSums sums = memo.sum(profile, table, weights);
  ASSERT_EQ(sums.nodes.size(), expected.nodes.size());
  for (std::size_t i = 0; i < sums.nodes.size(); ++i) {
    ASSERT_EQ(numbers_of(sums.nodes[i]), numbers_of(expected.nodes[i])) << "node " << i;
    ASSERT_GE(sums.inlined[i], expected.inlined[i]) << "node " << i;
  }
}

// Keeps `percent` of the samples.
Profile part_of(const Profile& profile, test::Dice& dice, std::uint32_t percent) {
  Profile part = profile.copy();
  std::vector<std::uint8_t> kept(part.sample_count());
  for (std::uint8_t& one : kept) one = dice.chance(percent) ? 1 : 0;
  part.keep_samples(kept);
  return part;
}

TEST(SumsMemo, HasTheSumsOfParts) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    test::Dice dice(seed);
    Profile profile = random_profile(seed, Strangeness::Strange);
    aggregate_profile(profile, {});
    const NodeTable table = build_nodes(profile);
    const Weights weights{.value = profile.sample_types.size() - 1,
                          .divisor = seed % 3 == 0 ? std::optional<std::size_t>(0) : std::nullopt};
    SumsMemo memo;
    for (const std::uint32_t percent : {100, 90, 10, 60, 100, 0}) {
      expect_sums(memo, part_of(profile, dice, percent), table, weights);
    }
  }
}

TEST(SumsMemo, TellsOtherProfilesApart) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    test::Dice dice(seed);
    const Profile profile = random_profile(seed, Strangeness::Strange);
    SumsMemo memo;
    for (int round = 0; round < 20; ++round) {
      // What reports do to the copies they are made from.
      Profile copy = profile.copy();
      if (dice.chance(30)) copy = part_of(copy, dice, 80);
      if (dice.chance(30)) {
        for (std::int64_t& value : copy.mutable_values()) value = add_wrapping(value, value);
      }
      if (dice.chance(30)) {
        copy.edit_stacks([](PackedStack stack, std::vector<LocationId>& frames) {
          if (stack.size() < 2) return StackEdit::Keep;
          for (const LocationId id : stack) frames.push_back(id);
          frames.pop_back();
          return StackEdit::Replace;
        });
      }
      AggregateOptions aggregate;
      aggregate.granularity = dice.chance(50) ? Granularity::Lines : Granularity::Functions;
      aggregate_profile(copy, aggregate);
      const Weights weights{.value = dice.below(copy.sample_types.size()), .divisor = {}};
      expect_sums(memo, copy, build_nodes(copy), weights);
    }
  }
}

TEST(SumsMemo, ForgetsSumsThatWereCalledOff) {
  Profile profile = random_profile(1, Strangeness::Plain);
  aggregate_profile(profile, {});
  const NodeTable table = build_nodes(profile);
  SumsMemo memo;
  {
    Cancellation cancellation([] { return true; });
    const CancellationScope scope(&cancellation);
    memo.sum(profile, table, {});
  }
  expect_sums(memo, profile, table, {});
}

}  // namespace
}  // namespace plumb
