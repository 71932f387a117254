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
constexpr double kStartup = 0.05;  // What was made in front of this belongs to the start.
constexpr double kShareOfSilence = 0.7;
constexpr std::int64_t kManyOfMain = 100;  // These may be nearly all that a young program made.

bool is_spread(const AgeShape& ages) {
  if (ages.count < kFewestAges) return false;
  if (ages.tenth > kOldest || ages.ninetieth < kNewest) return false;
  return ages.middle >= kMiddleLow && ages.middle <= kMiddleHigh &&
         ages.largest_gap <= kLargestAgeGap;
}

// Some are as old as minutes can tell, others new, and in the middle there are some too if the
// oldest has waited long enough to tell.
bool waits_are_spread(const WaitShape& waits) {
  if (waits.longest < 1) return false;
  const auto longest = static_cast<double>(waits.longest);
  const double new_part = waits.tenth / longest;
  const double middle = waits.middle / longest;
  if (waits.longest < 4) return new_part < 0.5 && waits.shortest < waits.longest;
  return new_part < kOldest && middle > 0.1 && middle < 0.9;
}

// main() starts what the program is made of, and then waits for its end.
bool is_of_main(const SeriesStudy& all, const GroupStudy& group) {
  constexpr std::uint64_t kMainGoroutine = 1;
  const StackGroup& stack = *group.group;
  return stack.creator_id == kMainGoroutine && !stack.has_many_creators &&
         may_receive(group.kind) && all.series.id_snapshots > 1 && group.residence.arrived == 0;
}

void note_startup(const SeriesStudy& all, GroupStudy& group) {
  if (all.is_young() && group.group->count < kManyOfMain) return;
  if (all.is_young() || group.ages.last > kStartup) {
    if (!is_of_main(all, group)) return;
    group.is_startup = true;
    group.against.push_back({"E10",
                             "the main goroutine made them, and none since the first dump",
                             "ids of several snapshots and creators",
                             {{"newest", group.ages.last}}});
    return;
  }
  group.is_startup = true;
  group.against.push_back({"E10",
                           "all were made at the start: " + short_number(100 * group.ages.last) +
                               " % of the program's goroutines came before the last of them",
                           "ids of one dump",
                           {{"newest", group.ages.last}}});
}

// None was made for so long that it is no accident, while the program made others.
void note_stopped(const SeriesStudy& all, GroupStudy& group) {
  if (group.is_startup || group.is_plateau || is_rarely_idle(group.kind)) return;
  if (group.ages.count < kFewestAges || all.is_young() || group.ages.last > kShareOfSilence) return;
  group.against.push_back({"E10",
                           "none was made lately: " + short_number(100 * (1 - group.ages.last)) +
                               " % of all goroutines came after the last of them",
                           "ids of one dump",
                           {{"newest", group.ages.last}}});
}

}  // namespace

void study_ages(const SeriesStudy& all, GroupStudy& group) {
  if (group.ages.count == 0) return;
  note_startup(all, group);
  note_stopped(all, group);
  if (!is_spread(group.ages)) return;
  const WaitShape& waits = group.waits;
  const auto oldest = static_cast<double>(waits.longest);
  const auto newest = static_cast<double>(waits.shortest);
  const std::vector<EvidenceNumber> numbers = {{"oldest_age", group.ages.first},
                                               {"newest_age", group.ages.last},
                                               {"oldest_wait_minutes", oldest},
                                               {"newest_wait_minutes", newest}};
  const bool has_waits = group.group->leaked == 0;  // Go prints none for those that are leaked.
  if (!has_waits || !waits_are_spread(waits)) {
    group.spreads_by_id = true;
    group.evidence.push_back(
        {"E3",
         "their ids are spread from " + short_number(100 * group.ages.first) + " to " +
             short_number(100 * group.ages.last) +
             " % of all ids: made all along, or all at once in a young program",
         "ids of one dump", numbers});
    return;
  }
  group.spreads = true;
  group.evidence.push_back({"E3",
                            "made all along and none ended: ids from " +
                                short_number(100 * group.ages.first) + " to " +
                                short_number(100 * group.ages.last) + " % of all, waits from " +
                                (newest < 1 ? std::string("under 1") : short_number(newest)) +
                                " to " + short_number(oldest) + " min",
                            "ids and minutes of one dump", numbers});
  if (group.rate) return;
  // The oldest has waited for between so many minutes and one more.
  const double seconds = (oldest + 0.5) * kSecondsPerMinute;
  group.rate = {poisson_rate(group.ages.count, seconds), true, "count over the longest wait"};
}

}  // namespace plumb
