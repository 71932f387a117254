// SPDX-License-Identifier: Apache-2.0
#include "fetch/spool.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace plumb {
namespace {

std::string take_all(Spool& spool) {
  auto source = spool.take();
  if (!source) return source.error().message();
  return *read_all(**source, 1000);
}

TEST(Spool, KeepsFewBytesInMemory) {
  Spool spool(10, 100);
  ASSERT_TRUE(spool.append("01234"));
  ASSERT_TRUE(spool.append("56789"));
  EXPECT_FALSE(spool.is_in_file());
  EXPECT_EQ(take_all(spool), "0123456789");
}

TEST(Spool, MovesManyBytesToAFile) {
  Spool spool(10, 100);
  ASSERT_TRUE(spool.append("0123456789"));
  ASSERT_TRUE(spool.append("a"));
  ASSERT_TRUE(spool.append("b"));
  EXPECT_TRUE(spool.is_in_file());
  EXPECT_EQ(spool.size(), 12u);
  auto source = spool.take();
  ASSERT_TRUE(source) << source.error().message();
  EXPECT_EQ(*read_all(**source, 100), "0123456789ab");
  ASSERT_TRUE((*source)->rewind());
  EXPECT_EQ(*read_all(**source, 100), "0123456789ab");
}

TEST(Spool, RefusesMoreThanItsLimit) {
  Spool spool(2, 5);
  ASSERT_TRUE(spool.append("01234"));
  const auto refused = spool.append("5");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::LimitExceeded);
  EXPECT_EQ(refused.error().message(), "the answer is larger than 5 bytes");
}

TEST(Spool, SaysWhereThereIsNoRoom) {
  setenv("TMPDIR", "/nowhere/to/be/found", 1);
  Spool spool(2, 100);
  const auto refused = spool.append("012");
  unsetenv("TMPDIR");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(),
            "cannot make a temporary file in /nowhere/to/be/found: no such file or directory");
}

}  // namespace
}  // namespace plumb
