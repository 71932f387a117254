// SPDX-License-Identifier: Apache-2.0
// HeapSampler: remembers one allocation in every 512 KiB or so, and whether it still lives.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace plumb::rt::detail {

/// As runtime.MemProfileRate.
inline constexpr std::int64_t kHeapSampleBytes = 512 * 1024;

/// What was sampled at one place.
struct HeapRecord {
  std::vector<std::uintptr_t> pcs;  ///< Return addresses, leaf first.
  std::int64_t alloc_count = 0;
  std::int64_t alloc_bytes = 0;
  std::int64_t free_count = 0;
  std::int64_t free_bytes = 0;
};

/// Notes an allocation; costs a subtraction for most of them.
void heap_allocated(void* memory, std::size_t bytes);
/// Notes that it is given back; costs a look at a table for most of them.
void heap_freed(void* memory);

/// All places. The smallest number of bytes in use first, as in Go.
std::vector<HeapRecord> list_heap();

}  // namespace plumb::rt::detail
