// SPDX-License-Identifier: Apache-2.0
// What every report expects to have been done to a profile that was just read: pprof does the same
// between reading and reporting.

#pragma once

#include "base/result.h"
#include "model/profile.h"

namespace plumb {

/// 0. Gives a profile without mappings an empty one, which has all locations.
/// 1. Takes out sample types whose name stands there more than once, with their values.
/// 2. Forgets the file of a mapping without a build id if it is a URL: it names a source, no
/// binary.
/// 3. Cuts each stack below (towards the leaf of) the outermost frame whose whole function name
///    matches the profile's drop_frames and not its keep_frames, but never above the first frame
///    that is not dropped. Patterns that are no regular expressions are ignored.
///
/// Errors: Malformed if no sample type is left.
Result<void> prepare_profile(Profile& profile);

}  // namespace plumb
