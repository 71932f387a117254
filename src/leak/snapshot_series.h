// SPDX-License-Identifier: Apache-2.0
// A series of snapshots of one program: which groups of goroutines there were in each, and, where
// the snapshots tell ids, which goroutines came, stayed and left.
//
// Only the latest snapshot is kept whole. Of the others there remain the counts of each group, and
// of each group the sums that its residence is told from:
//
//   snapshot     1          2          3
//   group        {4,7}      {4,7,9}    {4,7,9,12}
//   arrived                 1          1              departed 0, stayed 2 + 3 intervals
//
// A goroutine that is found in another group, or that waits for another lock, has left the place it
// was at: it runs. So has a handler of HTTP that serves another request (new_requests.h).

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "leak/goroutine_filter.h"
#include "leak/stack_grouper.h"
#include "leak/stack_groups.h"

namespace plumb {

/// What Go's runtime found before it wrote a dump: no goroutine of the program, or of a synctest
/// bubble, can ever go on.
enum class Deadlock : std::uint8_t { None, Program, Bubble };

/// One snapshot: a file, or the answers of some servers at one time.
struct Snapshot {
  std::string name;
  std::int64_t time_ns = 0;  ///< Since 1970; 0: not known.
  std::int64_t total = 0;    ///< Goroutines.
  std::uint32_t processes = 1;
  Deadlock deadlock = Deadlock::None;
  bool has_ids = false;
  bool is_cut =
      false;  ///< Some goroutines are missing. Its ids and counts tell nothing beside others.
};

/// The goroutines of a group in one snapshot.
struct CountAt {
  std::uint32_t snapshot = 0;
  std::int64_t count = 0;
};

/// What became of the goroutines of a group between the snapshots that tell ids. The unit of time
/// is the second where the times of snapshots are known, else one interval between two.
struct Residence {
  std::uint64_t arrived = 0;      ///< Came after the first snapshot.
  std::uint64_t moved = 0;        ///< Of those that came, from another place.
  std::uint64_t departed = 0;     ///< Were gone, or elsewhere, in the next snapshot.
  std::uint64_t late = 0;         ///< Of those that came, in the last third of the intervals.
  std::uint64_t stayed = 0;       ///< Goroutines times intervals in which they stayed.
  double exposure = 0;            ///< The same as time: how long they were seen to stay, together.
  std::uint64_t residents = 0;    ///< In the first snapshot and, at the same place, in the last.
  std::uint64_t first_count = 0;  ///< In the first snapshot.
  // Of those that came in the series: who had been there for two intervals, and of them, who left.
  std::uint64_t old_stayed = 0;  ///< Goroutines times intervals.
  std::uint64_t old_left = 0;
  std::uint64_t old_now = 0;  ///< Are there in the last snapshot.
};

/// Where a goroutine was before: in an earlier snapshot that tells ids, at another place.
struct EarlierPlace {
  std::uint64_t id = 0;
  std::uint32_t process = 0;
  std::uint32_t since = 0;  ///< The snapshot from which on it was there.
  std::uint32_t group = 0;
};

/// A goroutine that ended: where it was in the last snapshot that had it.
struct GoneGoroutine {
  std::uint64_t id = 0;
  std::uint32_t process = 0;
  std::uint32_t since = 0;  ///< The snapshot from which on it was there.
  std::uint32_t until = 0;  ///< The first one that tells ids and has it not.
  std::uint32_t group = 0;
};

/// More of each of them are not kept: of a program whose goroutines all run, they would be without
/// bounds.
inline constexpr std::size_t kMostEarlierPlaces = std::size_t{1} << 20;

/// A number on a stack of the latest snapshot that may be a pointer.
struct SeenPointer {
  std::uint32_t process = 0;
  PointerRow row;
};

/// A whole series. Owns everything it shows. Move-only.
struct SnapshotSeries {
  StackGroups stacks;  ///< As in the latest snapshot; groups that are gone have a count of 0.
  std::vector<Snapshot> snapshots;
  std::vector<std::vector<CountAt>> counts;  ///< By group; snapshots without it left out.
  std::vector<Residence> residence;          ///< By group; may be shorter.
  PackedRows<SeenGoroutine> goroutines;      ///< Of the latest that tells ids, by process and id.
  std::vector<SeenPointer> pointers;         ///< Of some of them.
  std::vector<SeenCreator> creators;         ///< Of some of those that do not tell theirs.
  std::vector<EarlierPlace> earlier;         ///< By process, id and time, since the last restart.
  bool lacks_earlier = false;                ///< There were more of them.
  std::vector<GoneGoroutine> gone;           ///< As they ended, since the last restart.
  bool lacks_gone = false;                   ///< There were more of them.
  std::size_t id_snapshots = 0;              ///< Snapshots in a row up to the last that tell ids.
  std::uint32_t first_id_snapshot = 0;       ///< The first of them.
  std::uint32_t last_id_snapshot = 0;
  std::uint64_t first_newest_id = 0;      ///< The largest id in the first of them.
  std::uint32_t first_since_restart = 0;  ///< Counts in front of it are of another process.
  std::size_t restarts = 0;
  std::vector<std::string> builds;  ///< Of the first process, in their order; empty: not known.
  bool has_leak_profile = false;    ///< Go was asked which goroutines are leaked.
  bool has_times = false;           ///< Every snapshot has one, later than that in front.

