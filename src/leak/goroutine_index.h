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
#include <vector>

#include "base/packed_rows.h"
#include "leak/snapshot_series.h"

namespace plumb {

/// Does not refer to the series from which it was made.
class GoroutineIndex {
 public:
  /// Complexity: linear in the goroutines, n log n in the creators that are asked after.
  explicit GoroutineIndex(const SnapshotSeries& series);

  /// One goroutine of a group.
  struct Row {
    std::uint64_t id = 0;
    std::uint32_t wait_minutes = 0;
    std::uint32_t process = 0;
  };

  /// What a group's goroutines come to.
  struct Sums {
    std::uint64_t count = 0;
    std::uint64_t compared = 0;       ///< For how many it could be told whether they were woken.
    std::uint64_t woken = 0;          ///< Younger goroutines have waited longer.
    std::uint64_t creators = 0;       ///< Of a choice of them: whose creators are known by id,
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

  /// The newest id of each process, by its number; 0: it has none.
  [[nodiscard]] const std::vector<std::uint64_t>& newest_ids() const { return newest_ids_; }

  /// Those of whose locks or pointers something is known, by process and id.
  [[nodiscard]] const std::vector<SeenGoroutine>& known() const { return known_; }

 private:
  using Codec = RowCodec<3>;

  struct Group {
    Sums sums;
    Codec::Numbers last{};     // While rows are added.
    std::size_t first = 0;     // In bytes_.
    std::size_t bytes = 0;     // So far.
    std::uint64_t passed = 0;  // Since the last one whose creator was asked after.
  };

  // A goroutine that has waited longer than all that are younger.
  struct Waited {
    std::uint32_t process = 0;
    std::uint32_t minutes = 0;
    std::uint64_t id = 0;
  };

  struct Creator {
    std::uint32_t process = 0;
    std::uint32_t group = 0;  // Of the one that it made.
    std::uint64_t id = 0;
  };

  static Codec::Numbers numbers_of(const SeenGoroutine& goroutine) {
    return {goroutine.row.id, goroutine.row.wait_minutes, goroutine.process};
  }

  void count(const SnapshotSeries& series);
  void note_waited(const SeenGoroutine& goroutine);
  void make_room();
  void place(const SnapshotSeries& series);
  void add_row(Group& group, const SeenGoroutine& goroutine);
  [[nodiscard]] bool asks_for_creator(Group& group, const SeenGoroutine& goroutine) const;
  void find_creators(const SnapshotSeries& series);

  std::vector<Group> groups_;
  std::vector<char> bytes_;
  std::vector<std::uint64_t> newest_ids_;
  std::vector<SeenGoroutine> known_;
  std::vector<Waited> waited_;  // By process and id; of a process, by falling minutes.
  std::vector<Creator> creators_;
};

}  // namespace plumb
