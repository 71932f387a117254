// SPDX-License-Identifier: Apache-2.0
#include "formats/profile_proto.h"

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
#include "support/describe_profile.h"
#include "support/gzip.h"
#include "support/proto_message.h"
#include "support/step_source.h"

namespace plumb {
namespace {

using test::describe_profile;
using test::ProtoMessage;
using test::StepSource;

Result<Profile> read(const std::string& bytes, const Limits& limits = {}) {
  MemorySource source(bytes);
  return read_profile_proto(source, {.limits = limits});
}

std::string describe(const std::string& bytes) {
  const auto profile = read(bytes);
  return profile ? describe_profile(*profile) : "error: " + profile.error().describe();
}

// Parts of a small profile. String 0 is "", 1 "samples", 2 "count", 3 "main.f", 4 "main.g", 5
// "main.go", 6 "key", 7 "value".
enum : std::uint64_t { kSamples = 1, kCount, kNameF, kNameG, kFile, kKey, kValue, kStrings };

ProtoMessage strings() {
  ProtoMessage message;
  for (const char* text : {"", "samples", "count", "main.f", "main.g", "main.go", "key", "value"}) {
    message.bytes(6, text);
  }
  return message;
}

ProtoMessage sample_type(std::uint64_t type = kSamples, std::uint64_t unit = kCount) {
  return ProtoMessage().message(1, ProtoMessage().number(1, type).number(2, unit));
}

ProtoMessage sample(const std::vector<std::uint64_t>& locations,
                    const std::vector<std::uint64_t>& values) {
  return ProtoMessage().message(2, ProtoMessage().packed(1, locations).packed(2, values));
}

ProtoMessage sample_with_label(const ProtoMessage& label) {
  return ProtoMessage().message(2, ProtoMessage().packed(1, {1}).packed(2, {1}).message(3, label));
}

ProtoMessage mapping(std::uint64_t id) {
  return ProtoMessage().message(3, ProtoMessage().number(1, id).number(5, kFile));
}

ProtoMessage line(std::uint64_t function) {
  return ProtoMessage().number(1, function);
}

ProtoMessage location(std::uint64_t id, std::uint64_t function, std::uint64_t mapping_id = 0) {
  return ProtoMessage().message(
      4, ProtoMessage().number(1, id).number(2, mapping_id).message(4, line(function)));
}

ProtoMessage function(std::uint64_t id, std::uint64_t name) {
  return ProtoMessage().message(5, ProtoMessage().number(1, id).number(2, name));
}

ProtoMessage join(const std::vector<ProtoMessage>& parts) {
  ProtoMessage all;
  for (const ProtoMessage& part : parts) all.append(part);
  return all;
}

// Everything but samples and their types.
ProtoMessage tables() {
  return join({mapping(1), location(1, 1, 1), location(2, 2, 1), function(1, kNameF),
               function(2, kNameG), strings()});
}

ProtoMessage valid() {
  return join({sample_type(), sample({1, 2}, {10}), tables()});
}

TEST(ProfileProto, ReadsASmallProfile) {
  EXPECT_EQ(describe(valid().text()),
            "type \"samples\" \"count\"\n"
            "time 0\nduration 0\nperiod 0\ndefault \"\"\ndrop \"\"\nkeep \"\"\ndoc \"\"\n"
            "mapping 0 0 0 0 \"main.go\" \"\" 0 0 0 0\n"
            "function 0 \"main.f\" \"\" \"\" 0\n"
            "function 1 \"main.g\" \"\" \"\" 0\n"
            "location 0 0 0 0 line 0 0 0\n"
            "location 1 0 0 0 line 1 0 0\n"
            "sample 10 at 0 1\n");
}

// --- What is refused ---------------------------------------------------------------------------

struct InvalidCase {
  std::string_view name;
  ProtoMessage message;
  ErrorCode code;
  std::string_view error;
};

ProtoMessage with(const ProtoMessage& more) {
  return join({valid(), more});
}

std::vector<InvalidCase> broken_rules() {
  constexpr ErrorCode kMalformed = ErrorCode::Malformed;
  const ProtoMessage no_types = join({sample({1}, {10}), tables()});
  const ProtoMessage two_types = join({sample_type(), sample_type(kCount), tables()});
  return {
      {"samples but no types", no_types, kMalformed, "missing sample type information"},
      {"too few values in the first sample",
       join({two_types, sample({1}, {1}), sample({1}, {1, 2})}), kMalformed,
       "mismatch: sample has 1 values vs. 2 types"},
      {"too many values in the last sample", with(sample({1}, {1, 2})), kMalformed,
       "mismatch: sample has 2 values vs. 1 types"},
      {"no values at all", with(sample({1}, {})), kMalformed,
       "mismatch: sample has 0 values vs. 1 types"},
      {"too many types for all samples", with(sample_type(kCount)), kMalformed,
       "mismatch: sample has 1 values vs. 2 types"},
      {"location 0", with(sample({0}, {1})), kMalformed, "sample has nil location"},
      {"unknown location", with(sample({1, 3}, {1})), kMalformed, "sample has nil location"},
      {"unknown location of more than 32 bits", with(sample({1ULL << 40}, {1})), kMalformed,
       "sample has nil location"},
      {"unknown location among sparse ids", with(join({location(70, 1), sample({71}, {1})})),
       kMalformed, "sample has nil location"},
      {"location 0 among sparse ids", with(join({location(70, 1), sample({0}, {1})})), kMalformed,
       "sample has nil location"},
      {"mapping without id", with(mapping(0)), kMalformed, "found mapping with reserved ID=0"},
      {"function without id", with(function(0, kNameF)), kMalformed,
       "found function with reserved ID=0"},
      {"location without id", with(location(0, 1)), kMalformed,
       "found location with reserved id=0"},
      {"the same mapping twice", with(mapping(1)), kMalformed, "multiple mappings with same id: 1"},
      {"the same function twice", with(function(2, kNameF)), kMalformed,
       "multiple functions with same id: 2"},
      {"the same location twice", with(location(2, 1)), kMalformed,
       "multiple locations with same id: 2"},
      {"the same large id twice", with(join({location(1ULL << 63, 1), location(1ULL << 63, 1)})),
       kMalformed, "multiple locations with same id: 9223372036854775808"},
      {"a line of no function", with(location(3, 0)), kMalformed,
       "location id: 3 has a line with nil function"},
      {"a line of an unknown function", with(location(77, 9)), kMalformed,
       "location id: 77 has a line with nil function"},
      {"two times", with(ProtoMessage().number(9, 5).number(9, 5)), kMalformed,
       "concatenated profiles detected"},
      {"no string table", sample_type(), kMalformed,
       "malformed profile format: string 2 is not in the table of 0"},
      {"nothing but a number", ProtoMessage().number(12, 1), kMalformed,
       "malformed profile format: string 0 is not in the table of 0"},
      {"a first string that is not empty", join({ProtoMessage().bytes(6, "x"), tables()}),
       ErrorCode::NotRecognized, "string_table[0] must be ''"},
      {"nothing", ProtoMessage(), ErrorCode::NotRecognized, "empty input file"},
  };
}

TEST(ProfileProto, RefusesWhatBreaksARule) {
  for (const InvalidCase& c : broken_rules()) {
    SCOPED_TRACE(c.name);
    const auto profile = read(c.message.text());
    ASSERT_FALSE(profile.has_value());
    EXPECT_EQ(profile.error().code(), c.code);
    EXPECT_EQ(profile.error().message(), c.error);
  }
}

struct IndexCase {
  std::string_view name;
  std::function<ProtoMessage(std::uint64_t)> make;  // A part that refers to the string.
};

std::vector<IndexCase> string_references() {
  const auto label = [](std::uint64_t field) {
    return [field](std::uint64_t index) {
      return sample_with_label(ProtoMessage().number(1, kKey).number(field, index));
    };
  };
  const auto record = [](std::uint64_t table, std::uint64_t field) {
    return [table, field](std::uint64_t index) {
      return ProtoMessage().message(table, ProtoMessage().number(1, 9).number(field, index));
    };
  };
  const auto header = [](std::uint64_t field) {
    return [field](std::uint64_t index) { return ProtoMessage().number(field, index); };
  };
  const auto period_type = [](std::uint64_t field) {
    return [field](std::uint64_t index) {
      return ProtoMessage().message(11, ProtoMessage().number(field, index));
    };
  };
  return {
      {"label key", label(1)},
      {"label text", label(2)},
      {"label unit", label(4)},
      {"mapping file", record(3, 5)},
      {"mapping build id", record(3, 6)},
      {"function name", record(5, 2)},
      {"function system name", record(5, 3)},
      {"function file", record(5, 4)},
      {"drop frames", header(7)},
      {"keep frames", header(8)},
      {"comment", header(13)},
      {"comments, packed",
       [](std::uint64_t index) {
         return ProtoMessage().packed(13, {1, index});
       }},
      {"default sample type", header(14)},
      {"documentation", header(15)},
      {"period type", period_type(1)},
      {"period unit", period_type(2)},
      {"sample type", [](std::uint64_t index) { return sample_type(index); }},
  };
}

TEST(ProfileProto, RefusesStringsThatAreNotThere) {
  for (const IndexCase& c : string_references()) {
    SCOPED_TRACE(c.name);
    const bool is_type = c.name == "sample type";  // With a second type no sample would fit.
    const ProtoMessage base = is_type ? tables() : valid();
    EXPECT_TRUE(read(join({base, c.make(kStrings - 1)}).text()).has_value());
    for (const std::uint64_t bad :
         {std::uint64_t{kStrings}, std::uint64_t{UINT32_MAX - 1}, std::uint64_t{UINT32_MAX},
          std::uint64_t{1} << 32 | 1, UINT64_MAX}) {
      const auto profile = read(join({base, c.make(bad)}).text());
      ASSERT_FALSE(profile.has_value()) << bad;
      EXPECT_EQ(profile.error().code(), ErrorCode::Malformed);
      EXPECT_TRUE(profile.error().message().starts_with("malformed profile format"));
    }
  }
}

// The fields of each message, and the wire type pprof wants there.
struct WireCase {
  std::string_view name;
  std::uint64_t outer;  // Field of Profile; 0: the field stands in Profile itself.
  std::vector<std::uint64_t> numbers;
  std::vector<std::uint64_t> messages;
  std::vector<std::uint64_t> repeated;
};

const WireCase kMessages[] = {
    {"profile", 0, {7, 8, 9, 10, 12, 14, 15}, {1, 2, 3, 4, 5, 6, 11}, {13}},
    {"value type", 1, {1, 2}, {}, {}},
    {"sample", 2, {}, {3}, {1, 2}},
    {"mapping", 3, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {}, {}},
    {"location", 4, {1, 2, 3, 5}, {4}, {}},
    {"function", 5, {1, 2, 3, 4, 5}, {}, {}},
    {"period type", 11, {1, 2}, {}, {}},
};

std::string refusal(std::uint64_t outer, const ProtoMessage& field) {
  const ProtoMessage part = outer == 0 ? field : ProtoMessage().message(outer, field);
  const auto profile = read(with(part).text());
  if (profile) return "read";
  return std::string(profile.error().code() == ErrorCode::NotRecognized ? "not recognized: " : "") +
         profile.error().message();
}

void expect_mismatch(const WireCase& c, std::uint64_t field, bool takes_number, bool takes_bytes) {
  SCOPED_TRACE(std::string(c.name) + " field " + std::to_string(field));
  constexpr std::string_view kMismatch = "not recognized: type mismatch";
  EXPECT_EQ(refusal(c.outer, ProtoMessage().fixed64(field)), kMismatch);
  EXPECT_EQ(refusal(c.outer, ProtoMessage().fixed32(field)), kMismatch);
  if (!takes_number) {
    EXPECT_EQ(refusal(c.outer, ProtoMessage().number(field, 0)), kMismatch);
  }
  if (!takes_bytes) {
    EXPECT_EQ(refusal(c.outer, ProtoMessage().bytes(field, "")), kMismatch);
  }
}

TEST(ProfileProto, RefusesFieldsOfAnotherType) {
  for (const WireCase& c : kMessages) {
    for (const std::uint64_t field : c.numbers) expect_mismatch(c, field, true, false);
    for (const std::uint64_t field : c.messages) expect_mismatch(c, field, false, true);
    for (const std::uint64_t field : c.repeated) expect_mismatch(c, field, true, true);
  }
  for (std::uint64_t field = 1; field <= 3; ++field) {
    const ProtoMessage wrong = ProtoMessage().message(4, ProtoMessage().fixed32(field));
    EXPECT_EQ(refusal(4, wrong), "not recognized: type mismatch") << "line field " << field;
  }
  for (std::uint64_t field = 1; field <= 4; ++field) {
    const ProtoMessage wrong = ProtoMessage().message(3, ProtoMessage().bytes(field, ""));
    EXPECT_EQ(refusal(2, wrong), "not recognized: type mismatch") << "label field " << field;
  }
}

TEST(ProfileProto, PassesOverUnknownFields) {
  const std::string plain = describe(valid().text());
  for (const std::uint64_t field : {std::uint64_t{0}, std::uint64_t{16}, std::uint64_t{17},
                                    std::uint64_t{99}, std::uint64_t{(1ULL << 29) - 1}}) {
    const ProtoMessage unknown =
        ProtoMessage().number(field, 1).bytes(field, "text").fixed64(field).fixed32(field);
    EXPECT_EQ(describe(with(unknown).text()), plain) << field;
    const ProtoMessage line_with = ProtoMessage().number(1, 1).append(unknown);
    const ProtoMessage label = ProtoMessage().number(1, kKey).append(unknown);
    const ProtoMessage inside = join({
        ProtoMessage().message(
            1, ProtoMessage().number(1, kSamples).number(2, kCount).append(unknown)),
        ProtoMessage().message(
            2, ProtoMessage().packed(1, {1, 2}).append(unknown).packed(2, {10}).message(3, label)),
        ProtoMessage().message(3, ProtoMessage().number(1, 1).append(unknown).number(5, kFile)),
        ProtoMessage().message(
            4, ProtoMessage().number(1, 1).number(2, 1).append(unknown).message(4, line_with)),
        location(2, 2, 1),
        ProtoMessage().message(5, ProtoMessage().append(unknown).number(1, 1).number(2, kNameF)),
        function(2, kNameG),
        strings(),
    });
    EXPECT_EQ(describe(inside.text()), plain) << field;
  }
}

TEST(ProfileProto, RefusesUnknownWireTypes) {
  for (const std::uint64_t type : {3, 4, 6, 7}) {
    const auto profile = read(with(ProtoMessage().raw(test::varint(16 << 3 | type))).text());
    ASSERT_FALSE(profile.has_value());
    EXPECT_EQ(profile.error().code(), ErrorCode::NotRecognized);
    EXPECT_EQ(profile.error().message(), "unknown wire type " + std::to_string(type));
    EXPECT_EQ(profile.error().offset(), valid().text().size());
  }
}

// --- What is taken -----------------------------------------------------------------------------

TEST(ProfileProto, TakesTablesInAnyOrder) {
  const std::string plain = describe(valid().text());
  std::vector<ProtoMessage> parts = {sample_type(),
                                     sample({1, 2}, {10}),
                                     mapping(1),
                                     join({location(1, 1, 1), location(2, 2, 1)}),
                                     join({function(1, kNameF), function(2, kNameG)}),
                                     strings()};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (std::size_t j = 0; j < parts.size(); ++j) {
      std::vector<ProtoMessage> mixed = parts;
      std::swap(mixed[i], mixed[j]);
      EXPECT_EQ(describe(join(mixed).text()), plain) << i << " and " << j << " swapped";
    }
  }
}

TEST(ProfileProto, TakesPackedAndUnpackedNumbersTogether) {
  const std::string plain = describe(
      join({sample_type(), sample_type(kCount), sample({1, 2, 1}, {10, 20}), tables()}).text());
  const ProtoMessage variants[] = {
      ProtoMessage().unpacked(1, {1, 2, 1}).unpacked(2, {10, 20}),
      ProtoMessage().unpacked(1, {1}).packed(1, {2, 1}).packed(2, {10}).number(2, 20),
      ProtoMessage().packed(1, {1, 2}).number(2, 10).packed(1, {}).number(1, 1).packed(2, {20}),
      ProtoMessage().packed(2, {}).packed(2, {10, 20}).packed(1, {1}).packed(1, {2}).packed(1, {1}),
      ProtoMessage()
          .bytes(1, std::string("\x81\x00\x82\x80\x80\x80\x00\x01", 8))
          .packed(2, {10, 20}),
      ProtoMessage()
          .bytes(1, std::string("\x81\x80\x80\x80\x80\x80\x00\x02\x01", 9))
          .packed(2, {10, 20}),
  };
  for (const ProtoMessage& variant : variants) {
    EXPECT_EQ(describe(join({sample_type(), sample_type(kCount), ProtoMessage().message(2, variant),
                             tables()})
                           .text()),
              plain);
  }
}

TEST(ProfileProto, TakesIdsOfAnySize) {
  constexpr std::uint64_t kHuge[] = {5, 1'000'000'007, 1ULL << 32, UINT64_MAX};
  for (const std::uint64_t f : kHuge) {
    for (const std::uint64_t g : {std::uint64_t{1}, std::uint64_t{77}}) {
      const ProtoMessage message =
          join({sample_type(), sample({f, g, f}, {10}), mapping(f), mapping(g), location(g, g, f),
                location(f, f, g), function(f, kNameF), function(g, kNameG), strings()});
      const auto profile = read(message.text());
      ASSERT_TRUE(profile.has_value()) << f << ": " << profile.error().describe();
      std::vector<LocationId> stack;
      profile->read_stack(0, stack);
      ASSERT_EQ(stack.size(), 3U);
      EXPECT_EQ(stack[0].index, 1U);
      EXPECT_EQ(stack[1].index, 0U);
      const Location& leaf = profile->location(stack[0]);
      EXPECT_EQ(leaf.mapping.index, 1U);
      EXPECT_EQ(profile->text(profile->function(profile->lines_of(leaf)[0].function).name),
                "main.f");
    }
  }
}

TEST(ProfileProto, TakesAMappingThatIsNotThereForNone) {
  const auto profile =
      read(join({sample_type(), location(1, 1, 9), function(1, kNameF), strings()}).text());
  ASSERT_TRUE(profile.has_value());
  EXPECT_EQ(profile->locations[0].mapping.index, kNone);
}

TEST(ProfileProto, TakesEqualStringsForOne) {
  // The same names again behind the table, and an empty string at its end.
  const ProtoMessage message =
      join({sample_type(kStrings, kStrings + 1), sample({1, 2}, {10}),
            ProtoMessage().message(
                5, ProtoMessage().number(1, 1).number(2, kNameF).number(3, kStrings + 2)),
            function(2, kNameG), mapping(1), location(1, 1, 1), location(2, 2, 1), strings(),
            ProtoMessage().bytes(6, "samples").bytes(6, "count").bytes(6, "")});
  EXPECT_EQ(describe(message.text()), describe(valid().text()));
}

TEST(ProfileProto, TakesTheLastOfARepeatedField) {
  const auto profile =
      read(with(ProtoMessage()
                    .number(10, 1)
                    .number(10, 2)
                    .number(9, 0)
                    .number(9, 7)
                    .message(11, ProtoMessage().number(1, kNameF).number(2, kCount))
                    .message(11, ProtoMessage().number(1, kSamples)))
               .text());
  ASSERT_TRUE(profile.has_value());
  EXPECT_EQ(profile->duration_nanos, 2);
  EXPECT_EQ(profile->time_nanos, 7);
  EXPECT_EQ(profile->text(profile->period_type.type), "samples");
  EXPECT_EQ(profile->text(profile->period_type.unit), "");
}

TEST(ProfileProto, TakesAnyNumberForTrue) {
  const ProtoMessage flags =
      ProtoMessage().number(1, 2).number(7, 2).number(8, UINT64_MAX).number(9, 0);
  const auto profile = read(with(ProtoMessage().message(3, flags)).text());
  ASSERT_TRUE(profile.has_value());
  EXPECT_TRUE(profile->mappings[1].has_functions);
  EXPECT_TRUE(profile->mappings[1].has_filenames);
  EXPECT_FALSE(profile->mappings[1].has_line_numbers);
}

TEST(ProfileProto, TakesAProfileWithoutSamples) {
  EXPECT_TRUE(read(strings().text()).has_value());
  EXPECT_TRUE(read(tables().text()).has_value());
  EXPECT_TRUE(read(join({sample_type(), strings()}).text()).has_value());
}

struct LabelCase {
  std::string_view name;
  ProtoMessage label;
  std::string_view described;
};

TEST(ProfileProto, ReadsLabels) {
  const auto key = [] { return ProtoMessage().number(1, kKey); };
  const std::uint64_t empty = kStrings;  // A second empty string.
  const LabelCase cases[] = {
      {"text", key().number(2, kValue), "text \"key\" \"value\" 0 \"\" "},
      {"number", key().number(3, 5), "number \"key\" \"\" 5 \"\" "},
      {"number with unit", key().number(3, 5).number(4, kCount),
       "number \"key\" \"\" 5 \"count\" "},
      {"zero with unit", key().number(4, kCount), "number \"key\" \"\" 0 \"count\" "},
      {"negative number", key().number(3, UINT64_MAX), "number \"key\" \"\" -1 \"\" "},
      {"text and number: it is text", key().number(2, kValue).number(3, 5),
       "text \"key\" \"value\" 5 \"\" "},
      {"only a key: no label", key(), ""},
      {"only a key and zeros: no label", key().number(2, 0).number(3, 0).number(4, 0), ""},
      {"no key", ProtoMessage().number(3, 5), "number \"\" \"\" 5 \"\" "},
      {"text that is empty", key().number(2, empty), "text \"key\" \"\" 0 \"\" "},
      {"zero with a unit that is empty", key().number(4, empty), "number \"key\" \"\" 0 \"\" "},
  };
  for (const LabelCase& c : cases) {
    SCOPED_TRACE(c.name);
    const ProtoMessage message =
        join({sample_type(), sample_with_label(c.label), tables(), ProtoMessage().bytes(6, "")});
    const std::string text = describe(message.text());
    std::string expected = "sample 1 at 0 " + std::string(c.described);
    expected.back() = '\n';
    EXPECT_TRUE(text.ends_with("\n" + expected)) << text;
  }
}

// --- Real profiles, damaged ones, hostile ones -------------------------------------------------

std::string recorded(const std::string& name) {
  std::ifstream file(std::string(PLUMB_SOURCE_DIR) + "/tests/data/go-samples/" + name,
                     std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  GunzipSource source(std::make_unique<OwnedSource>(bytes), {});
  auto text = read_all(source, 1 << 30);
  EXPECT_TRUE(text.has_value()) << name;
  return text ? *std::move(text) : std::string();
}

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
