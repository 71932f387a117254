// SPDX-License-Identifier: Apache-2.0
#include "formats/legacy_cpu.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "support/describe_samples.h"

namespace plumb {
namespace {

using test::describe_samples;

struct WordForm {
  std::string_view name;
  std::size_t bytes;
  bool is_big_endian;
};

constexpr WordForm kForms[] = {{"32 bits, little-endian", 4, false},
                               {"32 bits, big-endian", 4, true},
                               {"64 bits, little-endian", 8, false},
                               {"64 bits, big-endian", 8, true}};

using Words = std::vector<std::uint64_t>;

std::string encode(const Words& words, const WordForm& form = kForms[2]) {
  std::string bytes;
  for (const std::uint64_t word : words) {
    for (std::size_t i = 0; i < form.bytes; ++i) {
      const std::size_t place = form.is_big_endian ? form.bytes - 1 - i : i;
      bytes += static_cast<char>(word >> 8 * place);
    }
  }
  return bytes;
}

// A header with a period of 10 ms, `samples`, the end marker.
Words profile_of(const Words& samples, std::uint64_t kind = 0) {
  Words words = {0, 3, kind, 10'000, 0};
  words.insert(words.end(), samples.begin(), samples.end());
  words.insert(words.end(), {0, 1, 0});
  return words;
}

Result<Profile> read(std::string_view bytes, const ReadOptions& options = {}) {
  MemorySource source(bytes);
  return read_legacy_cpu(source, options);
}

std::string describe(std::string_view bytes) {
  const auto profile = read(bytes);
  return profile ? describe_samples(*profile) : "error: " + profile.error().describe();
}

TEST(LegacyCpu, ReadsWordsOfEverySizeAndOrder) {
  const Words words = profile_of({5, 3, 0x2001, 0x3002, 0x4003, 1, 2, 0x2001, 0x5001, 2, 0});
  for (const WordForm& form : kForms) {
    SCOPED_TRACE(form.name);
    const std::string bytes = encode(words, form) + "400000-401000 /bin/x\n";
    EXPECT_TRUE(looks_like_legacy_cpu(bytes));
    const auto profile = read(bytes);
    ASSERT_TRUE(profile) << profile.error().message();
    EXPECT_EQ(describe_samples(*profile),
              "5 50000000 2001 < 3001 < 4002\n1 10000000 2001 < 5000\n2 20000000\n");
    EXPECT_EQ(test::describe_types(*profile),
              "samples/count cpu/nanoseconds; period 10000000 cpu/nanoseconds");
    EXPECT_EQ(test::describe_mappings(*profile), "400000-401000+0 /bin/x\n0-ffffffffffffffff+0\n");
    EXPECT_NE(profile->text(profile->drop_frames).find("ProfileData::Add"), std::string_view::npos);
  }
}

TEST(LegacyCpu, KnowsItsHeaderFromOthers) {
  EXPECT_FALSE(looks_like_legacy_cpu(""));
  for (const WordForm& form : kForms) {
    SCOPED_TRACE(form.name);
    EXPECT_TRUE(looks_like_legacy_cpu(encode({0, 3, 0, 1, 0}, form)));
    EXPECT_TRUE(looks_like_legacy_cpu(encode({0, 3, 1, 1, 0}, form)));
    for (const Words& words : {Words{0, 3, 0, 1}, Words{0, 3, 0, 0, 0}, Words{0, 3, 2, 1, 0},
                               Words{1, 3, 0, 1, 0}, Words{0, 2, 0, 1, 0}, Words{0, 3, 0, 1, 1}}) {
      EXPECT_FALSE(looks_like_legacy_cpu(encode(words, form))) << words[2];
      const auto profile = read(encode(words, form));
      ASSERT_FALSE(profile);
      EXPECT_EQ(profile.error().code(), ErrorCode::NotRecognized);
    }
  }
}

// Samples with the same leaf, then `second` if it is not 0, then `third`.
Words samples_with(std::size_t count, std::uint64_t second, std::uint64_t third) {
  Words words;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t caller = 0x9000 + 0x100 * i;
    if (second == 0) {
      words.insert(words.end(), {1, 2, 0x2000, caller + 1});
    } else {
      words.insert(words.end(), {1, 4, 0x2000, second + 1, third + 1, caller + 1});
    }
  }
  return words;
}

TEST(LegacyCpu, RemovesUpToTwoFramesOfTheSignalHandler) {
  // Both are behind every leaf, and so is nothing else.
  EXPECT_EQ(describe(encode(profile_of(samples_with(2, 0x6000, 0x7000)))),
            "1 10000000 2000 < 9000\n1 10000000 2000 < 9100\n");
  // A third one stays, even if all have it.
  EXPECT_EQ(describe(encode(
                profile_of({1, 4, 0x2000, 0x11, 0x12, 0x13, 1, 4, 0x2000, 0x11, 0x12, 0x13}))),
            "1 10000000 2000 < 12\n1 10000000 2000 < 12\n");
}

TEST(LegacyCpu, OneSampleOfThirtyTwoMayLackTheHandler) {
  struct Row {
    std::size_t with;
    std::size_t without;
    bool is_removed;
  };
  for (const Row& row :
       {Row{30, 1, false}, Row{31, 1, true}, Row{62, 2, true}, Row{61, 3, false}}) {
    SCOPED_TRACE(row.with);
    Words words = samples_with(row.with, 0x6000, 0x7000);
    const Words others = samples_with(row.without, 0, 0);
    words.insert(words.end(), others.begin(), others.end());
    const auto profile = read(encode(profile_of(words)));
    ASSERT_TRUE(profile);
    EXPECT_EQ(test::describe_sample(*profile, 0),
              row.is_removed ? "1 10000000 2000 < 9000" : "1 10000000 2000 < 6000 < 7000 < 9000");
    EXPECT_EQ(test::describe_sample(*profile, row.with), "1 10000000 2000 < 9000");
  }
}

TEST(LegacyCpu, ALeafThatWasTakenTwiceCountsOnce) {
  const Words words =
      profile_of({1, 3, 0x2000, 0x2000, 0x3000, 1, 2, 0x5000, 0x5001, 1, 2, 0x6000, 0x7001});
  EXPECT_EQ(describe(encode(words)),
            "1 10000000 2000 < 2fff\n1 10000000 5000 < 5000\n1 10000000 6000 < 7000\n");
}

TEST(LegacyCpu, ReadsJava) {
  const Words words = profile_of({5, 2, 0x2001, 0x3002, 1, 2, 0x4000, 0x4000}, 1);
  for (const WordForm& form : kForms) {
    SCOPED_TRACE(form.name);
    const auto profile = read(encode(words, form) +
                              "0x2001 com.example.Server.handle (Server.java:123)\n"
                              "0x3002 pthread_cond_wait (/lib/libpthread.so.0)\n");
    ASSERT_TRUE(profile);
    EXPECT_EQ(describe_samples(*profile),
              "5 50000000 com.example.Server.handle Server.java:123 < pthread_cond_wait "
              "libpthread.so.0:0\n1 10000000 0 < 0\n");
  }
}

TEST(LegacyCpu, TheEndMarkerMayBeMissing) {
  Words words = profile_of({1, 1, 0x2000});
  words.resize(words.size() - 3);
  EXPECT_EQ(describe(encode(words)), "1 10000000 2000\n");
}

TEST(LegacyCpu, CountsWrapAsInGo) {
  EXPECT_EQ(describe(encode(profile_of({UINT64_MAX, 1, 0x2000, 1ull << 62, 0}))),
            "-1 -10000000 2000\n4611686018427387904 0\n");
}

TEST(LegacyCpu, SurvivesEveryCut) {
  for (const WordForm& form : kForms) {
    SCOPED_TRACE(form.name);
    const Words words = profile_of({5, 2, 0x2001, 0x3002, 1, 3, 0x2001, 0x5001, 0x6001});
    const std::string bytes = encode(words, form) + "400000-401000 /bin/x\n";
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      const auto profile = read(bytes.substr(0, length));
      const std::size_t header = 5 * form.bytes;
      ASSERT_EQ(profile.has_value(), length >= header) << length;
      if (!profile) continue;
      const bool is_between = length == header || length == 9 * form.bytes;
      const bool is_all = length >= 14 * form.bytes;
      const bool is_in_end_marker = is_all && length < 17 * form.bytes;
      const bool is_said = !profile->losses.empty();
      if (is_between) {
        EXPECT_FALSE(is_said) << length;
      } else if (!is_all || (is_in_end_marker && length > 14 * form.bytes)) {
        EXPECT_TRUE(is_said) << length;
      }
    }
  }
}

TEST(LegacyCpu, RefusesHostileCounts) {
  for (const std::uint64_t depth : {std::uint64_t{1} << 21, std::uint64_t{1} << 60, UINT64_MAX}) {
    EXPECT_EQ(describe(encode({0, 3, 0, 1, 0, 1, depth, 5})),
              "error: stack of more than 1048576 frames (at byte 40)");
  }
  EXPECT_EQ(describe(encode({0, 3, 0, 1, 0, 1, 1'000'000, 5})), "1 sample cut short @40\n");

  ReadOptions options;
  options.limits.model_bytes = 100'000;
  Words words;
  for (std::uint64_t i = 1; i < 10'000; ++i) words.insert(words.end(), {1, 1, i});
  const auto profile = read(encode(profile_of(words)), options);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().code(), ErrorCode::LimitExceeded);
}

}  // namespace
}  // namespace plumb
