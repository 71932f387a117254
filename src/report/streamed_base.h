// SPDX-License-Identifier: Apache-2.0
// StreamedBase: the base of a difference whose other side streams by.
//
// What functions and edges weigh is linear: the stacks of the base, negated, are added to those of
// the profile. What does not cancel out tells more: the total is that of |value| over the stacks of
// the difference, and an edge of stacks that are gone is none. So each stack of the profile leaves
// its hash and its value behind, 16 bytes; at the end the base's stacks are looked for among them.
// Two stacks are taken for one once in 2^64, in another pair each time the program runs.
// Which locations are the same is for the merger of whole profiles to say: it is given the tables
// of the profile that went by, with one sample that has every location.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/checked.h"
#include "base/limits.h"
#include "base/raw_vector.h"
#include "model/merge.h"
#include "model/profile.h"
#include "model/profile_stream.h"
#include "model/stack_reader.h"

namespace plumb {

/// Not thread-safe, but for hash_stacks().
class StreamedBase {
 public:
  StreamedBase(Profile base, const DiffOptions& options, const Limits& limits);

  /// False if such a base can only be subtracted from a whole profile.
  static bool can_stream(const Profile& base, const DiffOptions& options);

  /// Fills `samples.hashes`, whose locations still are the ids of the input.
  static void hash_stacks(StreamedSamples& samples);

  /// Remembers samples, and what they weigh in a column. False if the whole profile is needed.
  bool note(const StreamedSamples& samples, std::size_t column);
  /// Forgets them.
  void restart();

  /// Subtracts the base, which is gone then. `fields`: those of the profile but its samples. False
  /// if the whole profile is needed.
  bool subtract(std::string_view fields, std::size_t column);

  /// The base, negated, behind a first sample that is none of it. Locations are, as far as the
  /// profile that went by has them, its own, in the order of their ids, which are 1, 2, 3, ...
  [[nodiscard]] const Profile& difference() const { return difference_; }
  [[nodiscard]] std::size_t own_location_count() const { return own_location_count_; }

  /// Of the samples of the base.
  enum class Stacks : std::uint8_t {
    All,
    Cancelled,  ///< Weigh as much in the profile, so that nothing is left of them.
    Others,
  };

  /// Calls `visit(stack, value) -> bool` until it returns false; then it is, too. `stack` is of
  /// location index + 1, and may be written to. `value` is negated.
  template <typename Visit>
  bool for_each_stack(Stacks which, Visit&& visit) const;

  /// The total of the difference. `total`: that of the profile. Nothing if the whole profile is
  /// needed.
  [[nodiscard]] std::optional<std::int64_t> total(std::int64_t total) const;

 private:
  void forget_notes();
  bool match_stacks();
  [[nodiscard]] std::int64_t value(std::size_t sample) const {
    return difference_.values(sample)[column_];
  }

  Profile base_;
  DiffOptions options_;
  Limits limits_;
  RawVector<std::uint64_t> hashes_;  // By sample of the profile.
  RawVector<std::int64_t> values_;
  std::int64_t noted_ = 0;  // Their total.
  Profile difference_;
  std::size_t column_ = 0;
  std::size_t own_location_count_ = 0;
  std::vector<std::int64_t> own_values_;  // By sample of the base: what it weighs in the profile.
};

template <typename Visit>
bool StreamedBase::for_each_stack(Stacks which, Visit&& visit) const {
  StackReader stacks(difference_);
  std::vector<std::uint32_t> ids;
  for (std::size_t i = 1; i < difference_.sample_count(); ++i) {
    const bool is_cancelled = own_values_[i] != 0 && add_wrapping(own_values_[i], value(i)) == 0;
    if (which != Stacks::All && is_cancelled != (which == Stacks::Cancelled)) continue;
    const std::span<const LocationId> stack = stacks.stack(i);
    ids.resize(stack.size());
    for (std::size_t frame = 0; frame < ids.size(); ++frame) ids[frame] = stack[frame].index + 1;
    if (!visit(std::span<std::uint32_t>(ids), value(i))) return false;
  }
  return true;
}

}  // namespace plumb
