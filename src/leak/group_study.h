// SPDX-License-Identifier: Apache-2.0
// What is known of one group while the verdict on it is made, and of the whole series around it.
// Each kind of evidence has a file of its own, evidence_NAME.cc, that fills in its part.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "leak/age_shape.h"
#include "leak/finding.h"
#include "leak/goroutine_index.h"
#include "leak/snapshot_series.h"
#include "leak/wait_kind.h"

namespace plumb {

/// What became of the function that started the goroutines.
enum class CreatorState : std::uint8_t {
  Unknown,  ///< The input does not tell who it was.
  Gone,     ///< It has returned.
  Stuck,    ///< It waits, for another goroutine.
  Alive,    ///< It is on some stack, and may still do its part.
};

/// One group, and what the evidence says so far.
struct GroupStudy {
  std::uint32_t index = 0;
  const StackGroup* group = nullptr;
  WaitKind kind = WaitKind::Unknown;
  CreatorState creator = CreatorState::Unknown;
  Residence residence;
  std::vector<double> counts;  ///< Of each snapshot since the last restart.
  std::vector<double> times;   ///< Of these.
  AgeShape ages;
  WaitShape waits;
  std::uint64_t woken = 0;            ///< Goroutines that a younger one has waited longer than,
  std::uint64_t compared = 0;         ///< of so many for which that could be told.
  std::uint64_t waiting_minutes = 0;  ///< The wait of the median goroutine.
  std::uint64_t longest_wait = 0;     ///< Of any of them, in minutes.

  std::vector<Evidence> evidence;
  std::vector<Evidence> against;
  std::optional<GrowthRate> rate;

  // For a leak.
  bool is_certain = false;            ///< E5.
  bool stays = false;                 ///< E1: some were seen to stay, and (nearly) none to leave.
  bool accumulates = false;           ///< E2: they come, go on coming, and none leaves.
  bool spreads = false;               ///< E3: created all along, and the old ones are still there.
  bool spreads_by_id = false;         ///< The same by ids alone, without wait times.
  bool grows = false;                 ///< E4: the count rises as it would by a leak.
  bool may_grow = false;              ///< It rises, but that is all.
  bool is_deadlocked = false;         ///< E7: who waits for the lock never got it.
  bool holds_lock = false;            ///< E7: it is the only one that may hold such a lock.
  std::int64_t lock_waiters = 0;      ///< Of that lock.
  bool is_in_lock_cycle = false;      ///< E7: some of them wait for each other's locks, for long.
  bool is_behind_lock_cycle = false;  ///< E7: some wait for a lock that one of such may hold.
  bool waits_for_channel_holder = false;  ///< E7: who may hold the lock waits on a channel.
  bool is_constant = false;               ///< The count was the same in many snapshots.
  // Against it, E10.
  bool turns_over = false;
  bool is_plateau = false;
  bool scatters = false;  ///< By counts alone: some seem to leave while more come.
  bool is_woken = false;
  bool follows_load = false;
  bool is_startup = false;
  bool has_clients = false;  ///< They may live as long as connections that are there.
  bool has_workers = false;  ///< Whom they may wait for is not stuck.
  bool may_be_slow = false;  ///< The lock may be held for long, and given back.
  const GroupStudy* slow_holder = nullptr;  ///< Who may hold the lock and is at work.
  bool is_being_read = false;  ///< Of the client of an HTTP server, whose answer somebody reads.

  [[nodiscard]] bool has_grown() const { return accumulates || spreads || grows; }
};

/// A package and the type of a receiver in it.
using TypeName = std::pair<std::string_view, std::string_view>;

/// The series as all groups share it.
struct SeriesStudy {
  const SnapshotSeries& series;
  GoroutineIndex goroutines;
  std::vector<std::uint8_t> is_on_stack;      ///< By StringId; see group_study.cc.
  std::vector<std::uint8_t> ruled_functions;  ///< By StringId; see benign_rules.h.
  std::uint64_t newest_id = 0;                ///< Of all processes.
  std::vector<TypeName> channel_types;        ///< Of the methods that wait on channels; ascending.
  std::vector<std::string_view>
      write_packages;              ///< Some wait there to lock for writing; ascending.
  std::int64_t http_requests = 0;  ///< Goroutines that wait for the answer of an HTTP server.
  std::int64_t http_readers = 0;   ///< Goroutines that read the body of one.

  /// The program has made so few goroutines that their ids tell nothing of when each was made.
  [[nodiscard]] bool is_young() const { return newest_id < kManyIds; }
  static constexpr std::uint64_t kManyIds = 500;
};

/// What all groups share. `goroutines` is the index of `series`.
SeriesStudy study_series(const SnapshotSeries& series, GoroutineIndex goroutines);

/// What one group is before any evidence is looked at.
GroupStudy study_group(const SeriesStudy& all, std::uint32_t index);

void study_residence(const SeriesStudy& all, GroupStudy& group);  ///< E1, E2 and turnover.
void study_ages(const SeriesStudy& all, GroupStudy& group);       ///< E3, and what began early.
void study_counts(const SeriesStudy& all, GroupStudy& group);     ///< E4 and plateaus.
void study_certain(const SeriesStudy& all, GroupStudy& group);    ///< E5.
void study_creator(const SeriesStudy& all, GroupStudy& group);    ///< E6.
void study_locks(const SeriesStudy& all, GroupStudy& group);      ///< E7, of one group.
void study_stack(const SeriesStudy& all, GroupStudy& group);      ///< E8.
void study_wakes(const SeriesStudy& all, GroupStudy& group);      ///< E10: woken in between.
void study_fleet(const SeriesStudy& all, GroupStudy& group);      ///< E9: several processes.

/// E7 across groups: the locks by address, who may hold those that nobody gets, and cycles of
/// goroutines that wait for each other. Everything else has been studied.
void find_lock_holders(const SeriesStudy& all, std::span<GroupStudy> groups);

/// E10 across groups: locks that may only be held for long.
void find_slow_locks(const SeriesStudy& all, std::span<GroupStudy> groups);

/// E10 across groups: who may live as long as a connection does.
void find_connections(const SeriesStudy& all, std::span<GroupStudy> groups);

/// E10 across groups: who may only pass a place, for others as old as they are elsewhere.
void find_siblings(const SeriesStudy& all, std::span<GroupStudy> groups);

/// E10 across groups: whom the others may wait for is not stuck.
void find_workers(const SeriesStudy& all, std::span<GroupStudy> groups);

/// True if the connections that these wait for are in use: at least half as many goroutines wait
/// for the answer to an HTTP request.
bool holds_used_connections(const SeriesStudy& all, const GroupStudy& group);

/// "3.5", "120", "0.042": three digits.
std::string short_number(double value);

/// "60 s", "12 min", "3.5 h": two units of time would be too exact for an estimate.
std::string short_duration(double seconds);

/// `time` of this series in words: "60 s", or "3 intervals" where the times are not known.
std::string span_text(const SnapshotSeries& series, double time);

/// "1 goroutine", "12 goroutines".
std::string goroutines_text(std::uint64_t count);

}  // namespace plumb
