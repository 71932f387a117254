// SPDX-License-Identifier: Apache-2.0
#include "leak/hidden_pcs.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plumb {
namespace {

using Pcs = std::vector<std::uint64_t>;

// One process of Go 1.26 on amd64. The stored addresses are PC - 1.
constexpr std::uint64_t kPark = 0x48d66d;
const Pcs kSend{kPark, 0x41099b, 0x410596};
const Pcs kReceive{kPark, 0x41198d, 0x4114b1};
const Pcs kRange{kPark, 0x41198d, 0x4114d1};
const Pcs kSelect{kPark, 0x46b704};
const Pcs kBlock{kPark, 0x46ac45};
const Pcs kPoll{kPark, 0x4510b6};
const Pcs kSleep{kPark};

// Moves code so that it has no shape that is known.
Pcs move(Pcs pcs) {
  for (std::uint64_t& pc : pcs) pc += 3;
  return pcs;
}

void add(HiddenPcs& hidden, const Pcs& pcs, std::string_view function,
         std::string_view file = "/src/main.go") {
  const LeafFrame frame{function, role_of_function(function), 0, 0};
  hidden.add(pcs, infer_wait_state(std::span(&frame, 1), /*has_hidden_leaf=*/true), function, file);
}

std::string find(const HiddenPcs& hidden, const Pcs& pcs) {
  const WaitState state = hidden.find(pcs);
  std::string text(state.state);
  if (state.is_range) text += *state.is_range ? " +range" : " +one";
  return text;
}

TEST(HiddenPcs, TellsByTheShapeOfTheCode) {
  for (const Pcs& pcs : {kSend, kReceive, kSelect}) {
    HiddenPcs hidden;
    add(hidden, pcs, "main.f");
    hidden.resolve();
    EXPECT_EQ(find(hidden, pcs), pcs == kSend      ? "chan send"
                                 : pcs == kReceive ? "chan receive"
                                                   : "select");
  }
  HiddenPcs hidden;
  add(hidden, kBlock, "main.main");  // selectgo() may park at such a place too.
  hidden.resolve();
  EXPECT_EQ(find(hidden, kBlock), "");
}

TEST(HiddenPcs, TellsByTheOrderOfTheCodeWhereTheShapeIsNotKnown) {
  HiddenPcs hidden;
  for (const Pcs& pcs : {kSend, kReceive, kRange, kSelect, kBlock})
    add(hidden, move(pcs), "main.f");
  hidden.resolve();
  EXPECT_EQ(find(hidden, move(kSend)), "chan send");
  EXPECT_EQ(find(hidden, move(kReceive)), "chan receive +one");
  EXPECT_EQ(find(hidden, move(kRange)), "chan receive +range");
  EXPECT_EQ(find(hidden, move(kSelect)), "select");
  EXPECT_EQ(find(hidden, move(kBlock)), "select (no cases)");
}

TEST(HiddenPcs, DoesNotGuess) {
  HiddenPcs hidden;
  add(hidden, move(kSend), "main.f");
  add(hidden, move(kSelect), "main.g");
  hidden.resolve();
  EXPECT_EQ(find(hidden, move(kSend)), "");
  EXPECT_EQ(find(hidden, move(kSelect)), "");
  EXPECT_EQ(find(hidden, move(kReceive)), "") << "never seen";
  EXPECT_EQ(find(hidden, {}), "");
  EXPECT_EQ(find(hidden, Pcs(9, kPark)), "");
}

TEST(HiddenPcs, LearnsFromTheStandardLibrary) {
  HiddenPcs hidden;
  add(hidden, move(kSelect), "main.f");
  add(hidden, move(kSelect), "net/http.(*persistConn).writeLoop",
      "/usr/local/go/src/net/http/transport.go");
  add(hidden, move(kReceive), "main.g");
  add(hidden, move(kReceive), "testing.(*T).Run", "/usr/local/go/src/testing/testing.go");
  hidden.resolve();
  EXPECT_EQ(find(hidden, move(kSelect)), "select");
  EXPECT_EQ(find(hidden, move(kReceive)), "chan receive +one");
}

TEST(HiddenPcs, LeavesOutWhatDoesNotParkWhereTheOthersDo) {
  HiddenPcs hidden;
  add(hidden, kPoll, "internal/poll.runtime_pollWait");
  add(hidden, kSleep, "time.Sleep");
  const Pcs preempted{0x46f001, 0x46f0a2};
  const Pcs allocating{0x40d001, 0x41099b, 0x410596};
  add(hidden, preempted, "main.spin");
  add(hidden, allocating, "main.f");
  add(hidden, kSelect, "main.g");
  hidden.resolve();
  EXPECT_EQ(find(hidden, preempted), "");
  EXPECT_EQ(find(hidden, allocating), "");
  EXPECT_EQ(find(hidden, kSelect), "select");
}

TEST(HiddenPcs, KnowsTheReaderOfATrace) {
  HiddenPcs hidden;
  const Pcs trace{kPark, 0x470004};
  add(hidden, trace, "runtime/trace.Start.func1", "/usr/local/go/src/runtime/trace/trace.go");
  add(hidden, kSelect, "main.f");
  hidden.resolve();
  EXPECT_EQ(find(hidden, trace), "trace reader (blocked)");
  EXPECT_EQ(find(hidden, kSelect), "select");
}

TEST(HiddenPcs, GivesNoAnswerForMoreKindsOfWaitsThanAProcessHas) {
  HiddenPcs hidden;
  for (std::uint64_t i = 0; i < 100; ++i) {
    add(hidden, {kPark, 0x41099b + i * 32, 0x410596 + i * 32}, "main.f");
  }
  hidden.resolve();
  EXPECT_EQ(find(hidden, kSend), "");
}

}  // namespace
}  // namespace plumb
