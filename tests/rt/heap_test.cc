// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "rt/heap_profile.h"
#include "rt/heap_sampler.h"
#include "rt/switch_context.h"

// Not in the library's namespace: its own frames are hidden.
namespace {

using plumb::rt::detail::heap_profile;
using plumb::rt::detail::heap_text;

#if defined(PLUMB_RT_ASAN) || defined(PLUMB_RT_TSAN)
constexpr bool kIsSampled = false;
#else
constexpr bool kIsSampled = true;
#endif

using Blocks = std::vector<std::unique_ptr<char[]>>;

[[gnu::noinline]] Blocks allocate_blocks(std::size_t count, std::size_t bytes) {
  Blocks blocks;
  for (std::size_t i = 0; i < count; ++i) blocks.push_back(std::make_unique<char[]>(bytes));
  return blocks;
}

/// The sum of one sample type over the stacks with `function`.
std::int64_t sum_of(const plumb::Profile& profile, std::size_t type, std::string_view function) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    bool has_it = false;
    for (const plumb::LocationId id : profile.stack(i)) {
      for (const plumb::Line& line : profile.lines_of(profile.location(id))) {
        const auto name = profile.text(profile.function(line.function).name);
        has_it = has_it || name.find(function) != std::string_view::npos;
      }
    }
    if (has_it) sum += profile.values(i)[type];
  }
  return sum;
}

TEST(Heap, EstimatesWhatWasAllocatedAndWhatLives) {
  if (!kIsSampled) GTEST_SKIP() << "the sanitizers have operators of their own";
  constexpr std::size_t kCount = 8000;
  constexpr std::size_t kBytes = 16 << 10;
  constexpr double kAll = kCount * kBytes;  // 125 MiB: 250 samples, a standard deviation of 6 %.
  {
    const Blocks blocks = allocate_blocks(kCount, kBytes);
    const plumb::Profile profile = heap_profile("");
    EXPECT_NEAR(static_cast<double>(sum_of(profile, 1, "allocate_blocks")), kAll, kAll / 3);
    EXPECT_NEAR(static_cast<double>(sum_of(profile, 3, "allocate_blocks")), kAll, kAll / 3);
    EXPECT_NEAR(static_cast<double>(sum_of(profile, 2, "allocate_blocks")), kCount, kCount / 3.0);
  }
  const plumb::Profile profile = heap_profile("alloc_space");
  EXPECT_NEAR(static_cast<double>(sum_of(profile, 1, "allocate_blocks")), kAll, kAll / 3);
  EXPECT_EQ(sum_of(profile, 3, "allocate_blocks"), 0);
  EXPECT_EQ(profile.text(profile.default_sample_type), "alloc_space");
}

// As in Go, whose runtime hides itself.
TEST(Heap, WhoeverAllocatesIsTheLeaf) {
  if (!kIsSampled) GTEST_SKIP() << "the sanitizers have operators of their own";
  const Blocks blocks = allocate_blocks(200, 64 << 10);
  const plumb::Profile profile = heap_profile("");
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    const auto lines = profile.lines_of(profile.location(*profile.stack(i).begin()));
    if (lines.empty()) continue;
    const std::string name(profile.text(profile.function(lines.front().function).name));
    EXPECT_FALSE(name.starts_with("operator new")) << name;
    EXPECT_EQ(name.find("::sample"), std::string::npos) << name;
  }
  EXPECT_GT(sum_of(profile, 3, "allocate_blocks"), 0);
  EXPECT_EQ(heap_text().find("operator new"), std::string::npos);
}

TEST(Heap, TextHasTheFormOfGo) {
  const std::string text = heap_text();
  EXPECT_TRUE(text.starts_with("heap profile: ")) << text;
  EXPECT_NE(text.find("] @ heap/1048576\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\n# runtime.MemStats\n# Alloc = "), std::string::npos) << text;
}

TEST(Heap, ThreadsMayAllocateTogether) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int n = 0; n < 20; ++n) allocate_blocks(50, 64 << 10);
    });
  }
  for (std::thread& thread : threads) thread.join();
  heap_text();
}

}  // namespace
