// SPDX-License-Identifier: Apache-2.0
// StackGrouper: puts the goroutines of profiles and dumps into groups.

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/packed_rows.h"
#include "base/result.h"
#include "leak/goroutine_filter.h"
#include "leak/group_table.h"
#include "leak/stack_groups.h"
#include "model/goroutine_dump.h"
#include "model/profile.h"

namespace plumb {

/// One goroutine of an input that tells ids.
struct GoroutineRow {
  std::uint64_t id = 0;
  std::uint64_t creator_id = 0;  ///< 0: not known, or among the creators of a choice.
  std::uint64_t lock = 0;        ///< Address of the lock that it waits for; 0: not known.
  std::uint32_t group = 0;       ///< In StackGroups::groups.
  std::uint32_t wait_minutes = 0;
};

/// One goroutine of a snapshot that tells ids.
struct SeenGoroutine {
  GoroutineRow row;
  std::uint32_t process = 0;  ///< Which of several processes.
  std::uint32_t since = 0;    ///< The snapshot from which on it was at this place.

  [[nodiscard]] std::array<std::uint64_t, 7> numbers() const {
    return {row.id, row.wait_minutes, row.group, row.creator_id, row.lock, process, since};
  }
  static SeenGoroutine from(const std::array<std::uint64_t, 7>& all) {
    const auto small = [&](std::size_t i) { return static_cast<std::uint32_t>(all[i]); };
    return {{all[0], all[3], all[4], small(2), small(1)}, small(5), small(6)};
  }
};

/// The creator of one goroutine of a choice, which stands for 1 << shift of its group.
struct SeenCreator {
  std::uint64_t id = 0;
  std::uint32_t group = 0;         ///< In StackGroups::groups, of the one that it made.
  std::uint32_t process : 24 = 0;  ///< Which of several processes.
  std::uint32_t shift : 8 = 0;
};

/// A number on the stack of a goroutine that may point to an object which the goroutine knows.
struct PointerRow {
  std::uint64_t goroutine = 0;  ///< Its id.
  std::uint64_t pointer = 0;
};

/// Errors: Usage for a profile whose values count no goroutines, or anything else one by one.
Result<void> check_goroutines(const Profile& profile);

/// Sums any number of inputs. Keeps nothing of an input but its groups. Not thread-safe.
///
/// Complexity: linear in the groups of a dump, in the samples and frames of a profile.
class StackGrouper {
 public:
  /// Goroutines for which `label` does not hold for any label, or that have not waited
  /// `min_wait_minutes`, are counted, but in no group.
  explicit StackGrouper(LabelPredicate label = {}, std::uint64_t min_wait_minutes = 0)
      : label_(std::move(label)), min_wait_minutes_(min_wait_minutes) {}

  /// Adds a profile that counts goroutines, or anything else one by one. States are read from
  /// labels where a dump put them there, and inferred from the leaf frames otherwise.
  ///
  /// Errors: Usage for a profile whose values are no such count.
  Result<void> add(const Profile& profile);

  /// Returns the row in StackGroups::groups for each group of the dump; kNone if it is in none.
  std::vector<std::uint32_t> add(const GoroutineDump& dump);

  /// The same, and frees on the way what memory `dump` has for goroutines.
  void take(GoroutineDump& dump);

  /// Creators, where states come from, and what inputs do not agree in telling do not count. To be
  /// called before anything is added.
  void compare_stacks_only() { table_.compare_stacks_only(); }

  /// Forgets the counts of what was added, but not the groups: a snapshot begins.
  void start_snapshot() {
    table_.start_snapshot();
    forget_rows();
  }

  /// Sets aside what the snapshot at hand has, whose rows were taken, while something beside it is
  /// added; and goes on with it.
  GroupTable::Counts set_aside() { return table_.set_aside(); }
  void put_back(GroupTable::Counts counts) {
    table_.put_back(std::move(counts));
    forget_rows();
  }

  /// The groups so far. Their places and labels are in order only after finish().
  [[nodiscard]] const StackGroups& groups() const { return table_.groups(); }

  /// The goroutines added since start_snapshot() whose ids are known, in order of the input. A dump
  /// has them if its reader was asked to keep goroutines. All are of process and snapshot 0.
  [[nodiscard]] PackedRows<SeenGoroutine>& rows() { return rows_; }
  /// True if each of the rows is known to have a larger id than those in front of it.
  [[nodiscard]] bool rows_ascend() const { return rows_ascend_; }

  /// What may be pointers on the stacks of some of the rows.
  [[nodiscard]] std::vector<PointerRow>& pointers() { return pointers_; }

  /// Creators of a choice of the rows, where the rows do not tell them (ReadOptions). All are of
  /// process 0.
  [[nodiscard]] std::vector<SeenCreator>& creators() { return creators_; }

  StackGroups finish() && { return std::move(table_).finish(); }

 private:
  std::vector<std::uint32_t> add_groups(const GoroutineDump& dump, GoroutineDump* taken);
  void add_row(const Goroutine& goroutine, const std::vector<std::uint32_t>& places);
  void add_knowledge(const GoroutineDump& dump, const std::vector<std::uint32_t>& places);
  void forget_rows() {
    rows_.clear();
    rows_ascend_ = true;
    pointers_.clear();
    creators_.clear();
  }

  GroupTable table_;
  LabelPredicate label_;
  std::uint64_t min_wait_minutes_;
  PackedRows<SeenGoroutine> rows_;
  bool rows_ascend_ = true;
  std::vector<PointerRow> pointers_;
  std::vector<SeenCreator> creators_;
};

}  // namespace plumb
