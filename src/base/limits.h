// SPDX-License-Identifier: Apache-2.0
// The budgets every reader keeps. Input is untrusted: a reader stops with LimitExceeded, or stops
// keeping records and counts them as lost, before it spends more than this.

#pragma once

#include <cstdint>

namespace plumb {

struct Limits {
  /// Bytes after inflation that one input may have. A text dump is streamed, so this bounds time,
  /// not memory.
  std::uint64_t inflated_bytes = std::uint64_t{64} << 30;
  /// Inflated bytes per compressed byte, once more than `inflate_ratio_floor` came out. The best
  /// ratio deflate can reach is 1032; real profiles stay under 60, dumps under 200.
  std::uint64_t inflate_ratio = 600;
  std::uint64_t inflate_ratio_floor = std::uint64_t{64} << 20;
  /// Memory the model built from one input may take.
  std::uint64_t model_bytes = std::uint64_t{8} << 30;
  /// One record (a proto field, a line, a goroutine) that has to be held as a whole.
  std::uint64_t record_bytes = std::uint64_t{64} << 20;
  /// Frames of one stack.
  std::uint64_t stack_frames = std::uint64_t{1} << 20;
};

}  // namespace plumb