  /// Of a snapshot since the first one, in seconds or intervals.
  [[nodiscard]] double time_of(std::size_t snapshot) const;

  /// The time from the first to the last snapshot that tell ids.
  [[nodiscard]] double id_window() const {
    return time_of(last_id_snapshot) - time_of(first_id_snapshot);
  }
};

/// Reads snapshots one after the other. Not thread-safe.
///
/// Complexity: for each snapshot, linear in its goroutines (n log n if they are not in order of
/// their ids) and in all groups.
class SeriesBuilder {
 public:
  explicit SeriesBuilder(LabelPredicate label = {}, std::uint64_t min_wait_minutes = 0)
      : grouper_(std::move(label), min_wait_minutes) {}

  /// Learns from a profile taken beside the series which groups the runtime found to be leaked, and
  /// which receives are those of `range`.
  ///
  /// Errors: Usage for a profile that does not count goroutines.
  Result<void> add_hint(const Profile& profile);

  /// Begins a snapshot; the one before is complete.
  void start_snapshot(std::string name, std::int64_t time_ns);

  /// Adds what `process` (one of several, numbered from 0) gave at the time of this snapshot.
  ///
  /// Errors: Usage for a profile that does not count goroutines.
  Result<void> add(const Profile& profile, std::uint32_t process = 0);
  void add(const GoroutineDump& dump, std::uint32_t process = 0);
  /// The same, and frees on the way what memory `dump` has for goroutines.
  void take(GoroutineDump& dump, std::uint32_t process = 0);

  /// Requires: at least one snapshot was started.
  SnapshotSeries finish() &&;

 private:
  struct Arrivals {
    std::uint32_t snapshot = 0;
    std::uint32_t group = 0;
    std::uint64_t count = 0;
  };

  void note_dump(const GoroutineDump& dump);
  void take_rows(std::uint32_t process);
  void note_build(const Profile& profile);
  void complete(bool is_last);
  void count_groups();
  void compare();
  [[nodiscard]] bool is_repetition(std::int64_t gap_ns) const;
  [[nodiscard]] bool is_restart() const;
  [[nodiscard]] bool have_other_creators() const;
  [[nodiscard]] bool is_other_creator(const GoroutineRow& before, const GoroutineRow& now) const;
  void note_restart();
  void join(double gap);
  void arrive(const SeenGoroutine& goroutine);
  void depart(const SeenGoroutine& goroutine);
  void note_place(const SeenGoroutine& before);
  void note_end(const SeenGoroutine& goroutine);
  [[nodiscard]] bool is_old(const SeenGoroutine& goroutine) const;
  [[nodiscard]] Residence& residence_of(const SeenGoroutine& goroutine) {
    return series_.residence[goroutine.row.group];
  }
  void finish_residence();
  void finish_hints();
  [[nodiscard]] bool times_are_known() const;

  StackGrouper grouper_;
  SnapshotSeries series_;
  PackedRows<SeenGoroutine> now_;  // Of the snapshot at hand.
  bool now_ascends_ = true;        // They are known to be in order.
  std::vector<SeenPointer> pointers_now_;
  std::vector<SeenCreator> creators_now_;
  std::vector<Arrivals> arrivals_;
  std::vector<std::int64_t> leaked_;  // By group, as hints told; may be shorter.
};

}  // namespace plumb
