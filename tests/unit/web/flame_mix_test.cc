// SPDX-License-Identifier: Apache-2.0
#include "web/flame_mix.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "support/make_profile.h"
#include "web/age_bounds.h"

namespace plumb::web {
namespace {

// Frames are locations.
class LocationStacks final : public FlameStacks {
 public:
  explicit LocationStacks(const Profile& profile) : profile_(profile) {}
  [[nodiscard]] std::size_t sample_count() const override { return profile_.sample_count(); }
  [[nodiscard]] std::size_t frame_count() const override { return profile_.locations.size(); }
  [[nodiscard]] std::int64_t value(std::size_t sample) const override {
    return profile_.values(sample)[0];
  }
  void append(std::size_t sample, std::vector<std::uint32_t>& frames) override {
    profile_.read_stack(sample, stack_);
    for (std::size_t i = stack_.size(); i-- > 0;) frames.push_back(stack_[i].index * 2);
  }
  [[nodiscard]] bool comes_first(FrameIndex a, FrameIndex b) const override { return a < b; }

 private:
  const Profile& profile_;
  std::vector<LocationId> stack_;
};

using Sums = std::map<std::tuple<std::uint32_t, std::string, std::uint32_t>, std::int64_t>;

// By target, state and age.
Sums sums_of(const FlameMix& mix) {
  Sums sums;
  for (const MixPart& part : mix.parts) {
    const MixClass& one = mix.classes[part.mix_class];
    sums[{part.target, mix.states[one.state], one.age}] += part.size;
  }
  return sums;
}

FlameMix mix_of(const Profile& profile, FlameTree& tree, const FlameOptions& options = {}) {
  LocationStacks stacks(profile);
  tree = build_flame_tree(stacks, options);
  return build_flame_mix(tree, stacks, profile, 0);
}

test::ProfileMaker goroutines() {
  test::ProfileMaker make("goroutine", "count");
  const auto labels = [&make](std::string_view state, std::int64_t minutes) {
    std::vector<Label> list = {make.text_label("state", state)};
    if (minutes > 0) list.push_back(make.number_label("wait_minutes", minutes, "minutes"));
    return list;
  };
  make.add(5, "main;send", labels("chan send", 7));
  make.add(2, "main;send", labels("chan send", 0));
  make.add(3, "main;send", labels("select", 7));
  make.add(1, "main;send;deep", labels("running", 0));
  make.add(4, "main", labels("chan send (leaked)", 2000));
  return make;
}

TEST(FlameMix, TellsWhatEndsInEachBox) {
  const auto make = goroutines();
  FlameTree tree;
  const FlameMix mix = mix_of(make.profile, tree);
  // The boxes are the root, main, send and deep.
  const Sums expected = {{{1, "chan send", 8}, 4},
                         {{2, "chan send", 3}, 5},
                         {{2, "chan send", 0}, 2},
                         {{2, "select", 3}, 3},
                         {{3, "running", 0}, 1}};
  EXPECT_EQ(sums_of(mix), expected);
  EXPECT_TRUE(mix.has_ages);
  EXPECT_FALSE(mix.is_inferred);
}

TEST(FlameMix, OfAllPartsOfABoxIsItsSelfAndWhatIsFolded) {
  const auto make = goroutines();
  FlameTree tree;
  FlameOptions options;
  options.least_share = 0.1;  // The box deep is smaller.
  const FlameMix mix = mix_of(make.profile, tree, options);
  ASSERT_EQ(tree.boxes.size(), 3U);
  std::vector<std::int64_t> sums(2 * tree.boxes.size());
  for (const MixPart& part : mix.parts) sums[part.target] += part.size;
  for (std::size_t i = 0; i < tree.boxes.size(); ++i) {
    EXPECT_EQ(sums[i], tree.boxes[i].self);
    EXPECT_EQ(sums[tree.boxes.size() + i], tree.boxes[i].folded);
  }
}

TEST(FlameMix, IsEmptyWithoutStatesOfGo) {
  test::ProfileMaker make;
  make.add(5, "main;work", {make.text_label("state", "california")});
  make.add(5, "main;rest");
  FlameTree tree;
  EXPECT_TRUE(mix_of(make.profile, tree).is_empty());
}

TEST(FlameMix, KnowsWhatWasInferredAndWhatIsUnknown) {
  test::ProfileMaker make("goroutine", "count");
  Label label = make.text_label("state", "select");
  label.is_derived = true;
  make.add(5, "main;work", {label});
  make.add(1, "main;work");
  FlameTree tree;
  const FlameMix mix = mix_of(make.profile, tree);
  EXPECT_TRUE(mix.is_inferred);
  EXPECT_FALSE(mix.has_ages);
  EXPECT_EQ(sums_of(mix), (Sums{{{2, "select", 0}, 5}, {{2, "unknown", 0}, 1}}));
}

TEST(AgeClass, HasItsBoundsAbove) {
  EXPECT_EQ(age_class(0), 0U);
  EXPECT_EQ(age_class(1), 1U);
  EXPECT_EQ(age_class(1439), 7U);
  EXPECT_EQ(age_class(1440), 8U);
  EXPECT_EQ(age_class(UINT64_MAX), 8U);
}

}  // namespace
}  // namespace plumb::web
