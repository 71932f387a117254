// SPDX-License-Identifier: Apache-2.0
#include "base/loopback.h"

#include <gtest/gtest.h>

namespace plumb {
namespace {

TEST(Loopback, IsThisMachineInEachWayToWriteIt) {
  for (const char* host : {"localhost", "LocalHost", "127.0.0.1", "127.3.2.1", "::1", "[::1]",
                           "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "[::FFFF:127.0.0.1]"}) {
    EXPECT_TRUE(is_loopback_host(host)) << host;
  }
}

TEST(Loopback, IsNotWhatLooksLikeIt) {
  for (const char* host : {"", "[", "[]", "127.example.com", "127.0.0.1.example.com",
                           "localhost.example", "[localhost]", "[127.0.0.1]", "::2", "1::1",
                           "::ffff:10.0.0.1", "128.0.0.1", "0.0.0.0", "127"}) {
    EXPECT_FALSE(is_loopback_host(host)) << host;
  }
}

}  // namespace
}  // namespace plumb
