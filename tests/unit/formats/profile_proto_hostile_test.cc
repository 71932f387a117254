// SPDX-License-Identifier: Apache-2.0
// profile.proto cut, damaged and hostile, and told from other formats.

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/gunzip.h"
#include "formats/detect.h"
#include "formats/profile_proto.h"
#include "support/gzip.h"
#include "support/proto_message.h"
#include "support/step_source.h"
#include "unit/formats/profile_proto_parts.h"

namespace plumb {
namespace {

using test::StepSource;

TEST(ProfileProto, ReadsTheSameHoweverTheBytesArrive) {
  const std::string bytes = recorded("go1.26dev/goroutine.debug0.pb.gz");
  const std::string whole = describe(bytes);
  EXPECT_GT(whole.size(), 1000U);
  for (const std::size_t step : {std::size_t{1}, std::size_t{13}}) {
    StepSource source(bytes, step);
    const auto profile = read_profile_proto(source, {});
    ASSERT_TRUE(profile.has_value());
    EXPECT_EQ(describe_profile(*profile), whole);
  }
}

void expect_answer_or_place(const std::string& bytes) {
  const auto profile = read(bytes);
  if (profile) return;
  const Error& error = profile.error();
  EXPECT_FALSE(error.message().empty());
  if (error.offset()) {
    EXPECT_LE(*error.offset(), bytes.size());
  }
  if (error.code() == ErrorCode::Truncated) {
    EXPECT_TRUE(error.offset().has_value());
  }
}

TEST(ProfileProto, SurvivesTruncationAtEveryByte) {
  for (const char* name : {"go1.19/threadcreate.pb.gz", "go1.26dev/heap.gc1.pb.gz"}) {
    const std::string bytes = recorded(name);
    std::size_t accepted = 0;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const std::string part = bytes.substr(0, size);
      expect_answer_or_place(part);
      accepted += read(part).has_value() ? 1 : 0;
    }
    // Between two of the fields behind the strings, and nowhere else.
    EXPECT_LT(accepted, 20U) << name;
  }
}

TEST(ProfileProto, SurvivesEveryFlippedBit) {
  const std::string bytes = recorded("go1.19/threadcreate.pb.gz");
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    expect_answer_or_place(damaged);
  }
}

struct HostileCase {
  std::string_view name;
  std::string bytes;
};

std::string nested_messages(std::uint64_t depth) {
  // Each level is a message in a message, from the inside out; lengths make it grow slowly.
  std::string reversed;
  for (std::uint64_t i = 0; i < depth; ++i) {
    const std::string length = test::varint(reversed.size());
    reversed.append(length.rbegin(), length.rend());
    reversed += '\x22';  // Field 4, bytes: a location, whose field 4 is a line, and so on.
  }
  return {reversed.rbegin(), reversed.rend()};
}

TEST(ProfileProto, StopsAtHostileLengths) {
  const auto length_of = [](std::uint64_t field, std::uint64_t length) {
    return test::varint(field << 3 | 2) + test::varint(length);
  };
  const HostileCase cases[] = {
      {"a field of 2^60 bytes", length_of(2, 1ULL << 60)},
      {"a field of 2^64 - 1 bytes", length_of(6, UINT64_MAX)},
      {"a stack of 2^60 bytes", ProtoMessage().bytes(2, length_of(1, 1ULL << 60)).text()},
      {"a label of 2^60 bytes", ProtoMessage().bytes(2, length_of(3, 1ULL << 60)).text()},
      {"a line of 2^60 bytes", ProtoMessage().bytes(4, length_of(4, 1ULL << 60)).text()},
      {"an unknown field of 2^60 bytes", length_of(1000, 1ULL << 60)},
  };
  for (const HostileCase& c : cases) {
    SCOPED_TRACE(c.name);
    const auto alone = read(c.bytes);
    ASSERT_FALSE(alone.has_value());
    EXPECT_EQ(alone.error().code(), ErrorCode::Truncated);
    EXPECT_TRUE(alone.error().offset().has_value());
    const auto behind = read(c.bytes + valid().text());
    EXPECT_FALSE(behind.has_value());
  }
}

TEST(ProfileProto, DoesNotRecurseIntoMessages) {
  const std::string bytes = nested_messages(1'000'000);
  EXPECT_GT(bytes.size(), 3'000'000U);
  EXPECT_FALSE(read(bytes).has_value());
}

