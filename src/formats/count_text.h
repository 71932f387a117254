// SPDX-License-Identifier: Apache-2.0
// The text of Go's count profiles with debug=1: goroutine, goroutineleak, threadcreate, custom.
//
//   goroutine profile: total 173
//   151 @ 0x48d66e 0x41099c 0x410597 0x67537b 0x494b81
//   # labels: {"tenant":"t1"}
//   #	0x67537a	main.leakGoroutines.func1+0x1a	leaky/main.go:27
//
// go tool pprof keeps only the counts and the addresses; this reader also keeps the labels, the
// functions and the lines. Source: printCountProfile() in src/runtime/pprof/pprof.go of Go.

#pragma once

#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"
#include "formats/read_options.h"
#include "model/profile.h"

namespace plumb {

/// True if `head`, the first bytes of an input, hold the header line of a count profile.
bool looks_like_count_text(std::string_view head);

/// Reads a count profile, streaming. Every PC of a record becomes a location at PC - 1, as pprof
/// has it; those of hidden runtime frames have an address but no lines.
///
/// Errors: NotRecognized without the header line; Malformed, with the line; LimitExceeded; those of
/// the source. A record cut at the end of the input is kept as far as it goes and counted as lost.
Result<Profile> read_count_text(ByteSource& source, const ReadOptions& options);

}  // namespace plumb
