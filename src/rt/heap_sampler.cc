// SPDX-License-Identifier: Apache-2.0
#include "rt/heap_sampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <mutex>
#include <unordered_map>

#include "base/hash.h"
#include "rt/own_stack.h"
#include "rt/random.h"

namespace plumb::rt::detail {
namespace {

struct Sampled {
  HeapRecord* record = nullptr;
  std::int64_t bytes = 0;
};

struct Samples {
  std::mutex mutex;
  std::map<std::vector<std::uintptr_t>, HeapRecord> records;
  std::unordered_map<const void*, Sampled> alive;
};

Samples& samples() {
  static Samples* const the_one = new Samples;  // Memory is freed until the process has ended.
  return *the_one;
}

// How many sampled allocations that live have this hash: a zero says that a pointer is none of
// them without a lock.
constexpr std::size_t kFilterSize = std::size_t{64} << 10;
std::array<std::atomic<std::uint16_t>, kFilterSize> filter{};

std::atomic<std::uint16_t>& filter_of(const void* memory) {
  const auto bits = reinterpret_cast<std::uintptr_t>(memory) * 0x9E3779B97F4A7C15u;
  return filter[bits >> 48u];
}

// What the sampler allocates itself is not sampled.
thread_local bool is_inside = false;
thread_local std::int64_t bytes_until_sample = -1;
thread_local bool is_started = false;

// Exponentially distributed, so that every byte is equally likely to be sampled.
std::int64_t next_distance() {
  const double uniform = static_cast<double>(random_word() >> 11u) * 0x1p-53;
  return static_cast<std::int64_t>(-std::log1p(-uniform) * static_cast<double>(kHeapSampleBytes));
}

[[gnu::noinline]] void sample(void* memory, std::size_t size) {
  is_inside = true;
  if (is_started) {
    const std::vector<std::uintptr_t> pcs = own_stack();
    const auto bytes = static_cast<std::int64_t>(size);
    const std::scoped_lock lock(samples().mutex);
    HeapRecord& record = samples().records[pcs];
    ++record.alloc_count;
    record.alloc_bytes += bytes;
    samples().alive[memory] = {&record, bytes};
    filter_of(memory).fetch_add(1, std::memory_order_relaxed);
  }
  is_started = true;
  bytes_until_sample = next_distance();
  is_inside = false;
}

[[gnu::noinline]] void forget(void* memory) {
  is_inside = true;
  {
    const std::scoped_lock lock(samples().mutex);
    const auto found = samples().alive.find(memory);
    if (found != samples().alive.end()) {
      ++found->second.record->free_count;
      found->second.record->free_bytes += found->second.bytes;
      samples().alive.erase(found);
      filter_of(memory).fetch_sub(1, std::memory_order_relaxed);
    }
  }
  is_inside = false;
}

}  // namespace

void heap_allocated(void* memory, std::size_t bytes) {
  bytes_until_sample -= static_cast<std::int64_t>(bytes);
  if (bytes_until_sample < 0 && !is_inside && memory != nullptr) sample(memory, bytes);
}

void heap_freed(void* memory) {
  if (memory == nullptr || filter_of(memory).load(std::memory_order_relaxed) == 0) return;
  if (!is_inside) forget(memory);
}

std::vector<HeapRecord> list_heap() {
  std::vector<HeapRecord> list;
  is_inside = true;
  {
    const std::scoped_lock lock(samples().mutex);
    for (const auto& [pcs, record] : samples().records) {
      list.push_back(record);
      list.back().pcs = pcs;
    }
  }
  is_inside = false;
  std::ranges::stable_sort(
      list, {}, [](const HeapRecord& record) { return record.alloc_bytes - record.free_bytes; });
  return list;
}

}  // namespace plumb::rt::detail