TEST(ProfileProto, KeepsTheLimits) {
  Limits limits;
  limits.record_bytes = 100'000;
  const auto long_field = read(ProtoMessage().bytes(6, std::string(2'000'000, 'x')).text(), limits);
  ASSERT_FALSE(long_field.has_value());
  EXPECT_EQ(long_field.error().describe(), "a field is longer than 100000 bytes (at byte 0)");
  EXPECT_EQ(long_field.error().code(), ErrorCode::LimitExceeded);

  limits = {};
  limits.stack_frames = 3;
  EXPECT_TRUE(read(with(sample({1, 1, 1}, {1})).text(), limits).has_value());
  const auto deep = read(with(sample({1, 1, 1, 1}, {1})).text(), limits);
  ASSERT_FALSE(deep.has_value());
  EXPECT_EQ(deep.error().code(), ErrorCode::LimitExceeded);
  EXPECT_EQ(deep.error().message(), "a stack has more than 3 frames");

  limits = {};
  limits.model_bytes = 1'000'000;
  std::string many;
  for (int i = 0; i < 300'000; ++i) many += sample({1}, {1}).text();
  const auto large = read(join({sample_type(), tables()}).text() + many, limits);
  ASSERT_FALSE(large.has_value());
  EXPECT_EQ(large.error().code(), ErrorCode::LimitExceeded);
  EXPECT_EQ(large.error().message(), "takes more than 1000000 bytes of memory");
}

struct TableCase {
  std::string_view name;
  std::string record;
};

TEST(ProfileProto, CountsTheMemoryOfEveryTable) {
  const TableCase cases[] = {
      {"sample types", ProtoMessage().bytes(1, "").text()},
      {"samples", ProtoMessage().bytes(2, "").text()},
      {"labels", sample_with_label(ProtoMessage().number(3, 1)).text()},
      {"mappings", ProtoMessage().bytes(3, "").text()},
      {"locations", ProtoMessage().bytes(4, "").text()},
      {"lines", ProtoMessage().message(4, ProtoMessage().bytes(4, "")).text()},
      {"functions", ProtoMessage().bytes(5, "").text()},
      {"strings", ProtoMessage().bytes(6, "").text()},
      {"comments", ProtoMessage().number(13, 0).text()},
  };
  Limits limits;
  limits.model_bytes = 1'000'000;
  for (const TableCase& c : cases) {
    std::string many;
    for (int i = 0; i < 1'000'000; ++i) many += c.record;
    const auto profile = read(many, limits);
    ASSERT_FALSE(profile.has_value()) << c.name;
    EXPECT_EQ(profile.error().code(), ErrorCode::LimitExceeded) << c.name;
  }
}

TEST(ProfileProto, InflatesSeveralMembersAndNoBombs) {
  const std::string bytes = valid().text();
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    auto source = std::make_unique<OwnedSource>(test::gzip(bytes.substr(0, cut)) +
                                                test::gzip(bytes.substr(cut)));
    auto input = detect(std::move(source), {});
    ASSERT_TRUE(input.has_value());
    ASSERT_TRUE(input->format != nullptr && input->format->name == kProfileProtoFormat);
    const auto profile = read_profile_proto(*input->source, {});
    ASSERT_TRUE(profile.has_value());
  }
  // 1 MB of zeros in 1 KB, as a string, many times over.
  Limits limits;
  limits.inflate_ratio_floor = 1 << 20;
  const std::string bomb =
      test::gzip(bytes + ProtoMessage().bytes(6, std::string(10 << 20, '\0')).text());
  EXPECT_LT(bomb.size(), 20'000U);
  auto input = detect(std::make_unique<OwnedSource>(bomb), limits);
  ASSERT_TRUE(input.has_value());
  const auto profile = read_profile_proto(*input->source, {.limits = limits});
  ASSERT_FALSE(profile.has_value());
  EXPECT_EQ(profile.error().code(), ErrorCode::LimitExceeded);
}

// --- Telling the format ------------------------------------------------------------------------

TEST(LooksLikeProfileProto, TellsMessagesFromText) {
  EXPECT_TRUE(looks_like_profile_proto(valid().text(), true));
  EXPECT_TRUE(looks_like_profile_proto(ProtoMessage().number(9, 1).text(), true));
  EXPECT_TRUE(looks_like_profile_proto(ProtoMessage().number(99, 1).number(9, 1).text(), true));
  EXPECT_FALSE(looks_like_profile_proto(ProtoMessage().number(99, 1).text(), true));
  EXPECT_FALSE(looks_like_profile_proto("", true));
  for (const std::string_view text :
       {"goroutine 1 [running]:\nmain.main()\n", "goroutine profile: total 5\n",
        "\n\ngoroutine 1 [running]:\n", "{\"a\": 1}", "<!DOCTYPE html>",
        "heap profile: 1: 2 [3: 4] @ heap/1\n", "PERFILE2"}) {
    EXPECT_FALSE(looks_like_profile_proto(text, true)) << text;
    const std::string head = std::string(text) + std::string(kHeadBytes - text.size(), '\n');
    EXPECT_FALSE(looks_like_profile_proto(head, false)) << text;
  }
}

TEST(LooksLikeProfileProto, TakesACutHeadOnlyIfMoreFollows) {
  const std::string bytes = recorded("go1.26dev/goroutine.debug0.pb.gz");
  for (std::size_t size = 10; size < bytes.size(); size += 7) {
    EXPECT_TRUE(looks_like_profile_proto(std::string_view(bytes).substr(0, size), false)) << size;
  }
}

}  // namespace
}  // namespace plumb
