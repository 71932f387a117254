// SPDX-License-Identifier: Apache-2.0
// E4: what the counts of a group say, from snapshots of any format. A trend test cannot tell a leak
// from a traffic ramp, so four things have to hold together: the trend is no accident, (nearly)
// nothing ever falls, it goes on to the end, and it does not flatten. And one against it:
// goroutines that come and never leave scatter from snapshot to snapshot as arrivals do; a crowd
// that is replaced while it grows scatters by its own size.
#include <algorithm>

#include "base/strings.h"
#include "leak/group_study.h"

namespace plumb {
namespace {

constexpr std::size_t kFewestSnapshots = 8;
constexpr std::size_t kFewestForHint = 3;
constexpr std::size_t kFewestForPlateau = 5;
constexpr double kAccident = 0.005;
constexpr double kFalls = 0.1;       // Of the steps.
constexpr double kConcavity = 0.4;   // The second half has at least so much of the first's slope.
constexpr double kRisesMissing = 4;  // Then that there are none is an accident once in 50 times.
constexpr double kFewestRises = 3;   // As many as have to come, too.
constexpr double kFewestMore = 2;    // One that was elsewhere at first is no growth.
constexpr double kSlower = 0.7;      // Below that, it may be chance,
constexpr double kChance = 2.33;     // unless it is so many standard deviations: once in a hundred.
constexpr double kFewestRisen = 5;   // Of fewer, the scatter tells nothing.
constexpr double kScatter = 3;  // Of that of independent arrivals. Requests come in bursts, too.
// Where a crowd that is replaced would have fallen so often and nothing fell, it is the rate that
// varies.
constexpr double kFallsMissing = 3;

struct Shape {
  std::size_t falls = 0;
  double rises = 0;      // Steps.
  double rise = 0;       // From the first to the last.
  double late_rise = 0;  // In the last third.
};

Shape shape_of(const std::vector<double>& counts) {
  Shape shape;
  for (std::size_t i = 1; i < counts.size(); ++i) {
    shape.falls += counts[i] < counts[i - 1] ? 1 : 0;
    shape.rises += counts[i] > counts[i - 1] ? 1 : 0;
  }
  const std::size_t last = counts.size() - 1;
  shape.rise = counts.back() - counts.front();
  shape.late_rise = counts.back() - counts[last - counts.size() / 3];
  return shape;
}

void note_plateau(GroupStudy& group) {
  group.is_plateau = true;
  const double top = *std::ranges::max_element(group.counts);
  const auto since = std::ranges::find(group.counts, top) - group.counts.begin();
  group.against.push_back({"E10",
                           "the count rose to " + short_number(top) +
                               " and stayed there for the last " +
                               std::to_string(std::ssize(group.counts) - 1 - since) + " snapshots",
                           "counts",
                           {{"plateau", top}}});
}

// Rose, and then neither rose nor fell for a third of the snapshots, where as many rises as before
// would make that an accident. A rise counts once, however many came with it.
bool has_flattened(const std::vector<double>& counts, const Shape& shape) {
  if (counts.size() < kFewestForPlateau || shape.rise <= 0) return false;
  const auto first_flat = std::find_if(counts.rbegin(), counts.rend(),
                                       [&](double count) { return count != counts.back(); });
  const auto flat = static_cast<double>(first_flat - counts.rbegin() - 1);
  const auto steps = static_cast<double>(counts.size() - 1);
  const auto least = static_cast<double>(std::max<std::size_t>(counts.size() / 3, 2) - 1);
  return flat >= least && shape.rises / (steps - flat) * flat >= kRisesMissing;
}

// What fills up, as a pool that is warmed, rises ever more slowly.
bool slows_down(const GroupStudy& group) {
  const double ratio = concavity(group.times, group.counts);
  if (ratio < kConcavity) return true;
  return ratio < kSlower && slowdown(group.times, group.counts) > kChance;
}

bool grows_steadily(const GroupStudy& group, const Shape& shape, const Trend& trend) {
  const auto steps = static_cast<double>(group.counts.size() - 1);
  return group.counts.size() >= kFewestSnapshots && trend.probability < kAccident &&
         trend.score > 0 && shape.rise >= kFewestRises &&
         static_cast<double>(shape.falls) <= kFalls * steps && shape.late_rise > 0 &&
         !slows_down(group);
}

// What the scatter of the counts tells of goroutines that leave.
enum class Leaving : std::uint8_t { None, Some, Unclear };

// Where ids tell who stayed, nothing has to be inferred from the counts.
Leaving study_scatter(const SeriesStudy& all, GroupStudy& group, const Shape& shape) {
  if (all.series.id_snapshots > 1 || group.spreads) return Leaving::None;
  if (group.counts.size() < kFewestSnapshots || shape.rise < kFewestRisen) return Leaving::None;
  const Scatter scatter = arrival_scatter(group.times, group.counts);
  if (scatter.ratio <= kScatter) return Leaving::None;
  if (shape.falls == 0 && scatter.expected_falls >= kFallsMissing) return Leaving::None;
  group.against.push_back({"E10",
                           "the count scatters " + short_number(scatter.ratio) +
                               " times as much as it would if they only came: some " +
                               (shape.falls > 0 ? "leave" : "may leave"),
                           "counts",
                           {{"scatter", scatter.ratio}}});
  return shape.falls > 0 ? Leaving::Some : Leaving::Unclear;
}

void note_growth(const SnapshotSeries& series, GroupStudy& group, const Shape& shape,
                 const Trend& trend) {
  group.grows = true;
  group.evidence.push_back(
      {"E4",
       "the count rose from " + short_number(group.counts.front()) + " to " +
           short_number(group.counts.back()) + " over " + std::to_string(group.counts.size()) +
           " snapshots (" + span_text(series, group.times.back() - group.times.front()) +
           "), fell " + (shape.falls == 0 ? std::string("never") : plural(shape.falls, "time")) +
           " and does not flatten",
       "counts",
       {{"first", group.counts.front()},
        {"last", group.counts.back()},
        {"falls", static_cast<double>(shape.falls)},
        {"trend_probability", trend.probability}}});
}

}  // namespace

void study_counts(const SeriesStudy& all, GroupStudy& group) {
  const auto& counts = group.counts;
  if (counts.size() < kFewestForHint) return;
  group.is_constant = counts.size() >= kFewestForPlateau && counts.back() > 0 &&
                      std::ranges::all_of(counts, [&](double n) { return n == counts.front(); });
  const Shape shape = shape_of(counts);
  if (!group.accumulates && has_flattened(counts, shape)) {
    if (!group.is_plateau) note_plateau(group);
    return;
  }
  const Leaving leaving = study_scatter(all, group, shape);
  group.scatters = leaving == Leaving::Some;
  const Trend trend = mann_kendall(counts);
  if (leaving == Leaving::None && grows_steadily(group, shape, trend)) {
    note_growth(all.series, group, shape, trend);
  } else if (shape.falls == 0 && counts.back() > 0) {
    group.may_grow =
        shape.rise >= kFewestMore && (shape.late_rise > 0 || shape.rises >= kFewestRises);
  }
  if (group.rate || !(group.grows || group.may_grow)) return;
  group.rate = {theil_sen(group.times, counts), all.series.has_times, "slope of the counts"};
}

}  // namespace plumb
