// SPDX-License-Identifier: Apache-2.0
// States of whole profiles; what single leaves mean is tested with infer_wait_state().
#include "leak/leaf_states.h"

#include <gtest/gtest.h>

#include "leak/stack_grouper.h"
#include "unit/leak/goroutine_builder.h"

namespace plumb {
namespace {

const TestFrame kPark = {"runtime.gopark", "/go/src/runtime/proc.go", 363};
const TestFrame kReceive = {"runtime.chanrecv", "/go/src/runtime/chan.go", 583};
const TestFrame kOne = {"runtime.chanrecv1", "/go/src/runtime/chan.go", 442};
const TestFrame kTwo = {"runtime.chanrecv2", "/go/src/runtime/chan.go", 447};
const TestFrame kUser = {"main.work", "/srv/app/main.go", 27};

/// The state of every sample, as the groups have it: "chan receive inferred".
std::vector<std::string> states_of(const ProfileBuilder& builder) {
  StackGrouper grouper;
  EXPECT_TRUE(grouper.add(builder.profile).has_value());
  const StackGroups groups = std::move(grouper).finish();
  std::vector<std::string> states;
  for (const StackGroup& group : groups.groups) {
    std::string text(groups.text(group.state));
    if (group.is_range) text += *group.is_range ? ", range" : ", plain";
    text += group.state_source == StateSource::Read ? ", read" : ", inferred";
    states.push_back(text);
  }
  return states;
}

using States = std::vector<std::string>;

TEST(LeafStates, InfersEachKindOfLeafOnce) {
  ProfileBuilder builder;
  builder.add(1, {kPark, kReceive, kOne, kUser});
  builder.add(1, {kPark, kReceive, kTwo, kUser});
  builder.add(1, {kUser});
  EXPECT_EQ(states_of(builder), (States{"chan receive, plain, inferred",
                                        "chan receive, range, inferred", "runnable, inferred"}));
}

TEST(LeafStates, TellsLeavesApartByTheirCaller) {
  // The same locations at the leaf; only what follows them says which lock it is.
  ProfileBuilder builder;
  const TestFrame wait = {"sync.runtime_SemacquireMutex", "/go/src/runtime/sema.go", 77};
  Profile& profile = builder.profile;
  builder.add(1, {kPark, wait, {"sync.(*RWMutex).RLock", "/go/src/sync/rwmutex.go", 71}, kUser});
  std::vector<LocationId> stack;
  profile.read_stack(0, stack);
  builder.add(1, {{"sync.(*RWMutex).Lock", "/go/src/sync/rwmutex.go", 152}, kUser});
  std::vector<LocationId> caller;
  profile.read_stack(1, caller);
  LeafStates states(profile);
  EXPECT_EQ(states.infer(stack).state, "sync.RWMutex.RLock");
  stack[2] = caller[0];
  EXPECT_EQ(states.infer(stack).state, "sync.RWMutex.Lock");
}

TEST(LeafStates, UsesWhereFunctionsStart) {
  ProfileBuilder builder;
  builder.add(1, {kPark, kReceive, kOne, kUser});
  builder.profile.functions[1].start_line = 480;
  EXPECT_EQ(states_of(builder), States{"chan receive, plain, inferred"});
  builder.profile.functions[1].start_line = 570;
  EXPECT_EQ(states_of(builder), States{"chan receive (nil chan), plain, inferred"});
}

TEST(LeafStates, AddsWhatTheStackTellsToAStateThatIsRead) {
  ProfileBuilder builder;
  const std::vector<TestLabel> labels = {{"go::goroutine", "", 7},
                                         {"go::goroutine_state", "chan receive"}};
  builder.add(1, {kPark, kReceive, kTwo, kUser}, labels);
  builder.add(1, {{"main.other"}}, labels);
  EXPECT_EQ(states_of(builder), (States{"chan receive, range, read", "chan receive, read"}));
}

TEST(LeafStates, KnowsWhoHasNotStartedYet) {
  ProfileBuilder builder;
  builder.add(3, {});
  EXPECT_EQ(states_of(builder), States{"runnable, inferred"});
  ProfileBuilder leaks("goroutineleak");
  leaks.add(13, {});
  EXPECT_EQ(states_of(leaks), States{", inferred"});
}

TEST(LeafStates, SaysNothingOfThreads) {
  ProfileBuilder builder("threadcreate");
  builder.add(1, {kPark, kReceive, kTwo, kUser}).add(2, {});
  EXPECT_EQ(states_of(builder), (States{", inferred", ", inferred"}));
}

}  // namespace
}  // namespace plumb
