// SPDX-License-Identifier: Apache-2.0
// CPU profiles of gperftools and of its Java agent: binary words, then text.
//
//   header   0, 3, 0 (Java: 1), the sampling period in microseconds, 0
//   samples  how often, how many addresses, the addresses from the leaf on
//   end      0, 1, 0
//   text     a memory map; Java: the names of the addresses
//
// Words have 4 or 8 bytes in either order; the header tells. Source: legacy_profile.go of
// https://github.com/google/pprof.

#pragma once

#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"
#include "formats/read_options.h"
#include "model/profile.h"

namespace plumb {

/// True if `head`, the first bytes of an input, start with the header of such a profile.
bool looks_like_legacy_cpu(std::string_view head);

/// Reads such a profile. Up to two frames that nearly all samples have behind the leaf are taken
/// for those of the signal handler and removed.
///
/// Errors: NotRecognized without the header; LimitExceeded; those of the source. A sample that is
/// cut at the end of the input, for which pprof refuses it all, is counted as lost.
Result<Profile> read_legacy_cpu(ByteSource& source, const ReadOptions& options);

}  // namespace plumb
