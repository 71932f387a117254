// SPDX-License-Identifier: Apache-2.0
// Sources that are one: the same file under two names, or a copy of it.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace plumb::cli {

/// What a source repeats.
struct Repetition {
  std::string of;             ///< The first source that has the same bytes.
  bool is_same_file = false;  ///< By whatever path; else a copy.
};

/// For each of `sources`, the one in front that it repeats. Only regular files are looked at, and
/// read only where their sizes are equal.
std::vector<std::optional<Repetition>> find_repetitions(std::span<const std::string> sources);

}  // namespace plumb::cli
