// SPDX-License-Identifier: Apache-2.0
// E1 and E2: who is seen again under the same id at the same place, who came, and who left.
#include <algorithm>
#include <cmath>

#include "leak/group_study.h"
#include "leak/pattern_cases.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

constexpr double kDepartures = 0.02;  // Of those who came, so many may leave.
constexpr std::uint64_t kArrivals = 3;
constexpr std::uint64_t kRareArrivals = 2;
constexpr std::uint64_t kRareResidents = 2;
constexpr std::uint64_t kFewestOld = 4;      // Goroutines that stay where most leave,
constexpr std::uint64_t kOldIntervals = 12;  // and how long they were seen to, together.
constexpr double kEarly = 0.35;    // Who came so early in the window has stayed for most of it.
constexpr double kStopped = 0.01;  // Probability at which arrivals are said to have ended.
// Each processor hands out ids in batches of 16, so that they are out of order by so many.
constexpr double kOutOfOrder = 64;
// Of goroutines that come several at a time.
constexpr double kFewestTimes = 3;
constexpr double kAtATime = 2;  // So many at a time on average,
constexpr double kTogether =
    0.25;                       // with ids so near to each other, as a part of those out of order,
constexpr double kFurther = 4;  // and the next ones so many times further away.
// Of those who stand still: how many there have to be, and how many ought to have come.
constexpr std::uint64_t kFewestStill = 8;
constexpr double kExpected = 5;      // Then none at all come by chance once in 150 times.
constexpr double kLargestGap = 0.6;  // Of the window: arrivals further apart came in a burst.

// Where in the window the goroutines came that came in it, 0 to 1, ascending; told by their ids.
std::vector<double> arrival_places(const SeriesStudy& all, const GroupStudy& group) {
  std::vector<double> places;
  const auto first = static_cast<double>(all.series.first_newest_id);
  const double span = static_cast<double>(all.newest_id) - first;
  if (span <= 0) return places;
  all.goroutines.for_each(group.index, [&](const GoroutineIndex::Row& row) {
    const auto id = static_cast<double>(row.id);
    if (id > first) places.push_back((id - first) / span);
  });
  std::ranges::sort(places);
  return places;
}

// How often some came. Where several come at a time, their ids lie near to each other and those of
// the next ones far away. Everywhere else each of them counts.
double count_events(const std::vector<double>& places, double near) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < places.size(); ++i) {
    if (places[i] - places[i - 1] > near) gaps.push_back(places[i] - places[i - 1]);
  }
  const auto all = static_cast<double>(places.size());
  const auto heaps = static_cast<double>(gaps.size() + 1);
  if (heaps < kFewestTimes || all < kAtATime * heaps) return all;
  std::ranges::sort(gaps);
  return quantile(gaps, 0.5) >= kFurther * near ? heaps : all;
}

// Arrivals go on if their end is not too early for so many of them.
bool has_stopped(const std::vector<double>& places, double slack) {
  if (places.empty()) return false;
  const double last = std::min(places.back() + slack, 1.0);
  return std::pow(last, count_events(places, slack * kTogether)) < kStopped;
}

bool is_burst(const std::vector<double>& places, double slack) {
  double gap = 0;
  double last = 0;
  for (const double place : places) {
    gap = std::max(gap, place - last);
    last = place;
  }
  return std::max(gap, 1 - last) > kLargestGap + slack;
}

void note_turnover(const SnapshotSeries& series, GroupStudy& group) {
  const Residence& residence = group.residence;
  group.turns_over = true;
  group.against.push_back({"E10",
                           goroutines_text(residence.departed) + " left within " +
                               span_text(series, series.id_window()) + ", while " +
                               std::to_string(residence.arrived) + " came",
                           "ids of several snapshots",
                           {{"departed", static_cast<double>(residence.departed)},
                            {"arrived", static_cast<double>(residence.arrived)}}});
}

// Connections of a library, as those of idle clients, stay as long as they like.
bool may_leave_residue(const StackGroups& stacks, const GroupStudy& group) {
  if (needs_another_goroutine(group.kind)) return true;
  const bool is_outside = group.kind == WaitKind::IoWait || group.kind == WaitKind::SystemCall;
  return is_outside && (waits_in_own_code(stacks, *group.group) ||
                        waits_for_process(stacks, *group.group, group.kind));
}

// A leak in a busy place: most goroutines leave at once, but those that have not by then never do,
// and they become more.
bool note_residue(const SnapshotSeries& series, GroupStudy& group) {
  const Residence& residence = group.residence;
  if (!may_leave_residue(series.stacks, group) || group.is_woken) return false;
  if (residence.old_now < kFewestOld || residence.old_stayed < kOldIntervals) return false;
  const auto watched = static_cast<double>(residence.old_stayed + residence.old_left);
  if (static_cast<double>(residence.old_left) > kDepartures * watched) return false;
  group.accumulates = true;
  group.evidence.push_back(
      {"E2",
       "most leave soon (" + goroutines_text(residence.departed) +
           "), but of those that stayed for " + "two snapshots " +
           (residence.old_left == 0 ? std::string("none")
                                    : "only " + std::to_string(residence.old_left)) +
           " left, and " + std::to_string(residence.old_now) + " more are here than at first",
       "ids of several snapshots",
       {{"departed", static_cast<double>(residence.departed)},
        {"old", static_cast<double>(residence.old_now)},
        {"old_left", static_cast<double>(residence.old_left)}}});
  if (series.id_window() > 0) {
    group.rate = {poisson_rate(residence.old_now, series.id_window()), series.has_times,
                  "those that stay, counted by id"};
  }
  return true;
}

