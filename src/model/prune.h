// SPDX-License-Identifier: Apache-2.0
// drop_frames and keep_frames: the frames that the writer of a profile wants nobody to see.

#pragma once

#include "base/result.h"
#include "model/profile.h"

namespace plumb {

/// Cuts each stack below (towards the leaf of) the outermost frame whose whole function name
/// matches the profile's drop_frames and not its keep_frames, but never above the first frame that
/// is not dropped. Does nothing without drop_frames. Every report works on a pruned profile, as in
/// pprof.
///
/// Errors: Malformed if one of the two is no regular expression.
Result<void> prune_frames(Profile& profile);

}  // namespace plumb
