// SPDX-License-Identifier: Apache-2.0
#include "leak/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>

namespace plumb {
namespace {

constexpr double kNormal95 = 1.959964;
constexpr double kSteep = 1e9;

// The upper tail of the normal distribution.
double normal_tail(double z) {
  return 0.5 * std::erfc(z / std::sqrt(2.0));
}

// Variance of Mann-Kendall's score with ties.
double score_variance(std::span<const double> values) {
  std::map<double, std::size_t> ties;
  for (const double value : values) ++ties[value];
  const auto term = [](double n) { return n * (n - 1) * (2 * n + 5); };
  double sum = term(static_cast<double>(values.size()));
  for (const auto& [value, count] : ties) sum -= term(static_cast<double>(count));
  return sum / 18;
}

// The indices of at most kMostPoints points, the first and the last among them.
std::vector<std::size_t> choose_points(std::size_t count) {
  const std::size_t kept = std::min(count, kMostPoints);
  std::vector<std::size_t> chosen(kept);
  for (std::size_t i = 0; i < kept; ++i) {
    chosen[i] = kept < 2 ? 0 : i * (count - 1) / (kept - 1);
  }
  return chosen;
}

double slope_of_ends(std::span<const double> times, std::span<const double> values) {
  const double span = times.back() - times.front();
  return span > 0 ? (values.back() - values.front()) / span : 0;
}

std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    const double rank = static_cast<double>(i + end - 1) / 2;
    for (; i < end; ++i) ranks[order[i]] = rank;
  }
  return ranks;
}

}  // namespace

Trend mann_kendall(std::span<const double> all) {
  std::vector<double> values;
  for (const std::size_t point : choose_points(all.size())) values.push_back(all[point]);
  Trend trend;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j) {
      trend.score += (values[j] > values[i] ? 1 : 0) - (values[j] < values[i] ? 1 : 0);
    }
  }
  const double variance = score_variance(values);
  if (variance <= 0 || trend.score == 0) return trend;
  const double step = trend.score > 0 ? -1 : 1;  // The correction for continuity.
  trend.probability = normal_tail((trend.score + step) / std::sqrt(variance));
  return trend;
}

Estimate theil_sen(std::span<const double> times, std::span<const double> values) {
  const std::vector<std::size_t> points = choose_points(values.size());
  std::vector<double> slopes;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = i + 1; j < points.size(); ++j) {
      const double span = times[points[j]] - times[points[i]];
      if (span > 0) slopes.push_back((values[points[j]] - values[points[i]]) / span);
    }
  }
  if (slopes.empty()) return {};
  std::ranges::sort(slopes);
  std::vector<double> chosen;
  chosen.reserve(points.size());
  for (const std::size_t point : points) chosen.push_back(values[point]);
  const double half = kNormal95 * std::sqrt(std::max(score_variance(chosen), 0.0));
  const auto count = static_cast<double>(slopes.size());
  const auto at = [&](double rank) {
    const double last = count - 1;
    return slopes[static_cast<std::size_t>(std::clamp(rank, 0.0, last))];
  };
  return {quantile(slopes, 0.5), at((count - half) / 2), at((count + half) / 2)};
}

Estimate poisson_rate(std::uint64_t events, double exposure) {
  const auto n = static_cast<double>(events);
  const auto bound = [](double count, double z) {
    if (count <= 0) return 0.0;
    const double root = 1 - 1 / (9 * count) + z / (3 * std::sqrt(count));
    return count * root * root * root;
  };
  const double low = events == 0 ? 0 : std::max(bound(n, -kNormal95), 0.0);
  return {n / exposure, low / exposure, bound(n + 1, kNormal95) / exposure};
}

double residence_bound(double exposure, std::uint64_t left) {
  if (left == 0) return exposure / 3;
  const auto n = static_cast<double>(left);
  return exposure / (n + 2 * std::sqrt(n) + 2);
}

double quantile(std::span<const double> sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - static_cast<double>(below));
}

std::size_t growth_start(std::span<const double> values) {
  if (values.size() < 3) return 0;
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  // The cumulated sum of what is above the mean is lowest where the level changes; the growth began
  // at the last low point in front of it.
  double sum = 0;
  double lowest = 0;
  std::size_t change = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += values[i] - mean;
    if (sum < lowest) {
      lowest = sum;
      change = i;
    }
  }
  const double floor =
      *std::min_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(change) + 1);
  std::size_t start = change;
  while (start > 0 && values[start] > floor) --start;
  return start;
}

double concavity(std::span<const double> times, std::span<const double> values) {
  if (values.size() < 4) return 1;
  const std::size_t middle = values.size() / 2;
  const double first = slope_of_ends(times.first(middle + 1), values.first(middle + 1));
  const double second = slope_of_ends(times.subspan(middle), values.subspan(middle));
  if (first <= 0) return second > 0 ? kSteep : 0;
  return second / first;
}

namespace {

// What all steps are multiples of; 1 if they are few.
double heap_of(std::span<const double> values) {
  constexpr std::size_t kFewestSteps = 3;
  constexpr double kLargest = 1e15;  // Beyond it a double has no exact steps.
  std::int64_t heap = 0;
  std::size_t heaps = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double height = std::abs(values[i] - values[i - 1]);
    if (height > kLargest) return 1;
    const auto step = static_cast<std::int64_t>(height);
    heap = std::gcd(heap, step);
    if (step != 0) ++heaps;
  }
  return heaps < kFewestSteps ? 1 : static_cast<double>(heap);
}

}  // namespace

Scatter arrival_scatter(std::span<const double> times, std::span<const double> values) {
  if (values.size() < 3 || values.back() <= values.front()) return {};
  const auto steps = static_cast<double>(values.size() - 1);
  const double rise = values.back() - values.front();
  const double rate = rise / (times.back() - times.front());
  // What each step has more than is expected of it, in standard deviations of a Poisson number.
  const auto excess = [&](std::size_t i) {
    const double expected = rate * (times[i] - times[i - 1]);
    return (values[i] - values[i - 1] - expected) / std::sqrt(expected);
  };
  double sum = 0;
  for (std::size_t i = 2; i < values.size(); ++i) {
    const double change = excess(i) - excess(i - 1);
    sum += change * change;
  }
  const double ratio = sum / (2 * (steps - 1));
  if (ratio <= 0) return {};
  return {ratio / heap_of(values), steps * normal_tail(std::sqrt(rise / steps / ratio))};
}

double slowdown(std::span<const double> times, std::span<const double> values) {
  if (values.size() < 4) return 0;
  const std::size_t middle = values.size() / 2;
  const double rise = values.back() - values.front();
  const double late = values.back() - values[middle];
  const double part = (times.back() - times[middle]) / (times.back() - times.front());
  if (rise <= 0 || part >= 1) return 0;
  return (rise * part - late) / std::sqrt(rise * part * (1 - part) * heap_of(values));
}

double rank_correlation(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size() || a.size() < 3) return 0;
  const std::vector<double> x = ranks_of(a);
  const std::vector<double> y = ranks_of(b);
  const double mean = static_cast<double>(a.size() - 1) / 2;
  double xy = 0;
  double xx = 0;
  double yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

}  // namespace plumb
