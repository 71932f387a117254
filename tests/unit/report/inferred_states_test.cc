// SPDX-License-Identifier: Apache-2.0
// Small programs with few kinds of waits, where little tells what hidden PCs mean: the states that
// are inferred from debug=1 must be those that debug=2 prints.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_source.h"
#include "formats/count_text.h"
#include "formats/goroutine_text.h"
#include "leak/leaf_states.h"
#include "support/source_dir.h"

namespace plumb {
namespace {

using StateCounts = std::map<std::string, std::int64_t>;

std::unique_ptr<FileSource> open_sample(const std::string& name) {
  auto file = FileSource::open(test::source_dir() + "/tests/data/leak-programs/" + name);
  EXPECT_TRUE(file.has_value()) << name;
  return *std::move(file);
}

StateCounts read_states(const std::string& program) {
  const auto dump = read_goroutine_text(*open_sample(program + ".debug2.txt"), {});
  StateCounts counts;
  EXPECT_TRUE(dump.has_value());
  for (const GoroutineGroup& group : dump->groups) {
    counts[std::string(dump->text(group.state))] += static_cast<std::int64_t>(group.count);
  }
  return counts;
}

StateCounts infer_states(const std::string& program) {
  const auto profile = read_count_text(*open_sample(program + ".debug1.txt"), {});
  StateCounts counts;
  EXPECT_TRUE(profile.has_value());
  LeafStates states(*profile);
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < profile->sample_count(); ++i) {
    profile->read_stack(i, stack);
    states.learn(stack);
  }
  states.resolve();
  for (std::size_t i = 0; i < profile->sample_count(); ++i) {
    profile->read_stack(i, stack);
    counts[std::string(states.infer(stack).state)] += profile->values(i)[0];
  }
  return counts;
}

class InferredStates : public testing::TestWithParam<const char*> {};

TEST_P(InferredStates, AreThoseOfTheDump) {
  EXPECT_EQ(infer_states(GetParam()), read_states(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Programs, InferredStates,
                         testing::Values("send", "receive", "select", "range", "sends", "nil",
                                         "both", "cond"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace plumb
