// SPDX-License-Identifier: Apache-2.0
#include "model/label_frames.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/make_profile.h"

namespace plumb {
namespace {

using test::ProfileMaker;

// "root;...;leaf" with pseudo frames as value@key.
std::string stack_of(const Profile& profile, std::size_t i) {
  std::string out;
  for (const LocationId id : profile.stack(i)) {
    const Function& function = profile.function(profile.lines_of(profile.location(id))[0].function);
    std::string frame(profile.text(function.name));
    if (profile.text(function.file) != "main.go")
      frame += "@" + std::string(profile.text(function.file));
    out.insert(0, frame + (out.empty() ? "" : ";"));
  }
  return out;
}

using Keys = std::vector<std::string_view>;

TEST(LabelFrames, GoAroundEveryStack) {
  ProfileMaker make;
  make.add(1, "main;work", {make.text_label("req", "GET"), make.text_label("user", "bob")});
  make.add(2, "main", {make.text_label("user", "eve"), make.text_label("user", "al")});
  make.add(3, "");
  make.profile.add_sample(make.profile.stack_key(0), std::vector<std::int64_t>{4}, {});
  const Keys roots = {"req", "user"};
  const Keys leaves = {"user", "none"};
  const LabelFrameMatches matched = add_label_frames(make.profile, roots, leaves, "minimum");
  EXPECT_TRUE(matched.root);
  EXPECT_TRUE(matched.leaf);
  EXPECT_EQ(stack_of(make.profile, 0), "GET@req;bob@user;main;work;bob@user;@none");
  EXPECT_EQ(stack_of(make.profile, 1), "@req;eve,al@user;main;eve,al@user;@none");
  EXPECT_EQ(stack_of(make.profile, 2), "@req;@user;@user;@none");
  EXPECT_EQ(stack_of(make.profile, 3), "@req;@user;main;work;@user;@none");
}

TEST(LabelFrames, AreSharedByEqualValues) {
  ProfileMaker make;
  for (int i = 0; i < 10; ++i) make.add(i, "main", {make.text_label("k", i < 5 ? "a" : "b")});
  const std::size_t before = make.profile.locations.size();
  const Keys keys = {"k"};
  add_label_frames(make.profile, keys, keys, "");
  EXPECT_EQ(make.profile.locations.size(), before + 2);
}

struct NumberCase {
  const char* name;
  const char* unit;  // Of the output.
  const char* frame;
};

TEST(LabelFrames, FormatNumbers) {
  const NumberCase cases[] = {
      {"in the largest unit that fits", "minimum", "text,2kB,7"},
      {"in a unit that is asked for", "mb", "text,0,7mb"},
      {"without a unit", "", "text,2048B,7"},
  };
  for (const NumberCase& c : cases) {
    ProfileMaker make;
    make.add(1, "main",
             {make.number_label("size", 2048, "bytes"), make.text_label("size", "text"),
              make.number_label("size", 7)});
    make.add(1, "main", {make.number_label("size", 7)});
    const Keys keys = {"size"};
    add_label_frames(make.profile, keys, {}, c.unit);
    EXPECT_EQ(stack_of(make.profile, 0), std::string(c.frame) + "@size;main") << c.name;
    EXPECT_EQ(stack_of(make.profile, 1), "7@size;main") << c.name;
  }
}

TEST(LabelFrames, TellWhetherALabelWasThere) {
  ProfileMaker make;
  make.add(1, "main", {make.text_label("k", "")});
  const Keys absent = {"absent"};
  const Keys keys = {"k"};
  EXPECT_FALSE(add_label_frames(make.profile, absent, {}, "").root);
  const LabelFrameMatches matched = add_label_frames(make.profile, absent, keys, "");
  EXPECT_FALSE(matched.root);
  EXPECT_TRUE(matched.leaf);
}

}  // namespace
}  // namespace plumb
