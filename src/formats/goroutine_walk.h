// SPDX-License-Identifier: Apache-2.0
// The fast reader of clean goroutine dumps. It walks the trie, and adds to it only frames that look
// exactly as the runtime prints them. Everything else, the first header of each kind included, it
// leaves to the careful parser (goroutine_parser.h).

#pragma once

#include "base/cpu.h"
#include "formats/goroutine_trie.h"

namespace plumb {

/// Reads as many lines of [from, end) as it knows, moves the cursor, counts the goroutines that
/// end, and returns where it stopped: at the start of a line, always.
///
/// Requires: the bytes end with a newline, or there are none; kScanSlackBytes behind them are
/// readable.
using GoroutineWalk = const char* (*)(GoroutineTrie& trie, GoroutineCursor& at, const char* from,
                                      const char* end);

/// The walk compiled for `isa`, which the processor must have.
GoroutineWalk goroutine_walk(Isa isa);

}  // namespace plumb
