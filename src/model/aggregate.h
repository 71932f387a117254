// SPDX-License-Identifier: Apache-2.0
// How fine a report looks: which of function, file, line and address make two frames different.

#pragma once

#include <cstdint>

#include "model/profile.h"

namespace plumb {

/// What one entry of a report stands for.
enum class Granularity : std::uint8_t { Functions, FileFunctions, Files, Lines, Addresses };

struct AggregateOptions {
  Granularity granularity = Granularity::Functions;
  bool no_inlines = false;    ///< Keep only the outermost line of each location.
  bool with_columns = false;  ///< Keep column numbers where lines are kept.
};

/// Blanks in the tables of `profile` what does not count at a granularity. Samples and stacks stay
/// as they are, so that equal stacks may have different locations. At Addresses with inlined frames
/// nothing changes.
///
/// Complexity: linear in the tables, whatever the number of samples.
void aggregate_profile(Profile& profile, const AggregateOptions& options);

}  // namespace plumb
