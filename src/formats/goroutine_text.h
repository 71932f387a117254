// SPDX-License-Identifier: Apache-2.0
// Goroutine stack dumps as text: /debug/pprof/goroutine?debug=2, runtime.Stack, and what a Go
// program prints when it panics, deadlocks or gets SIGQUIT.
//
//   goroutine 18 [chan receive, 5 minutes, locked to thread]:
//   main.worker(0xc0000420c0)
//   	/srv/app/main.go:20 +0x1d
//   created by main.main in goroutine 1
//   	/srv/app/main.go:31 +0x4b
//
// Source: src/runtime/traceback.go of Go, releases 1.16 to 1.28-dev.

#pragma once

#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"
#include "formats/read_options.h"
#include "model/goroutine_dump.h"

namespace plumb {

/// Reads all goroutines of the input, wherever they stand in it: text before, between and after,
/// logs that put a prefix on each line, CRLF, tabs turned to spaces, a dump cut in the middle. What
/// was read is kept, what was lost is counted in GoroutineDump::losses.
///
/// Errors: NotRecognized if there is no goroutine in the input; LimitExceeded; those of the source.
/// Complexity: one pass; memory is proportional to the distinct stacks (and to the goroutines if
/// `options.keep_goroutines`).
Result<GoroutineDump> read_goroutine_text(ByteSource& source, const ReadOptions& options);

}  // namespace plumb
