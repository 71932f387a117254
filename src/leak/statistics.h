// SPDX-License-Identifier: Apache-2.0
// The statistics behind rates and trends. None of them decides alone: a trend test cannot tell a
// leak from a traffic ramp, so the verdict asks first whether anything ever left.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace plumb {

/// A number with its interval of 95 %.
struct Estimate {
  double value = 0;
  double low = 0;
  double high = 0;
};

/// The Mann-Kendall test for a trend, one-sided, with the correction for ties.
struct Trend {
  double score = 0;        ///< Pairs that rise less pairs that fall.
  double probability = 1;  ///< Of a score as large if there is no trend.
};
/// Complexity: O(n^2); of more than kMostPoints values an even choice is used.
Trend mann_kendall(std::span<const double> values);
inline constexpr std::size_t kMostPoints = 400;

/// The Theil-Sen slope of `values` over `times`, with Sen's interval. Pairs at the same time do not
/// count; without any pair everything is 0. Requires: as many times as values.
/// Complexity: O(n^2 log n); of more than kMostPoints points an even choice is used.
Estimate theil_sen(std::span<const double> times, std::span<const double> values);

/// The rate of a Poisson process that gave `events` in `exposure`, with an exact interval by the
/// Wilson-Hilferty approximation. Requires: exposure > 0.
Estimate poisson_rate(std::uint64_t events, double exposure);

/// The lower bound of 95 % on the mean time to leave, if `left` were seen leaving in `exposure`.
double residence_bound(double exposure, std::uint64_t left);

/// The value below which the fraction `q` of `sorted` lies. Requires: not empty.
double quantile(std::span<const double> sorted, double q);

/// The same of values that are not kept.
class AscendingQuantile {
 public:
  /// Of `count` values. Requires: there is one.
  AscendingQuantile(std::size_t count, double q)
      : place_(q * static_cast<double>(count - 1)),
        below_(static_cast<std::size_t>(place_)),
        above_(std::min(below_ + 1, count - 1)) {}

  /// Requires: not less than the one before.
  void add(double value) {
    if (added_ == below_) low_ = value;
    if (added_ == above_) high_ = value;
    ++added_;
  }

  /// Requires: all were added.
  [[nodiscard]] double value() const {
    return low_ + (high_ - low_) * (place_ - static_cast<double>(below_));
  }

 private:
  double place_;
  std::size_t below_;
  std::size_t above_;
  std::size_t added_ = 0;
  double low_ = 0;
  double high_ = 0;
};

/// Where a growing series began to grow: the index of its minimum after which it never came back,
/// by cumulated differences from the mean step. 0 if it grew from the start.
std::size_t growth_start(std::span<const double> values);

/// Slope of the second half of a series over that of its first half; 1 for a straight line, near 0
/// for one that saturates. A large number if the first half did not rise.
double concavity(std::span<const double> times, std::span<const double> values);

/// How a rising series scatters from one step to the next.
struct Scatter {
  /// As a multiple of what independent arrivals alone would: 1 for those (Poisson), 0 for a
  /// clock's. Who also leaves makes it scatter more: a crowd of n that is replaced between two
  /// values, by about n over the mean step. A slow change of the rate adds little.
  double ratio = 0;
  double expected_falls = 0;  ///< So many of the steps would fall if it were such a crowd.
};
/// Where at least three steps are not 0 and all are multiples of a number, so many come at a time,
/// and the ratio is that of such heaps. All 0 if it does not rise. Requires: as many times as
/// values, later and later.
Scatter arrival_scatter(std::span<const double> times, std::span<const double> values);

/// By how many standard deviations of independent arrivals the second half of a series rose less
/// than its share; negative if it rose more, 0 if the series did not rise. Heaps as above.
/// Requires: as many times as values, later and later.
double slowdown(std::span<const double> times, std::span<const double> values);

/// Spearman's rank correlation of two series of the same length; 0 if one does not vary.
double rank_correlation(std::span<const double> a, std::span<const double> b);

}  // namespace plumb
