// SPDX-License-Identifier: Apache-2.0
// Filters by frame: which samples to keep and which of their frames, by regular expressions on the
// names of functions, files and binaries. The rules are pprof's.
//
// All of these change a profile in place. A regular expression is evaluated once per name, each
// location is decided once, and samples are looked up in the table of locations. What "matched"
// means is asked of the table of locations, not of the samples, as in pprof.

#pragma once

#include <cstdint>
#include <vector>

#include "model/profile.h"
#include "model/regexp.h"

namespace plumb {

/// Null: no such filter.
struct FrameFilters {
  const Regexp* focus = nullptr;
  const Regexp* ignore = nullptr;
  const Regexp* hide = nullptr;
  const Regexp* show = nullptr;
  /// Not null: what is taken out of a stack stays there, and `kept_stacks[location]` is 1 for it.
  std::vector<std::uint8_t>* kept_stacks = nullptr;
};

/// Which of the filters matched any location; of `show`: kept any line.
struct FrameMatches {
  bool focus = false;
  bool ignore = false;
  bool hide = false;
  bool show = false;
};

/// Keeps the samples with a location that matches `focus` and none that matches `ignore`; of their
/// frames, takes out the lines that match `hide` and those that do not match `show`, then locations
/// without lines and samples without locations. If any filter is given, samples without a stack go.
///
/// A line matches by the name of its function or file, a location by any of its lines or by the
/// file of its mapping. Complexity: linear in functions, lines and frames.
FrameMatches filter_frames(Profile& profile, const FrameFilters& filters);

/// Takes out the frames above (callers of) the outermost that matches, and samples without a match.
/// True if any location matches.
bool show_from(Profile& profile, const Regexp& regexp);

/// Takes out the frames below (callees of) the innermost whose simplified function name matches.
void prune_from(Profile& profile, const Regexp& regexp);

}  // namespace plumb
