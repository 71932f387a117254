// SPDX-License-Identifier: Apache-2.0
// What goroutines may retain on the heap, by a heap profile that was taken beside their dump.
//
// A heap profile tells where memory was allocated, not who holds it: what was allocated below the
// outermost function of some goroutines and is in use still is at most what they hold.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "leak/finding.h"
#include "leak/stack_groups.h"
#include "model/profile.h"

namespace plumb {

/// Bytes in use, by the functions below which they were allocated.
class HeapByFunction {
 public:
  /// Takes the place of what was read before.
  ///
  /// Errors: Usage for a profile without bytes in use.
  Result<void> read(const Profile& profile);

  /// True without a profile, and with one in which nothing is in use.
  [[nodiscard]] bool is_empty() const { return total_ == 0; }
  [[nodiscard]] std::int64_t total() const { return total_; }

  /// Bytes allocated below `function`, or in it.
  [[nodiscard]] std::int64_t bytes_below(std::string_view function) const;

  /// The share of a group. Requires: is_empty() is false.
  [[nodiscard]] HeapShare share_of(const StackGroups& stacks, const StackGroup& group) const;

 private:
  std::map<std::string, std::int64_t, std::less<>> bytes_;
  std::int64_t total_ = 0;
};

}  // namespace plumb
