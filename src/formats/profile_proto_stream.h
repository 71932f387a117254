// SPDX-License-Identifier: Apache-2.0
// profile.proto as a stream: for reports on profiles that are too large to hold for no reason.

#pragma once

#include "base/byte_source.h"
#include "base/result.h"
#include "formats/read_options.h"
#include "model/profile_stream.h"

namespace plumb {

/// Reads one Profile message (already inflated) and hands its parts to `stream`. Memory does not
/// grow with the input. Inflation runs on a thread of its own.
///
/// False if `stream` ended it, or if the input is unusual (ids of more than 32 bits) or wrong:
/// read_profile_proto() tells what is wrong with it. Errors: those of the source.
Result<bool> stream_profile_proto(ByteSource& source, ProfileStream& stream, const Limits& limits);

}  // namespace plumb
