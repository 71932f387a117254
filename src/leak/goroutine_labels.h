// SPDX-License-Identifier: Apache-2.0
// What labels of a profile tell about its goroutines: profiles made from dumps
// (model/dump_profile.h) and CockroachDB's `goroutine?debug=3` carry one sample per goroutine, with
// its state, id, wait and creator as labels.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/profile.h"

namespace plumb {

/// One goroutine's facts; what is not known is empty or 0.
struct GoroutineFacts {
  std::string_view state;  ///< Without "(leaked)". Views the profile.
  std::string_view created_by;
  std::string_view created_at;  ///< "file:line".
  std::uint64_t id = 0;
  std::uint64_t creator_id = 0;
  std::uint64_t wait_minutes = 0;
  bool is_locked = false;
  bool is_leaked = false;
};

/// Tells the labels that are facts from those of the program. Not thread-safe.
class GoroutineLabels {
 public:
  /// `profile` must outlive this.
  explicit GoroutineLabels(const Profile& profile);

  /// Whether any label may be a fact.
  [[nodiscard]] bool has_states() const { return !keys_.empty(); }

  /// Reads the facts among `labels` and puts the labels of the program into `others`. A program may
  /// have labels of its own named "state" or "locked": without a state of Go nothing is a fact.
  GoroutineFacts read(std::span<const Label> labels, std::vector<Label>& others) const;

 private:
  enum class Fact : std::uint8_t {
    None,
    State,
    Id,
    Wait,
    CreatedBy,
    CreatedAt,
    CreatorId,
    Locked,
    Leaked,
    Other,  ///< A fact that is not read here.
  };
  struct Key {
    StringId id;
    Fact fact = Fact::None;
  };

  [[nodiscard]] Fact find(StringId key) const;
  void take(Fact fact, const Label& label, GoroutineFacts& facts) const;

  const Profile& profile_;
  std::vector<Key> keys_;  // Those that the profile has.
};

}  // namespace plumb