void note_stay(const SnapshotSeries& series, GroupStudy& group) {
  const Residence& residence = group.residence;
  const double bound = residence_bound(residence.exposure, residence.departed);
  const std::string who = residence.residents == 1
                              ? std::string("the same goroutine was here")
                              : "the same " + goroutines_text(residence.residents) + " were here";
  group.evidence.push_back({"E1",
                            who + " over " + span_text(series, series.id_window()) +
                                (residence.departed == 0 ? " and none left" : "") +
                                ": the mean stay is above " + span_text(series, bound),
                            "ids of several snapshots",
                            {{"residents", static_cast<double>(residence.residents)},
                             {"departed", static_cast<double>(residence.departed)},
                             {"window", series.id_window()},
                             {"mean_stay_above", bound}}});
}

void note_accumulation(const SnapshotSeries& series, GroupStudy& group) {
  const Residence& residence = group.residence;
  group.accumulates = true;
  group.evidence.push_back(
      {"E2",
       goroutines_text(residence.arrived) + " came within " +
           span_text(series, series.id_window()) + ", up to the end of it, and " +
           (residence.departed == 0 ? std::string("none left")
                                    : "only " + std::to_string(residence.departed) + " left"),
       "ids of several snapshots",
       {{"arrived", static_cast<double>(residence.arrived)},
        {"departed", static_cast<double>(residence.departed)},
        {"window", series.id_window()}}});
}

void note_stop(GroupStudy& group, std::uint64_t arrived) {
  group.is_plateau = true;
  group.against.push_back(
      {"E10",
       goroutines_text(arrived) + " came, but none lately: it has stopped growing",
       "ids of several snapshots",
       {{"arrived", static_cast<double>(arrived)}}});
}

// Nobody came. By their ids they were made one after the other up to the first snapshot: if as many
// were made since for each id that passed, some would have come.
void note_standstill(const SeriesStudy& all, GroupStudy& group) {
  const std::uint64_t residents = group.residence.residents;
  const auto first = static_cast<double>(all.series.first_newest_id);
  if (is_rarely_idle(group.kind) || residents < kFewestStill || first <= 0) return;
  const double passed = (static_cast<double>(all.newest_id) - first) / first;
  const double expected = passed * static_cast<double>(residents);
  if (expected < kExpected) return;
  group.is_plateau = true;
  group.against.push_back({"E10",
                           "none came, where by the ids that passed " + short_number(expected) +
                               " would have if it grew as before: it has stopped growing",
                           "ids of several snapshots",
                           {{"expected", expected}}});
}

// A server's goroutines serve one request after the other. All others were made for what they do.
bool is_of_server(const SeriesStudy& all, const GroupStudy& group) {
  return starter_function(all.series.stacks, *group.group).empty();
}

// Who was there before and waits in its own function, that of its loop, was at work in between.
bool came_back(const GroupStudy& group) {
  const StackGroup& stack = *group.group;
  return group.residence.moved == group.residence.arrived && may_receive(group.kind) &&
         stack.entry != kNone && stack.entry == stack.blocked;
}

void note_return(GroupStudy& group) {
  group.is_woken = true;
  group.against.push_back({"E10",
                           goroutines_text(group.residence.arrived) +
                               " came back to where the others wait, and none was made lately: "
                               "they run now and then",
                           "ids of several snapshots",
                           {{"came_back", static_cast<double>(group.residence.arrived)}}});
}

}  // namespace

void study_residence(const SeriesStudy& all, GroupStudy& group) {
  const SnapshotSeries& series = all.series;
  const Residence& residence = group.residence;
  if (series.id_snapshots < 2) return;
  const auto came = static_cast<double>(residence.arrived);
  const auto seen = static_cast<double>(residence.first_count + residence.arrived);
  const auto left = static_cast<double>(residence.departed);
  const std::vector<double> places = arrival_places(all, group);
  const double span =
      static_cast<double>(all.newest_id) - static_cast<double>(series.first_newest_id);
  const double slack = span > 0 ? kOutOfOrder / span : 1;
  if (left > std::max(kDepartures * seen, 0.5)) {
    const bool is_residue = !has_stopped(places, slack) && note_residue(series, group);
    if (!is_residue) note_turnover(series, group);
    return;
  }
  const bool stayed_from_early = places.size() >= kArrivals && places.front() < kEarly;
  if (residence.exposure <= 0 && !stayed_from_early) return;
  group.stays = true;
  if (residence.residents > 0) note_stay(series, group);
  if (residence.arrived == 0) return note_standstill(all, group);
  const bool is_served = is_of_server(all, group);
  if (!is_served && came_back(group)) return note_return(group);
  if (series.id_window() > 0) {
    group.rate = {poisson_rate(residence.arrived, series.id_window()), series.has_times,
                  "arrivals counted by id"};
  }
  if (has_stopped(places, slack) || (residence.late == 0 && residence.arrived >= kArrivals)) {
    note_stop(group, residence.arrived);
    return;
  }
  // A sender or a locker that waits is no usual thing, so that fewer of them tell as much.
  const bool is_rare = is_rarely_idle(group.kind) && residence.departed == 0;
  const bool is_long =
      residence_bound(residence.exposure, residence.departed) >= series.id_window() ||
      (is_rare && (residence.residents >= kRareResidents || stayed_from_early));
  const std::uint64_t fewest = is_rare ? kRareArrivals : kArrivals;
  const std::uint64_t made = residence.arrived - (is_served ? 0 : residence.moved);
  const bool is_steady = made >= fewest && !is_burst(places, slack);
  if (is_steady && is_long && left <= kDepartures * came) {
    note_accumulation(series, group);
  } else if (made > 0 || residence.arrived >= kArrivals || is_rarely_idle(group.kind)) {
    // One or two that were elsewhere before, and idle now, are no growth.
    group.may_grow = true;
  }
}

}  // namespace plumb
