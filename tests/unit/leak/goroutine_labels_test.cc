// SPDX-License-Identifier: Apache-2.0
#include "leak/goroutine_labels.h"

#include <gtest/gtest.h>

#include "leak/goroutine_states.h"
#include "unit/leak/goroutine_builder.h"

namespace plumb {
namespace {

struct Facts {
  GoroutineFacts facts;
  std::vector<std::string> others;  // "key=value" of the labels left to the program.
};

Facts read(const ProfileBuilder& builder) {
  const GoroutineLabels reader(builder.profile);
  std::vector<Label> others;
  Facts out{reader.read(builder.profile.labels(0), others), {}};
  for (const Label& label : others) {
    out.others.push_back(std::string(builder.profile.text(label.key)) + '=' +
                         std::string(builder.profile.text(label.str)));
  }
  return out;
}

TEST(GoroutineLabels, ReadsTheLabelsOfADumpProfile) {
  ProfileBuilder builder;
  builder.add(1, {{"main.f"}},
              {{"state", "chan send"},
               {"goid", "", 18},
               {"wait_minutes", "", 5},
               {"created_by", "main.main"},
               {"creator_goid", "", 1},
               {"locked", "true"},
               {"leaked", "true"},
               {"tenant", "t1"}});
  const Facts read_back = read(builder);
  EXPECT_EQ(read_back.facts.state, "chan send");
  EXPECT_EQ(read_back.facts.id, 18u);
  EXPECT_EQ(read_back.facts.wait_minutes, 5u);
  EXPECT_EQ(read_back.facts.created_by, "main.main");
  EXPECT_EQ(read_back.facts.creator_id, 1u);
  EXPECT_TRUE(read_back.facts.is_locked);
  EXPECT_TRUE(read_back.facts.is_leaked);
  EXPECT_EQ(read_back.others, std::vector<std::string>{"tenant=t1"});
}

TEST(GoroutineLabels, ReadsTheLabelsOfCockroachDB) {
  ProfileBuilder builder;
  builder.add(1, {{"main.f"}},
              {{"go::goroutine", "", 100},
               {"go::goroutine_created_by", "", 7},
               {"go::goroutine_state", "select (leaked)"},
               {"go::goroutine_wait_minutes", "", 42},
               {"cluster", "prod"}});
  const Facts read_back = read(builder);
  EXPECT_EQ(read_back.facts.state, "select");
  EXPECT_TRUE(read_back.facts.is_leaked);
  EXPECT_EQ(read_back.facts.id, 100u);
  EXPECT_EQ(read_back.facts.creator_id, 7u);
  EXPECT_EQ(read_back.facts.wait_minutes, 42u);
  EXPECT_EQ(read_back.others, std::vector<std::string>{"cluster=prod"});
}

TEST(GoroutineLabels, LeavesLabelsOfTheProgramAlone) {
  ProfileBuilder builder;
  builder.add(1, {{"main.f"}}, {{"state", "California"}, {"locked", "true"}});
  const Facts read_back = read(builder);
  EXPECT_EQ(read_back.facts.state, "");
  EXPECT_FALSE(read_back.facts.is_locked);
  EXPECT_EQ(read_back.others, (std::vector<std::string>{"state=California", "locked=true"}));
}

TEST(GoroutineLabels, BelievesANewStateOfAGoroutineWithAnId) {
  ProfileBuilder builder;
  builder.add(1, {{"main.f"}}, {{"state", "waiting for Go 2"}, {"goid", "", 3}});
  EXPECT_EQ(read(builder).facts.state, "waiting for Go 2");
}

TEST(GoroutineLabels, TakesNegativeNumbersForUnknown) {
  ProfileBuilder builder;
  builder.add(1, {{"main.f"}}, {{"state", "select"}, {"goid", "", -3}, {"wait_minutes", "", -1}});
  const Facts read_back = read(builder);
  EXPECT_EQ(read_back.facts.id, 0u);
  EXPECT_EQ(read_back.facts.wait_minutes, 0u);
}

TEST(GoroutineStates, KnowsReasonsAndStatuses) {
  EXPECT_TRUE(is_go_state("chan receive (nil chan)"));
  EXPECT_TRUE(is_go_state("sync.WaitGroup.Wait"));
  EXPECT_TRUE(is_go_state("running"));
  EXPECT_FALSE(is_go_state("chan receive (range)"));
  EXPECT_FALSE(is_go_state(""));
  EXPECT_TRUE(is_waiting_state("syscall"));
  EXPECT_FALSE(is_waiting_state("runnable"));
}

}  // namespace
}  // namespace plumb
