// SPDX-License-Identifier: Apache-2.0
// That what is written is read back equal is checked on random profiles in tests/property.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/gunzip.h"
#include "formats/profile_proto.h"
#include "formats/proto_wire.h"
#include "support/describe_profile.h"
#include "support/make_profile.h"

namespace plumb {
namespace {

using test::describe_profile;
using test::ProfileMaker;

// The numbers of the fields of a message, in order, runs told once.
std::vector<std::uint64_t> field_numbers(const std::string& message) {
  std::vector<std::uint64_t> numbers;
  ByteReader in(message);
  WireField field;
  while (!in.at_end()) {
    if (!take_wire_field(in, field)) return {};
    if (numbers.empty() || numbers.back() != field.number) numbers.push_back(field.number);
  }
  return numbers;
}

Result<Profile> read_back(const std::string& bytes) {
  MemorySource source(bytes);
  return read_profile_proto(source, {});
}

// A profile in which every field is set.
ProfileMaker full_profile() {
  ProfileMaker make("samples", "count");
  make.add_type("cpu", "nanoseconds");
  make.add({1, -10}, "@/bin/x main;work|helper",
           {make.text_label("k", "v"), make.number_label("n", -5, "bytes")});
  Profile& profile = make.profile;
  Mapping& mapping = profile.mappings[0];
  mapping = {.start = 1ULL << 63,
             .limit = UINT64_MAX,
             .offset = 4096,
             .file = mapping.file,
             .build_id = profile.strings.intern("abc"),
             .has_functions = true,
             .has_filenames = true,
             .has_line_numbers = true,
             .has_inline_frames = true};
  profile.functions[0].system_name = profile.strings.intern("_main");
  profile.functions[0].start_line = -1;
  profile.locations[0].is_folded = true;
  profile.lines[0].column = 7;
  profile.time_nanos = 123;
  profile.duration_nanos = 456;
  profile.has_period_type = true;
  profile.period_type = profile.sample_types[1];
  profile.period = 100;
  profile.comments = {profile.strings.intern("one"), {}, profile.strings.intern("two")};
  profile.drop_frames = profile.strings.intern("drop");
  profile.keep_frames = profile.strings.intern("keep");
  profile.doc_url = profile.strings.intern("https://example.org");
  profile.default_sample_type = profile.sample_types[0].type;
  return make;
}

TEST(WriteProfileProto, WritesEverything) {
  const ProfileMaker make = full_profile();
  const auto profile = read_back(encode_profile_proto(make.profile));
  ASSERT_TRUE(profile.has_value());
  EXPECT_EQ(describe_profile(*profile), describe_profile(make.profile));
}

TEST(WriteProfileProto, WritesSamplesFirstAndStringsBehindTheTables) {
  EXPECT_EQ(field_numbers(encode_profile_proto(full_profile().profile)),
            (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}));
}

TEST(WriteProfileProto, WritesAnEmptyProfile) {
  const std::string bytes = encode_profile_proto(Profile());
  EXPECT_EQ(field_numbers(bytes), (std::vector<std::uint64_t>{6, 14}));
  EXPECT_TRUE(read_back(bytes).has_value());
}

TEST(WriteProfileProto, KeepsLabelsThatAreEmpty) {
  ProfileMaker make;
  make.add(1, "main", {make.text_label("text", ""), make.number_label("zero", 0)});
  make.add(2, "main", {make.number_label("", 1), make.number_label("zero bytes", 0, "bytes")});
  const auto profile = read_back(encode_profile_proto(make.profile));
  ASSERT_TRUE(profile.has_value());
  EXPECT_EQ(describe_profile(*profile), describe_profile(make.profile));
}

TEST(WriteProfileProto, CompressesToOneGzipMember) {
  const ProfileMaker make = full_profile();
  const std::string bytes = write_profile_proto(make.profile);
  EXPECT_TRUE(looks_like_gzip(bytes));
  GunzipSource source(std::make_unique<OwnedSource>(bytes), {});
  const auto text = read_all(source, 1'000'000);
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(*text, encode_profile_proto(make.profile));
}

TEST(WriteProfileProto, KeepsTheNumbersOfTheInput) {
  ProfileMaker make;
  make.add(1, "main;work");
  make.profile.mappings.emplace_back();
  make.profile.locations[0].mapping = {0};
  make.profile.location_numbers = RowNumbers({70, 3});
  make.profile.function_numbers = RowNumbers({9, 2});
  make.profile.mapping_numbers = RowNumbers({5});
  const auto profile = read_back(encode_profile_proto(make.profile));
  ASSERT_TRUE(profile.has_value());
  EXPECT_EQ(describe_profile(*profile), describe_profile(make.profile));
  EXPECT_EQ(profile->location_numbers.of(0), 70U);
  EXPECT_EQ(profile->location_numbers.of(1), 3U);
  EXPECT_EQ(profile->function_numbers.of(0), 9U);
  EXPECT_EQ(profile->mapping_numbers.of(0), 5U);
}

TEST(WriteProfileProto, ShortensTheNumbersOfAStack) {
  // Sample 1 at locations 1 and 1, the second written with three bytes more than it needs.
  const std::string sample = "\x0a\x05\x01\x81\x80\x80" + std::string(1, '\0') + "\x10\x01";
  const std::string type = "\x0a\x04\x08\x01\x10\x02";
  const std::string location = "\x22\x05\x08\x01\x18\x80\x20";
  const std::string strings = std::string("\x32") + '\0' +
                              "\x32\x01"
                              "a"
                              "\x32\x01"
                              "b";
  const auto profile = read_back(type + "\x12\x09" + sample + location + strings);
  ASSERT_TRUE(profile.has_value()) << profile.error().describe();
  const std::string written = encode_profile_proto(*profile);
  EXPECT_NE(written.find("\x08\x01\x08\x01\x10\x01"), std::string::npos);
}

TEST(WriteProfileProto, LeavesOutStringsThatNobodyUses) {
  ProfileMaker make;
  make.profile.strings.intern("nobody uses this");
  make.add(1, "main");
  EXPECT_EQ(encode_profile_proto(make.profile).find("nobody"), std::string::npos);
}

}  // namespace
}  // namespace plumb
