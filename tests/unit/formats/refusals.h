// SPDX-License-Identifier: Apache-2.0
// Inputs that a reader of text refuses.

#pragma once

#include <gtest/gtest.h>

#include <span>
#include <string_view>

#include "base/result.h"
#include "formats/read_options.h"
#include "model/profile.h"

namespace plumb::test {

struct Refusal {
  std::string_view name;
  std::string_view text;
  std::string_view message;
  ErrorCode code = ErrorCode::Malformed;
};

/// `looks_like`, if it is there, takes those that are recognized.
inline void expect_refusals(std::span<const Refusal> cases,
                            Result<Profile> (*read)(std::string_view, const ReadOptions&),
                            bool (*looks_like)(std::string_view) = nullptr) {
  for (const Refusal& c : cases) {
    SCOPED_TRACE(c.name);
    const auto profile = read(c.text, {});
    ASSERT_FALSE(profile);
    EXPECT_EQ(profile.error().message(), c.message);
    EXPECT_EQ(profile.error().code(), c.code);
    if (looks_like == nullptr) continue;
    EXPECT_EQ(looks_like(c.text), c.code != ErrorCode::NotRecognized);
  }
}

}  // namespace plumb::test
