// SPDX-License-Identifier: Apache-2.0
#include "leak/memory.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace plumb {
namespace {

constexpr std::uint64_t kSmallestStack = 2048;
constexpr std::uint64_t kDescriptorBytes = 614;  // 0.6 KiB.
// A return address and a saved frame pointer, on the 64-bit architectures.
constexpr std::uint64_t kSmallestFrame = 16;
// Go ends a program before one stack would take more than 10^9 bytes on 64-bit machines, and stacks
// are powers of two. What more frames say is not believed.
constexpr std::uint64_t kMostFrames = (std::uint64_t{1} << 29) / kSmallestFrame;

}  // namespace

std::uint64_t memory_at_least(std::int64_t count, std::uint64_t frames) {
  if (count <= 0) return 0;
  const std::uint64_t used = std::min(frames, kMostFrames) * kSmallestFrame;
  const std::uint64_t each = std::bit_ceil(std::max(kSmallestStack, used)) + kDescriptorBytes;
  std::uint64_t all = 0;
  if (!__builtin_mul_overflow(static_cast<std::uint64_t>(count), each, &all)) return all;
  return std::numeric_limits<std::uint64_t>::max();
}

std::uint64_t memory_at_least(const StackGroups& groups, const StackGroup& group) {
  if (!group.counts_goroutines) return 0;
  std::uint64_t frames = std::uint64_t{group.skipped_frames} + group.frame_count;
  if (!groups.has_elided_frames) return memory_at_least(group.count, frames);
  for (const StackFrameId id : groups.stack(group)) {
    const StackFrame& frame = groups.frame(id);
    if (frame.is_elided) frames += std::min(frame.elided, kMostFrames);
  }
  return memory_at_least(group.count, frames);
}

}  // namespace plumb
