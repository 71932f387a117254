// SPDX-License-Identifier: Apache-2.0
// What a source that rewrites another one gives.

#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/byte_source.h"

namespace plumb {

/// `text` as a `Rewriting` source gives it.
template <typename Rewriting>
std::string rewritten(std::string_view text) {
  MemorySource source(text);
  Rewriting rewriting(source);
  Result<std::string> all = read_all(rewriting, std::size_t{128} << 20);
  EXPECT_TRUE(all.has_value());
  return all ? *all : std::string();
}

}  // namespace plumb
