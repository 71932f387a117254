// SPDX-License-Identifier: Apache-2.0
// ProfileSum: the profiles of one side of a comparison, added up as they come.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/notice.h"
#include "base/result.h"
#include "model/profile.h"

namespace plumb::cli {

/// Says "Fetched 1 source profiles out of 2" if some are missing. `kind`: "source" or "base".
void say_missing(std::string_view kind, std::size_t loaded, std::size_t wanted,
                 const Notice& notice);

/// Adds up profiles in groups of 128, as pprof does: what profiles of a group have in common is
/// kept. Its errors and notices are those of pprof.
class ProfileSum {
 public:
  /// `wanted`: how many profiles there should be.
  ProfileSum(std::string_view kind, std::size_t wanted) : kind_(kind), wanted_(wanted) {}

  /// Comes before each source, whether it can be read or not.
  void begin_source();
  void add(Profile profile);

  /// Adds up what is left. Errors: Malformed for profiles that do not fit each other.
  Result<void> finish();
  /// Errors: Io if profiles were wanted and none came.
  [[nodiscard]] Result<void> check_count() const;
  void say_missing(const Notice& notice) const {
    cli::say_missing(kind_, loaded_, wanted_, notice);
  }

  [[nodiscard]] std::size_t wanted() const { return wanted_; }

  /// Requires: finish() and check_count() were right, and profiles were wanted.
  Profile take() { return *std::move(total_); }

 private:
  void add_group();

  std::string_view kind_;
  std::size_t wanted_;
  std::size_t begun_ = 0;
  std::size_t loaded_ = 0;
  std::vector<Profile> group_;
  std::optional<Profile> total_;
  std::optional<Error> error_;  // The first; nothing is added after it.
};

}  // namespace plumb::cli
