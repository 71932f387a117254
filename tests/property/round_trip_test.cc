// SPDX-License-Identifier: Apache-2.0
// What is written is read back equal, in whichever order it is written.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/window.h"
#include "formats/profile_proto.h"
#include "support/describe_profile.h"
#include "support/go_order.h"
#include "support/random_profile.h"
#include "support/step_source.h"

namespace plumb {
namespace {

using test::describe_profile;
using test::random_profile;
using test::StepSource;
using test::Strangeness;

std::string read_back(const std::string& bytes, std::size_t step) {
  StepSource source(bytes, step);
  const auto profile = read_profile_proto(source, {});
  return profile ? describe_profile(*profile) : "error: " + profile.error().describe();
}

TEST(RoundTrip, IsTheIdentity) {
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    const Profile profile = random_profile(seed, Strangeness::Strange);
    const std::string bytes = encode_profile_proto(profile);
    const std::string description = describe_profile(profile);
    ASSERT_EQ(read_back(bytes, SIZE_MAX), description) << "seed " << seed;
    if (seed % 10 == 0) {
      ASSERT_EQ(read_back(bytes, 1), description) << "seed " << seed;
    }
    StepSource source(bytes);
    const auto again = read_profile_proto(source, {});
    ASSERT_TRUE(again.has_value());
    ASSERT_EQ(encode_profile_proto(*again), bytes) << "seed " << seed;
  }
}

TEST(RoundTrip, IsTheIdentityInTheOrderOfGo) {
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    // Go's runtime numbers functions and locations as it meets them: read once for such a profile.
    StepSource source(test::encode_in_go_order(random_profile(seed, Strangeness::Plain)));
    const auto profile = read_profile_proto(source, {});
    ASSERT_TRUE(profile.has_value()) << profile.error().describe();
    ASSERT_EQ(read_back(test::encode_in_go_order(*profile), SIZE_MAX), describe_profile(*profile))
        << "seed " << seed;
  }
}

TEST(RoundTrip, IsTheIdentityOfInputsThatNeedAThread) {
  // More than a few blocks of Window.
  Profile profile = random_profile(1, Strangeness::Plain);
  std::vector<LocationId> stack(200);
  const std::vector<std::int64_t> values(profile.sample_types.size(), 7);
  for (std::uint32_t i = 0; i < 12'000; ++i) {
    stack[i % stack.size()].index = i % static_cast<std::uint32_t>(profile.locations.size());
    profile.add_sample(profile.add_stack(stack), values, {});
  }
  const std::string bytes = encode_profile_proto(profile);
  ASSERT_GT(bytes.size(), 4 * Window::kBlockBytes);
  EXPECT_EQ(read_back(bytes, 100'000), describe_profile(profile));
}

}  // namespace
}  // namespace plumb
