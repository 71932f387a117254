// SPDX-License-Identifier: Apache-2.0
// Heap profiles as text: Go's heap and allocs with debug=1, and those of tcmalloc.
//
//   heap profile: 7: 458752 [270: 17694720] @ heap/1048576
//   1: 448 [1: 448] @ 0x48b1f1 0x4196c5 0x675f72 0x494b81
//   #	0x675f71	main.main.func14+0x31	leaky/main.go:100
//
// The numbers are objects and bytes in use and, in brackets, ever allocated. What was sampled
// (heap_v2/RATE, heapz_v2/RATE; heap/N of Go, where the rate is N/2) is scaled up to an estimate of
// all; heapprofile, growthz and fragmentationz count everything.
// Source: legacy_profile.go of https://github.com/google/pprof; writeHeapInternal() in
// src/runtime/pprof/pprof.go of Go.

#pragma once

#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"
#include "formats/read_options.h"
#include "model/profile.h"

namespace plumb {

/// True if `head`, the first bytes of an input, start with the header line of a heap text.
bool looks_like_heap_text(std::string_view head);

/// Reads a heap text, streaming. Symbols that the text has are kept, unlike in pprof: then the
/// frames that Go hides (of its runtime, which allocated for the first one shown) are left out.
///
/// Errors: NotRecognized without the header line; Malformed, with the line; LimitExceeded; those of
/// the source. A record cut at the end of the input is kept as far as it goes and counted as lost.
Result<Profile> read_heap_text(ByteSource& source, const ReadOptions& options);

}  // namespace plumb
