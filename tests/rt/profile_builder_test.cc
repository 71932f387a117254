// SPDX-License-Identifier: Apache-2.0
#include "rt/profile_builder.h"

#include <gtest/gtest.h>

#include <vector>

#include "rt/symbolizer.h"

// Not in the library's namespace: its own frames are hidden.
namespace {

using plumb::rt::detail::ProfileBuilder;
using plumb::rt::detail::Symbolizer;

[[gnu::noinline]] void named_function() {
  asm volatile("");
}

/// Near the start of what is mapped with `pc`, where no function is; 0: there is none.
std::uintptr_t unnamed_near(std::uintptr_t pc) {
  for (const auto& module : plumb::rt::detail::list_modules()) {
    const auto* const range = module.find(pc);
    if (range == nullptr) continue;
    std::vector<std::uintptr_t> pcs;
    for (std::uintptr_t at = range->start; at < range->limit && pcs.size() < 4096; at += 16) {
      pcs.push_back(at);
    }
    Symbolizer::get().resolve(pcs);
    for (const std::uintptr_t at : pcs) {
      if (Symbolizer::get().find(at).frames.empty()) return at;
    }
  }
  return 0;
}

TEST(ProfileBuilder, AnUnnamedAddressDoesNotMakeToolsAskForNames) {
  const auto named = reinterpret_cast<std::uintptr_t>(&named_function);
  const std::uintptr_t unnamed = unnamed_near(named);
  if (unnamed == 0) GTEST_SKIP() << "every address has a name";
  for (const bool is_named_first : {true, false}) {
    std::vector<std::uintptr_t> pcs = {named + 1, unnamed + 1};
    if (!is_named_first) std::swap(pcs[0], pcs[1]);
    ProfileBuilder builder(pcs);
    builder.add_sample_type("samples", "count");
    const std::int64_t value = 1;
    builder.add(pcs, std::span(&value, 1), {});
    const plumb::Profile profile = builder.finish();
    ASSERT_EQ(profile.mappings.size(), 1u);
    EXPECT_TRUE(profile.mappings[0].has_functions);
  }
}

}  // namespace
