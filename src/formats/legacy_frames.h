// SPDX-License-Identifier: Apache-2.0
// The frames of the tools themselves (allocators, locks, signal handlers), which pprof cuts from
// the stacks of the older texts. Those texts do not say so, unlike profile.proto.

#pragma once

#include "model/profile.h"

namespace plumb {

/// Sets Profile::drop_frames and keep_frames by the sample types: heap, contention, anything else.
///
/// Source: legacy_profile.go of https://github.com/google/pprof.
void set_legacy_frames(Profile& profile);

}  // namespace plumb
