// SPDX-License-Identifier: Apache-2.0
// perf.data of Linux perf, which another program turns into profile.proto.

#pragma once

#include <memory>
#include <string>

#include "base/byte_source.h"
#include "base/notice.h"
#include "base/result.h"

namespace plumb::cli {

/// Runs `perf_to_profile -i PATH -o FILE -f`, as pprof does, and returns what it wrote. FILE is a
/// temporary one and gone afterwards, whatever happens.
///
/// Errors: Io, NotFound without that program, in pprof's words.
Result<std::unique_ptr<ByteSource>> convert_perf_data(const std::string& path,
                                                      const Notice& notice);

}  // namespace plumb::cli
