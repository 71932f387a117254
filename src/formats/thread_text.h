// SPDX-License-Identifier: Apache-2.0
// The threads of a C++ program as text (threadz).
//
//   --- threadz 1 ---
//
//   --- Thread 7f794ab90940 (name: main/14748) stack: ---
//     PC: 0x00bc8f1c: helper(arg *)
//     0x0040be31: main
//   --- Thread 7f794ab90941 (name: worker/14749) stack: ---
//     [same as previous thread]
//   --- Memory map: ---
//   00400000-00fcb000: /home/dev/server
//
// Source: legacy_profile.go of https://github.com/google/pprof.

#pragma once

#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"
#include "formats/read_options.h"
#include "model/profile.h"

namespace plumb {

/// True if `head`, the first bytes of an input, start with the first line of a thread text.
bool looks_like_thread_text(std::string_view head);

/// Reads a thread text: a sample per stack, with the number of threads that have it in a row.
///
/// Errors: NotRecognized without the first line; Malformed, with the line; LimitExceeded; those of
/// the source. A text that ends without a memory map, which pprof refuses, is counted as cut.
Result<Profile> read_thread_text(ByteSource& source, const ReadOptions& options);

}  // namespace plumb
