// SPDX-License-Identifier: Apache-2.0
#include "base/even_choice.h"

#include <gtest/gtest.h>

namespace plumb {
namespace {

EvenChoice<std::uint64_t> choice_of(std::uint64_t count) {
  EvenChoice<std::uint64_t> choice;
  for (std::uint64_t id = 1000; id < 1000 + count; ++id) choice.add(id);
  return choice;
}

TEST(EvenChoice, HasAllOfAFew) {
  for (const std::uint64_t count : {0, 1, 2, 511, 512}) {
    const EvenChoice<std::uint64_t> choice = choice_of(count);
    EXPECT_EQ(choice.shift(), 0u);
    ASSERT_EQ(choice.items().size(), count);
    for (std::uint64_t i = 0; i < count; ++i) EXPECT_EQ(choice.items()[i], 1000 + i);
  }
}

TEST(EvenChoice, HasEveryNthOfMany) {
  for (const std::uint64_t count : {513, 1024, 1025, 100'000, 131'073}) {
    const EvenChoice<std::uint64_t> choice = choice_of(count);
    const std::uint64_t step = std::uint64_t{1} << choice.shift();
    EXPECT_GT(choice.items().size(), EvenChoice<std::uint64_t>::kMost / 2) << count;
    EXPECT_LE(choice.items().size(), EvenChoice<std::uint64_t>::kMost) << count;
    ASSERT_EQ(choice.items().size(), (count + step - 1) / step) << count;
    for (std::uint64_t i = 0; i < choice.items().size(); ++i) {
      ASSERT_EQ(choice.items()[i], 1000 + i * step) << count;
    }
  }
}

}  // namespace
}  // namespace plumb
