// SPDX-License-Identifier: Apache-2.0
// What a user typed wrong.

#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "app/options.h"
#include "base/result.h"

namespace plumb::cli {

inline Error usage(std::string message) {
  return {ErrorCode::Usage, std::move(message)};
}

/// More than one choice of an option. Names them in the order of the table, whatever order they
/// were given in.
inline Error conflicting_choices(const Option& option, std::span<const std::string_view> chosen) {
  std::string names;
  for (const std::string_view choice : option.choices) {
    if (std::ranges::count(chosen, choice) == 0) continue;
    if (!names.empty()) names += ' ';
    names += choice;
  }
  return usage("conflicting options set: [" + names + ']');
}

}  // namespace plumb::cli
