// SPDX-License-Identifier: Apache-2.0
// Contention as text: Go's mutex and block profiles with debug=1, and C++'s contentionz.
//
//   --- mutex:
//   cycles/second=2299999879
//   sampling period=1
//   15265828786 558 @ 0x68e575 0x68e55c 0x477c21
//   #	0x68e574	sync.(*Mutex).Unlock+0x54	sync/mutex.go:225
//
// The numbers are cycles waited and waits. They are scaled up by the sampling period, and cycles
// become nanoseconds where the text says how many there are in a second.
// Source: legacy_profile.go of https://github.com/google/pprof; writeProfileInternal() in
// src/runtime/pprof/pprof.go of Go.

#pragma once

#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"
#include "formats/read_options.h"
#include "model/profile.h"

namespace plumb {

/// True if `head`, the first bytes of an input, start with the first line of a contention text,
/// other than that of Java.
bool looks_like_contention_text(std::string_view head);

/// Reads a contention text, streaming. Symbols that the text has are kept, unlike in pprof.
///
/// Errors: NotRecognized without the first line; Malformed, with the line; LimitExceeded; those of
/// the source. A record cut at the end of the input is kept as far as it goes and counted as lost.
Result<Profile> read_contention_text(ByteSource& source, const ReadOptions& options);

}  // namespace plumb
