// SPDX-License-Identifier: Apache-2.0
// The series of an earlier build that `plumb leaks` compares with: sources of its own (-before), or
// the first part of one series (-since).

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/commands.h"
#include "app/environment.h"
#include "app/session.h"
#include "app/settings.h"
#include "base/result.h"
#include "report/leaks.h"

namespace plumb::cli {

/// Divides one series at the first source of a build.
class BuildDivider {
 public:
  /// `build`: how a build id begins, or a word of a source's name; empty: nothing is divided.
  explicit BuildDivider(std::string build) : build_(std::move(build)), has_begun_(build_.empty()) {}

  /// True for an input in front of the first one of the build. Requires: inputs come in order.
  bool is_earlier(const Input& input);

  /// Requires: every input was asked for.
  ///
  /// Errors: Usage if no input is of the build, or none is in front of it.
  [[nodiscard]] Result<void> check() const;

 private:
  [[nodiscard]] bool is_of_build(std::string_view name, std::string_view build_id) const;

  std::string build_;
  bool has_begun_;
  bool has_earlier_ = false;
  std::vector<std::string> seen_;  // Other build ids, in order.
};

/// Errors: Usage if the settings ask for two comparisons at once.
Result<void> check_comparison(const LeakSettings& settings);

/// Adds one source of the earlier series and says what was lost of it. Errors: those of
/// LeaksBuilder::add_before(), with the name of the source.
Result<void> add_earlier(const Input& input, std::uint32_t& servers, const Session& session,
                         LeaksBuilder& builder);

/// Adds the sources of -before, if there is one, and says which cannot be compared with.
///
/// Errors: those of Session::open() and Session::load_each(); Usage if no source has goroutines.
Result<void> add_before(const Invocation& invocation, LeaksBuilder& builder,
                        Environment& environment);

}  // namespace plumb::cli
