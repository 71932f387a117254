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
#include "support/gzip.h"
#include "support/proto_message.h"
#include "unit/formats/profile_proto_parts.h"

namespace plumb {
namespace {

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

}  // namespace
}  // namespace plumb
