// SPDX-License-Identifier: Apache-2.0
#include "leak/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "leak/wait_times.h"

namespace plumb {
namespace {

std::vector<double> count_up(std::size_t count, double step = 1) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = step * static_cast<double>(i);
  return values;
}

TEST(MannKendall, AgreesWithTheTextbook) {
  // Ten rising values: S = 45, variance 125, z = 44 / sqrt(125) = 3.935.
  const Trend trend = mann_kendall(count_up(10));
  EXPECT_EQ(trend.score, 45);
  EXPECT_NEAR(trend.probability, 4.15e-5, 1e-6);
}

TEST(MannKendall, SeesNoTrendWhereThereIsNone) {
  EXPECT_EQ(mann_kendall(std::vector<double>{}).probability, 1);
  EXPECT_EQ(mann_kendall(std::vector<double>(20, 3.0)).probability, 1);
  const std::vector<double> saw = {1, 5, 1, 5, 1, 5, 1, 5, 1, 5};
  EXPECT_GT(mann_kendall(saw).probability, 0.2);
  std::vector<double> falling = count_up(10, -1);
  EXPECT_GT(mann_kendall(falling).probability, 0.99);
}

TEST(TheilSen, IgnoresAnOutlier) {
  std::vector<double> values = count_up(20, 3);
  values[7] = 1e6;
  const Estimate slope = theil_sen(count_up(20), values);
  EXPECT_NEAR(slope.value, 3, 0.01);
  EXPECT_LE(slope.low, 3.0);
  EXPECT_GE(slope.high, 3.0);
}

TEST(TheilSen, OfTooLittleIsNothing) {
  EXPECT_EQ(theil_sen(std::vector<double>{1}, std::vector<double>{5}).value, 0);
  EXPECT_EQ(theil_sen(std::vector<double>{1, 1}, std::vector<double>{5, 9}).value, 0);
}

TEST(TheilSen, TakesAnEvenChoiceOfALongSeries) {
  const Estimate slope = theil_sen(count_up(5000), count_up(5000, 2));
  EXPECT_NEAR(slope.value, 2, 1e-9);
}

TEST(PoissonRate, HasTheExactInterval) {
  // Of 10 events: 4.80 to 18.39. Of none: 0 to 3.69.
  const Estimate ten = poisson_rate(10, 1);
  EXPECT_NEAR(ten.low, 4.80, 0.02);
  EXPECT_NEAR(ten.high, 18.39, 0.02);
  const Estimate none = poisson_rate(0, 2);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 3.69 / 2, 0.02);
}

TEST(ResidenceBound, IsTheRuleOfThreeWhereNobodyLeft) {
  EXPECT_EQ(residence_bound(300, 0), 100);
  EXPECT_NEAR(residence_bound(300, 4), 30, 1e-9);
}

TEST(Concavity, TellsAStraightLineFromOneThatFlattens) {
  EXPECT_NEAR(concavity(count_up(20), count_up(20, 2)), 1, 1e-9);
  const std::vector<double> flattens = {0, 10, 18, 24, 28, 30, 31, 31, 31, 31};
  EXPECT_LT(concavity(count_up(10), flattens), 0.2);
}

TEST(ArrivalScatter, TellsArrivalsFromACrowdThatIsReplaced) {
  const std::vector<double> clock = {5, 10, 15, 20, 25, 30, 35, 40};
  EXPECT_EQ(arrival_scatter(count_up(8), clock).ratio, 0);
  const std::vector<double> poisson = {0, 3, 5, 11, 15, 17, 24, 28, 31, 38, 41};
  EXPECT_GT(arrival_scatter(count_up(11), poisson).ratio, 0.3);
  EXPECT_LT(arrival_scatter(count_up(11), poisson).ratio, 2);
  const std::vector<double> replaced = {35, 48, 66, 73, 103, 109, 124, 132, 144, 154, 181};
  EXPECT_GT(arrival_scatter(count_up(11), replaced).ratio, 3);
}

