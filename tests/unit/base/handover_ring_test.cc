// SPDX-License-Identifier: Apache-2.0
#include "base/handover_ring.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace plumb {
namespace {

// Fills the numbers below `count`.
void fill(HandoverRing<std::string>& ring, int count) {
  for (int i = 0; i < count; ++i) {
    std::string* const text = ring.next_empty();
    if (text == nullptr) break;
    EXPECT_EQ(*text, "") << "in use still";
    *text = std::to_string(i);
    ring.publish();
  }
  ring.finish();
}

// How many came in order, using at most `most`.
int use(HandoverRing<std::string>& ring, int most) {
  int count = 0;
  while (count < most) {
    std::string* const text = ring.next_full();
    if (text == nullptr) break;
    EXPECT_EQ(*text, std::to_string(count));
    text->clear();
    ++count;
  }
  ring.give_up();
  return count;
}

TEST(HandoverRing, HandsAllOverInOrder) {
  for (const int count : {0, 1, 3, 4, 5, 7, 8, 9, 10'000}) {
    HandoverRing<std::string> ring;
    std::thread filler([&] { fill(ring, count); });
    EXPECT_EQ(use(ring, count + 1), count);
    filler.join();
  }
}

TEST(HandoverRing, EndsTheFillerOnceThereIsNoUse) {
  for (const int most : {0, 1, 2, 8, 100}) {
    HandoverRing<std::string> ring;
    std::thread filler([&] { fill(ring, 1'000'000); });
    EXPECT_EQ(use(ring, most), most);
    filler.join();
  }
}

}  // namespace
}  // namespace plumb
