// SPDX-License-Identifier: Apache-2.0
// E9: one group in several processes at the same time. What is everywhere, and the more of it the
// longer a process has run, grows in all of them: that is seen without waiting.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "leak/group_study.h"

namespace plumb {
namespace {

constexpr std::size_t kFewestProcesses = 3;
constexpr std::size_t kFewestForOrder = 5;
constexpr double kSameOrder = 0.9;  // Spearman's coefficient.
constexpr double kSpread = 2;       // The oldest process has made so many times as many goroutines,
                                    // and has so many times as many in the group.

std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t j = i; j < end; ++j) {
      ranks[order[j]] = static_cast<double>(i + end - 1) / 2;
    }
    i = end;
  }
  return ranks;
}

// Of the ranks; 0 if either does not vary.
double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const double mean = static_cast<double>(a.size() - 1) / 2;
  double both = 0;
  double a_square = 0;
  double b_square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += (a[i] - mean) * (b[i] - mean);
    a_square += (a[i] - mean) * (a[i] - mean);
    b_square += (b[i] - mean) * (b[i] - mean);
  }
  return a_square > 0 && b_square > 0 ? both / std::sqrt(a_square * b_square) : 0;
}

bool grows_with_age(const std::vector<double>& counts, const std::vector<double>& ages) {
  if (counts.size() < kFewestForOrder) return false;
  const auto [fewest, most] = std::ranges::minmax(counts);
  const auto [youngest, oldest] = std::ranges::minmax(ages);
  if (most < kSpread * std::max(fewest, 1.0) || oldest < kSpread * youngest) return false;
  return correlation(ranks_of(counts), ranks_of(ages)) >= kSameOrder;
}

}  // namespace

void study_fleet(const SeriesStudy& all, GroupStudy& group) {
  std::vector<double> counts;
  std::vector<double> ages;  // The newest id: who has run for longer has made more goroutines.
  const std::vector<std::uint64_t>& newest_ids = all.goroutines.newest_ids();
  if (newest_ids.size() < kFewestProcesses) return;
  std::vector<double> by_process(newest_ids.size(), 0);
  all.goroutines.for_each(group.index,
                          [&](const GoroutineIndex::Row& row) { ++by_process[row.process]; });
  for (std::size_t i = 0; i < by_process.size(); ++i) {
    if (newest_ids[i] == 0) continue;
    counts.push_back(by_process[i]);
    ages.push_back(static_cast<double>(newest_ids[i]));
  }
  if (counts.size() < kFewestProcesses) return;
  const auto having = std::ranges::count_if(counts, [](double n) { return n > 0; });
  if (having == 0) return;
  const auto [fewest, most] = std::ranges::minmax(counts);
  double squares = 0;
  for (const double count : counts) squares += count * count;
  const double mean = std::sqrt(squares / static_cast<double>(counts.size()));
  const bool grows = grows_with_age(counts, ages);
  std::string text = std::to_string(having) + " of " + std::to_string(counts.size()) +
                     " processes have it, " + short_number(fewest) + " to " + short_number(most) +
                     " each (root of the mean square " + short_number(mean) + ")";
  if (grows) {
    group.may_grow = true;
    text += "; the longer a process has run, told by its newest id, the more it has";
  }
  group.evidence.push_back({"E9",
                            std::move(text),
                            "ids of several processes",
                            {{"processes", static_cast<double>(counts.size())},
                             {"having", static_cast<double>(having)},
                             {"fewest", fewest},
                             {"most", most},
                             {"root_mean_square", mean}}});
}

}  // namespace plumb
