// SPDX-License-Identifier: Apache-2.0
// An archive of what servers answered: fetched profiles are kept in a file, as pprof does.

#pragma once

#include "app/environment.h"
#include "model/profile.h"

namespace plumb::cli {

/// Writes `profile` into a new file of the first directory that can be made of $PPROF_TMPDIR,
/// $HOME/pprof and $TMPDIR (or /tmp), named after the binary and the sample types
/// (pprof.server.goroutine.001.pb.gz), and says where. What does not work is said as well.
void save_fetched_profile(const Profile& profile, const Environment& environment);

}  // namespace plumb::cli
