// SPDX-License-Identifier: Apache-2.0
// GoroutineIndex: the goroutines of the latest snapshot group by group, with what takes all of them
// at once to tell.
//
// A snapshot may have millions. They are gone through in the order of their ids, a few times, and
// kept as PackedRows are: four bytes or five for each.

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/even_choice.h"
#include "base/packed_rows.h"
#include "base/raw_vector.h"
#include "leak/snapshot_series.h"

namespace plumb {

/// A goroutine of whose locks or pointers something is known.
struct KnownGoroutine {
  std::uint64_t id = 0;
  std::uint64_t lock = 0;  ///< Address of the lock that it waits for; 0: not known.
  std::uint32_t group = 0;
  std::uint32_t process : 24 = 0;
  bool has_waited : 1 = false;       ///< For a minute, or longer.
  bool was_there_first : 1 = false;  ///< At this place, in the first snapshot that tells ids.
};

/// Does not refer to the series from which it was made.
class GoroutineIndex {
 public:
  /// Complexity: linear in the goroutines, n log n in the creators that are asked after.
  explicit GoroutineIndex(const SnapshotSeries& series);

  /// The same, and frees SnapshotSeries::goroutines and creators on the way.
  static GoroutineIndex freeing_rows(SnapshotSeries& series);

  /// One goroutine of a group.
  struct Row {
    std::uint64_t id = 0;
    std::uint32_t wait_minutes = 0;
    std::uint32_t process = 0;
  };

  /// What a group's goroutines come to.
  struct Sums {
    std::uint64_t count = 0;
    std::uint64_t compared = 0;  ///< For how many it could be told whether they were woken.
    std::uint64_t woken = 0;     ///< Younger goroutines have waited longer.
    /// Of a choice of them, or as it stands for all: whose creators are known by id,
    std::uint64_t creators = 0;
    std::uint64_t creators_gone = 0;  ///< and are not there any more.
  };

  [[nodiscard]] Sums sums(std::uint32_t group) const {
    return group < groups_.size() ? groups_[group].sums : Sums();
  }

  /// Calls `visit(row)` for each goroutine of `group`, by process and id.
  template <typename Visit>
  void for_each(std::uint32_t group, Visit visit) const {
    if (group >= groups_.size()) return;
    const char* at = bytes_.data() + groups_[group].first;
    Codec::Numbers numbers{};
    for (std::uint64_t i = groups_[group].sums.count; i > 0; --i) {
      at = Codec::read(at, numbers);
      visit(Row{numbers[0], static_cast<std::uint32_t>(numbers[1]),
                static_cast<std::uint32_t>(numbers[2])});
    }
  }

  /// Of the goroutines of `group`, of all processes, ascending.
  [[nodiscard]] std::vector<std::uint64_t> ids(std::uint32_t group) const;

  /// The newest id of each process, by its number; 0: it has none.
  [[nodiscard]] const std::vector<std::uint64_t>& newest_ids() const { return newest_ids_; }

  /// By process and id.
  [[nodiscard]] const std::vector<KnownGoroutine>& known() const { return known_; }

 private:
  using Codec = RowCodec<3>;
  using Key = std::pair<std::uint32_t, std::uint64_t>;  // Process and id.

  struct Group {
    Sums sums;
    Codec::Numbers last{};     // While rows are added.
    std::size_t first = 0;     // In bytes_.
    std::size_t bytes = 0;     // So far.
    EvenChoice<Key> creators;  // Of those that tell theirs.
  };

  // A goroutine that has waited longer than all that are younger.
  struct Waited {
    std::uint32_t process = 0;
    std::uint32_t minutes = 0;
    std::uint64_t id = 0;
  };

  static Codec::Numbers numbers_of(const SeenGoroutine& goroutine) {
    return {goroutine.row.id, goroutine.row.wait_minutes, goroutine.process};
  }

  static Key key_of(const SeenGoroutine& goroutine) {
    return {goroutine.process, goroutine.row.id};
  }

  GoroutineIndex() = default;

  void find_pointers(const SnapshotSeries& series);
  void count(const SnapshotSeries& series, std::vector<SeenCreator> creators);
  void note_waited(const SeenGoroutine& goroutine);
  void choose_creators(std::vector<SeenCreator> creators);
  void make_room();
  void place(const SnapshotSeries& series, const SeenGoroutine& goroutine);
  void note_woken(const SnapshotSeries& series, const SeenGoroutine& goroutine);
  void note_creators_before(const Key& key);
  bool has_pointers(const Key& key);
  void add_row(Group& group, const SeenGoroutine& goroutine);
  void finish();

  std::vector<Group> groups_;
  RawVector<char> bytes_;  // Of each group's rows; pages are there once rows are placed in them.
  std::vector<std::uint64_t> newest_ids_;
  std::vector<KnownGoroutine> known_;
  // Only while rows are placed, by process and id: who has waited longer than all that are younger,
  // by falling minutes in a process; creators asked after; those with pointers; and where in these
  // the goroutine at hand belongs.
  std::vector<Waited> waited_;
  std::vector<SeenCreator> creators_;
  std::vector<Key> having_pointers_;
  std::size_t next_waited_ = 0;
  std::size_t next_creator_ = 0;
  std::size_t next_pointer_ = 0;
};

}  // namespace plumb
