// SPDX-License-Identifier: Apache-2.0
// Heap and contention profiles of Java as text.
//
//   --- contentionz 1 ---
//   format = java
//   resolution = microseconds
//   sampling period = 100
//   ms since reset = 6019923
//           14 1 @ 0x1f5a 0x1f5b
//   0x1f5a com.example.Server.handle (Server.java:123)
//   0x1f5b GC
//
// The numbers are bytes and objects (--- heapz 1 ---), or time waited and waits.
// Source: legacy_java_profile.go of https://github.com/google/pprof.

#pragma once

#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"
#include "formats/read_options.h"
#include "model/profile.h"

namespace plumb {

/// True if `head`, the first bytes of an input, start as such a profile does. A contention profile
/// without attributes that only Java has is one of C++.
bool looks_like_java_text(std::string_view head);

/// Reads such a profile.
///
/// Errors: NotRecognized without the first line, or for attributes that Java does not write;
/// Malformed, with the line; LimitExceeded; those of the source. What is cut at the end of the
/// input is counted as lost.
Result<Profile> read_java_text(ByteSource& source, const ReadOptions& options);

}  // namespace plumb
