// SPDX-License-Identifier: Apache-2.0
#include "formats/legacy_frames.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

namespace plumb {
namespace {

struct Case {
  std::initializer_list<std::string_view> types;
  std::string_view drop_starts;  // With what drop_frames starts.
  bool has_keep;
};

TEST(LegacyFrames, GoByTheSampleTypes) {
  const Case cases[] = {
      {{"objects", "space"}, "calloc|cfree|malloc|free|", true},
      {{"inuse_objects", "inuse_space"}, "calloc|", true},
      {{"alloc_objects", "alloc_space"}, "calloc|", true},
      {{"allocations", "size"}, "calloc|", true},
      {{"alloc_objects", "alloc_space", "inuse_objects", "inuse_space"}, "calloc|", true},
      {{"contentions", "delay"}, "RecordLockProfileData|", false},
      {{"samples", "cpu"}, "ProfileData::Add|", false},
      {{"thread"}, "ProfileData::Add|", false},
      {{"space", "objects"}, "ProfileData::Add|", false},
      {{"contentions"}, "ProfileData::Add|", false},
  };
  for (const Case& c : cases) {
    Profile profile;
    for (const std::string_view type : c.types) {
      profile.sample_types.push_back({profile.strings.intern(type), {}});
    }
    set_legacy_frames(profile);
    SCOPED_TRACE(*c.types.begin());
    EXPECT_TRUE(profile.text(profile.drop_frames).starts_with(c.drop_starts));
    EXPECT_EQ(profile.keep_frames.index != 0, c.has_keep);
  }
}

}  // namespace
}  // namespace plumb
