// SPDX-License-Identifier: Apache-2.0
// E3: the shape of ages in one dump. Ids grow with time, so the ids of a group, each divided by the
// newest in the dump, say when its goroutines were made:
//
//   all low            a pool that was made at the start
//   all high           work in flight
//   spread from low to high, up to the newest      made all along, and none ever ended
//
// Ids tell the order and not the time: a program that makes a thousand goroutines at once and then
// none shows the same spread. Only wait times tell the two apart.
#include <algorithm>

#include "base/units.h"
#include "leak/group_study.h"

namespace plumb {
namespace {

constexpr std::size_t kFewestAges = 8;
constexpr double kOldest = 0.35;  // The tenth part was made before this,
constexpr double kNewest = 0.8;   // and another tenth after that.
constexpr double kMiddleLow = 0.2;
constexpr double kMiddleHigh = 0.8;
constexpr double kLargestAgeGap = 0.35;
constexpr double kStartup = 0.05;  // What was made in front of this belongs to the start,
constexpr double kShareOfSilence = 0.7;
constexpr std::uint64_t kManyIds = 500;  // in a program that has made so many goroutines.

bool is_spread(std::span<const double> ages) {
  if (ages.size() < kFewestAges) return false;
  const double middle = quantile(ages, 0.5);
  if (quantile(ages, 0.1) > kOldest || quantile(ages, 0.9) < kNewest) return false;
  if (middle < kMiddleLow || middle > kMiddleHigh) return false;
  for (std::size_t i = 1; i < ages.size(); ++i) {
    if (ages[i] - ages[i - 1] > kLargestAgeGap) return false;
  }
  return true;
}

// Of the waits of a group, in minutes.
struct WaitSpread {
  double newest = 0;
  double tenth = 0;
  double middle = 0;
  double oldest = 0;
};

WaitSpread wait_spread_of(const SeriesStudy& all, const GroupStudy& group) {
  std::vector<double> waits;
  waits.reserve(group.ages.size());
  all.goroutines.for_each(
      group.index, [&](const GoroutineIndex::Row& row) { waits.push_back(row.wait_minutes); });
  const auto [newest, oldest] = std::ranges::minmax(waits);
  return {newest, select_quantile(waits, 0.1), select_quantile(waits, 0.5), oldest};
}

// Some are as old as minutes can tell, others new, and in the middle there are some too if the
// oldest has waited long enough to tell.
bool waits_are_spread(const WaitSpread& waits) {
  if (waits.oldest < 1) return false;
  const double new_part = waits.tenth / waits.oldest;
  const double middle = waits.middle / waits.oldest;
  if (waits.oldest < 4) return new_part < 0.5 && waits.newest < waits.oldest;
  return new_part < kOldest && middle > 0.1 && middle < 0.9;
}

void note_startup(const SeriesStudy& all, GroupStudy& group) {
  if (all.newest_id < kManyIds || group.ages.back() > kStartup) return;
  group.is_startup = true;
  group.against.push_back({"E10",
                           "all were made at the start: " + short_number(100 * group.ages.back()) +
                               " % of the program's goroutines came before the last of them",
                           "ids of one dump",
                           {{"newest", group.ages.back()}}});
}

// None was made for so long that it is no accident, while the program made others.
void note_stopped(const SeriesStudy& all, GroupStudy& group) {
  if (group.is_startup || group.is_plateau || is_rarely_idle(group.kind)) return;
  if (group.ages.size() < kFewestAges || all.newest_id < kManyIds ||
      group.ages.back() > kShareOfSilence)
    return;
  group.against.push_back({"E10",
                           "none was made lately: " + short_number(100 * (1 - group.ages.back())) +
                               " % of all goroutines came after the last of them",
                           "ids of one dump",
                           {{"newest", group.ages.back()}}});
}

}  // namespace

void study_ages(const SeriesStudy& all, GroupStudy& group) {
  if (group.ages.empty()) return;
  note_startup(all, group);
  note_stopped(all, group);
  if (!is_spread(group.ages)) return;
  const WaitSpread waits = wait_spread_of(all, group);
  const double oldest = waits.oldest;
  const std::vector<EvidenceNumber> numbers = {{"oldest_age", group.ages.front()},
                                               {"newest_age", group.ages.back()},
                                               {"oldest_wait_minutes", oldest},
                                               {"newest_wait_minutes", waits.newest}};
  const bool has_waits = group.group->leaked == 0;  // Go prints none for those that are leaked.
  if (!has_waits || !waits_are_spread(waits)) {
    group.spreads_by_id = true;
    group.evidence.push_back(
        {"E3",
         "their ids are spread from " + short_number(100 * group.ages.front()) + " to " +
             short_number(100 * group.ages.back()) +
             " % of all ids: made all along, or all at once in a young program",
         "ids of one dump", numbers});
    return;
  }
  group.spreads = true;
  group.evidence.push_back(
      {"E3",
       "made all along and none ended: ids from " + short_number(100 * group.ages.front()) +
           " to " + short_number(100 * group.ages.back()) + " % of all, waits from " +
           (waits.newest < 1 ? std::string("under 1") : short_number(waits.newest)) + " to " +
           short_number(oldest) + " min",
       "ids and minutes of one dump", numbers});
  if (group.rate) return;
  // The oldest has waited for between so many minutes and one more.
  const double seconds = (oldest + 0.5) * kSecondsPerMinute;
  group.rate = {poisson_rate(group.ages.size(), seconds), true, "count over the longest wait"};
}

}  // namespace plumb
