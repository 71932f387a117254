// SPDX-License-Identifier: Apache-2.0
// StackGrouper: puts the goroutines of profiles and dumps into groups.

#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"
#include "leak/goroutine_filter.h"
#include "leak/group_table.h"
#include "leak/stack_groups.h"
#include "model/goroutine_dump.h"
#include "model/profile.h"

namespace plumb {

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

  /// Creators, where states come from, and what inputs do not agree in telling do not count. To be
  /// called before anything is added.
  void compare_stacks_only() { table_.compare_stacks_only(); }

  /// The groups so far.
  [[nodiscard]] std::span<const StackGroup> groups() const { return table_.groups(); }

  StackGroups finish() && { return std::move(table_).finish(); }

 private:
  GroupTable table_;
  LabelPredicate label_;
  std::uint64_t min_wait_minutes_;
};

}  // namespace plumb
