// SPDX-License-Identifier: Apache-2.0
// What the reports of differences have in common.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plumb {

/// What became of something between two profiles.
enum class ChangeKind : std::uint8_t { Came, Ended, Grew, Shrank, Same };

ChangeKind change_kind(std::int64_t before, std::int64_t after);

/// "came", "ended", "grew", "shrank", "same".
std::string_view to_string(ChangeKind kind);

/// "+12.50%", "-100%", "new" if nothing was there before, "" if nothing is or was.
std::string relative_change(std::int64_t before, std::int64_t after);

/// "+5", "-2", "0".
std::string signed_number(std::int64_t number);

/// The least change that counts, from text: "100" or "5MB" in the unit of the values, "10%" of the
/// total before.
/// Errors: Usage if it is no such text, or its unit is not one of the values.
Result<std::int64_t> parse_least_change(std::string_view text, std::string_view unit,
                                        std::int64_t total_before);

}  // namespace plumb
