// SPDX-License-Identifier: Apache-2.0
#include "leak/channel_pcs.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace plumb {
namespace {

// PCs of Go 1.26 on amd64, as debug=1 shows them.
constexpr ChannelWait kSend{0x41099b, 0x410596, {}};
constexpr ChannelWait kSendNil{0x4106ab, 0x410596, {}};
constexpr ChannelWait kReceive{0x41198d, 0x4114b1, {}};
constexpr ChannelWait kReceiveNil{0x4116b8, 0x4114b1, {}};
constexpr ChannelWait kRange{0x41198d, 0x4114d1, {}};
constexpr ChannelWait kRangeNil{0x4116b8, 0x4114d1, {}};

ChannelWait with_hint(ChannelWait wait, std::string_view state) {
  wait.hint.state = state;
  return wait;
}

std::string describe(const std::vector<WaitState>& states) {
  std::string text;
  for (const WaitState& state : states) {
    if (!text.empty()) text += ", ";
    text += state.state.empty() ? "?" : state.state;
    if (state.is_range) text += *state.is_range ? " +range" : " +one";
  }
  return text;
}

struct Case {
  std::string_view name;
  std::vector<ChannelWait> waits;
  std::string_view states;
};

TEST(ChannelPcs, AreToldApartByTheirPlaces) {
  const Case kCases[] = {
      {"nothing", {}, ""},
      {"one operation alone may be either", {kSend}, "?"},
      {"one operation with both of its ends", {kReceive, kReceiveNil}, "?, ?"},
      {"a hint decides", {with_hint(kSend, "chan send")}, "chan send"},
      {"a hint serves the waits that share its code",
       {kReceiveNil, with_hint(kReceive, "chan receive")},
       "chan receive (nil chan), chan receive"},
      {"sending comes first", {kSend, kReceive}, "chan send, chan receive"},
      {"in any order", {kReceive, kSend}, "chan receive, chan send"},
      {"two entries: only receiving has them",
       {kRange, kReceive},
       "chan receive +range, chan receive +one"},
      {"also where they do not park at the same place",
       {kRangeNil, kReceive},
       "chan receive (nil chan) +range, chan receive +one"},
      {"everything at once",
       {kSend, kSendNil, kReceive, kReceiveNil, kRange, kRangeNil},
       "chan send, chan send (nil chan), chan receive +one, chan receive (nil chan) +one, "
       "chan receive +range, chan receive (nil chan) +range"},
      {"hints that contradict the order", {with_hint(kSend, "chan receive"), kReceive}, "?, ?"},
      {"hints that contradict the entries", {with_hint(kReceive, "chan send"), kRange}, "?, ?"},
      {"a park in front of its entry is none",
       {{0x410596, 0x41099b, {}}, kReceive, kRange},
       "?, chan receive +one, chan receive +range"},
      {"a park between the two places",
       {kSend, with_hint({0x410596 + 0x2c0, 0x410596, {}}, "")},
       "?, ?"},
      {"code in another order",
       {{0x411d96, 0x4119b1, {}}, {0x4118b1, 0x4114b1, {}}, kSend},
       "?, ?, ?"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(describe(resolve_channel_waits(c.waits)), c.states);
  }
}

TEST(ChannelPcs, GiveNoAnswerBetweenTheTwoPlacesOfAPark) {
  const ChannelWait odd = with_hint({0x410596 + 0x2c0, 0x410596, {}}, "chan send");
  EXPECT_EQ(describe(resolve_channel_waits(std::vector{odd})), "?");
}

}  // namespace
}  // namespace plumb
