// SPDX-License-Identifier: Apache-2.0
#include "base/system_message.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace plumb {
namespace {

TEST(SystemMessage, StartsWithASmallLetterAsInGo) {
  EXPECT_EQ(system_message(ENOENT), "no such file or directory");
  EXPECT_EQ(system_message(EISDIR), "is a directory");
}

}  // namespace
}  // namespace plumb
