// SPDX-License-Identifier: Apache-2.0
// What Tab offers in a shell: commands, options and their values from the tables; functions and
// labels from the profile.

#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/line_reader.h"
#include "app/shell_options.h"
#include "model/profile.h"

namespace plumb::cli {

/// The names in a profile, gathered when they are first asked for. Views the profile. Not
/// thread-safe.
class ProfileWords {
 public:
  explicit ProfileWords(const Profile& profile) : profile_(profile) {}

  /// Names of functions, sorted.
  const std::vector<std::string_view>& functions();
  /// Keys of labels, with some of their values if these are text.
  const std::map<std::string_view, std::set<std::string_view>>& labels();

 private:
  const Profile& profile_;
  bool has_functions_ = false;
  bool has_labels_ = false;
  std::vector<std::string_view> functions_;
  std::map<std::string_view, std::set<std::string_view>> labels_;
};

/// What may take the place of the word at the end of `line`, which is a line up to the cursor.
/// Names of functions become regular expressions that match them; they are offered for any part of
/// them if none begins so.
LineCompletions complete_shell_line(std::string_view line, ProfileWords& words,
                                    const SampleTypes& types);

}  // namespace plumb::cli
