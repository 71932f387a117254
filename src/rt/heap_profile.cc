// SPDX-License-Identifier: Apache-2.0
#include "rt/heap_profile.h"

#include <malloc.h>
#include <sys/resource.h>

#include <array>
#include <cmath>

#include "rt/heap_sampler.h"
#include "rt/profile_builder.h"
#include "rt/stack_text.h"
#include "rt/tab_align.h"

namespace plumb::rt::detail {
namespace {

// What the samples of one place stand for: a large allocation is sampled more likely.
std::pair<std::int64_t, std::int64_t> unsampled(std::int64_t count, std::int64_t bytes) {
  if (count == 0 || bytes == 0) return {0, 0};
  const double average = static_cast<double>(bytes) / static_cast<double>(count);
  const double scale = 1 / (1 - std::exp(-average / static_cast<double>(kHeapSampleBytes)));
  return {static_cast<std::int64_t>(static_cast<double>(count) * scale),
          static_cast<std::int64_t>(static_cast<double>(bytes) * scale)};
}

std::string columns(std::int64_t in_use, std::int64_t in_use_bytes, std::int64_t allocs,
                    std::int64_t alloc_bytes) {
  return std::to_string(in_use) + ": " + std::to_string(in_use_bytes) + " [" +
         std::to_string(allocs) + ": " + std::to_string(alloc_bytes) + ']';
}

// As Go has them, as far as the C library knows.
std::string memory_statistics() {
  const struct mallinfo2 info = mallinfo2();
  std::string text = "\n# runtime.MemStats\n";
  const auto add = [&](std::string_view name, std::size_t value) {
    text += "# ";
    text += name;
    text += " = " + std::to_string(value) + '\n';
  };
  add("Alloc", info.uordblks + info.hblkhd);
  add("Sys", info.arena + info.hblkhd);
  add("HeapAlloc", info.uordblks + info.hblkhd);
  add("HeapSys", info.arena + info.hblkhd);
  add("HeapIdle", info.fordblks);
  add("HeapInuse", info.uordblks + info.hblkhd);
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    add("MaxRSS", static_cast<std::size_t>(usage.ru_maxrss) * 1024);
  }
  return text;
}

}  // namespace

std::size_t heap_record_count() {
  return list_heap().size();
}

Profile heap_profile(std::string_view default_type) {
  const std::vector<HeapRecord> list = list_heap();
  std::vector<std::uintptr_t> pcs;
  for (const HeapRecord& record : list) pcs.insert(pcs.end(), record.pcs.begin(), record.pcs.end());
  ProfileBuilder builder(pcs, HiddenLeaf::Allocation);
  builder.add_sample_type("alloc_objects", "count");
  builder.add_sample_type("alloc_space", "bytes");
  builder.add_sample_type("inuse_objects", "count");
  builder.add_sample_type("inuse_space", "bytes");
  builder.set_period("space", "bytes", kHeapSampleBytes);
  for (const HeapRecord& record : list) {
    const auto allocated = unsampled(record.alloc_count, record.alloc_bytes);
    const auto in_use =
        unsampled(record.alloc_count - record.free_count, record.alloc_bytes - record.free_bytes);
    const std::array<std::int64_t, 4> values = {allocated.first, allocated.second, in_use.first,
                                                in_use.second};
    builder.add(record.pcs, values, {}, false, record.alloc_bytes / record.alloc_count);
  }
  Profile profile = builder.finish();
  if (!default_type.empty()) profile.default_sample_type = profile.strings.intern(default_type);
  return profile;
}

std::string heap_text() {
  const std::vector<HeapRecord> list = list_heap();
  HeapRecord total;
  for (const HeapRecord& record : list) {
    total.alloc_count += record.alloc_count;
    total.alloc_bytes += record.alloc_bytes;
    total.free_count += record.free_count;
    total.free_bytes += record.free_bytes;
  }
  const std::int64_t in_use_bytes = total.alloc_bytes - total.free_bytes;
  // Readers take equal columns for a profile with two columns only.
  const std::int64_t shown_bytes = total.alloc_bytes + (in_use_bytes == total.alloc_bytes ? 1 : 0);
  std::string text =
      "heap profile: " +
      columns(total.alloc_count - total.free_count, in_use_bytes, total.alloc_count, shown_bytes) +
      " @ heap/" + std::to_string(2 * kHeapSampleBytes) + '\n';
  for (const HeapRecord& record : list) {
    const auto pcs =
        std::span(record.pcs).subspan(cut_leaf(record.pcs, HiddenLeaf::Allocation).calls);
    text += columns(record.alloc_count - record.free_count, record.alloc_bytes - record.free_bytes,
                    record.alloc_count, record.alloc_bytes) +
            ' ' + record_text(pcs, {}) + '\n';
    append_record_frames(text, pcs, ShowAll::No);
  }
  return align_with_tabs(text + memory_statistics());
}

}  // namespace plumb::rt::detail