TEST(ArrivalScatter, CountsHeapsWhereSeveralComeAtATime) {
  const std::vector<double> heaps = {0, 9, 9, 27, 36, 36, 54, 63, 81, 90};
  EXPECT_LT(arrival_scatter(count_up(10), heaps).ratio, 2);
  const std::vector<double> one_step = {10, 10, 10, 10, 10, 60, 60, 60};
  EXPECT_GT(arrival_scatter(count_up(8), one_step).ratio, 3);
}

TEST(ArrivalScatter, KnowsIntervalsOfDifferentLengths) {
  const std::vector<double> times = {0, 1, 11, 12, 22, 23, 33, 34};
  const std::vector<double> values = {0, 5, 55, 60, 110, 115, 165, 170};
  EXPECT_LT(arrival_scatter(times, values).ratio, 0.01);
}

TEST(ArrivalScatter, SaysHowOftenSuchACrowdWouldFall) {
  const std::vector<double> replaced = {35, 48, 66, 73, 103, 109, 124, 132, 144, 154, 181};
  EXPECT_GT(arrival_scatter(count_up(11), replaced).expected_falls, 0.5);
  EXPECT_LT(arrival_scatter(count_up(11), replaced).expected_falls, 2);
  EXPECT_LT(arrival_scatter(count_up(20), count_up(20, 9)).expected_falls, 1e-9);
}

TEST(ArrivalScatter, IsNothingWhereNothingRises) {
  EXPECT_EQ(arrival_scatter(count_up(3), std::vector<double>{3, 9, 3}).ratio, 0);
  EXPECT_EQ(arrival_scatter(count_up(2), std::vector<double>{1, 2}).ratio, 0);
  EXPECT_GE(arrival_scatter(count_up(4), std::vector<double>{0, 9e18, 1, 9.2e18}).ratio, 0);
}

TEST(Slowdown, IsTheLackOfTheSecondHalf) {
  EXPECT_NEAR(slowdown(count_up(21), count_up(21, 2)), 0, 1e-9);
  const std::vector<double> fills = {0, 100, 190, 271, 344, 410, 469, 522, 570, 613, 651, 686};
  EXPECT_GT(slowdown(count_up(12), fills), 3);
  const std::vector<double> faster = {0, 1, 2, 3, 10, 20, 30};
  EXPECT_LT(slowdown(count_up(7), faster), 0);
}

TEST(GrowthStart, FindsWhereALevelIsLeft) {
  const std::vector<double> values = {5, 5, 5, 5, 5, 5, 8, 11, 14, 17};
  EXPECT_EQ(growth_start(values), 5u);
  EXPECT_EQ(growth_start(count_up(10)), 0u);
}

TEST(RankCorrelation, IsOfRanks) {
  const std::vector<double> squares = {0, 1, 4, 9, 16};
  EXPECT_NEAR(rank_correlation(count_up(5), squares), 1, 1e-9);
  EXPECT_EQ(rank_correlation(count_up(5), std::vector<double>(5, 1.0)), 0);
}

TEST(Quantile, IsTheSameInAnyOrderAndOneByOne) {
  for (std::size_t count = 1; count < 30; ++count) {
    for (const double q : {0.0, 0.1, 0.5, 0.9, 1.0}) {
      WaitTimes waits;
      std::vector<double> sorted;
      for (std::uint32_t i = 0; i < count; ++i) {
        waits.add(i * 7919 % 13, 1);
        sorted.push_back(i * 7919 % 13);
      }
      std::ranges::sort(sorted);
      EXPECT_EQ(waits.quantile(q), quantile(sorted, q)) << count << " " << q;
      AscendingQuantile ascending(count, q);
      for (const double value : sorted) ascending.add(value);
      EXPECT_EQ(ascending.value(), quantile(sorted, q)) << count << " " << q;
    }
  }
}

}  // namespace
}  // namespace plumb
