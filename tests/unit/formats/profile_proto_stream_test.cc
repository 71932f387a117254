// SPDX-License-Identifier: Apache-2.0
#include "formats/profile_proto_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "support/proto_message.h"
#include "support/step_source.h"

namespace plumb {
namespace {

using test::ProtoMessage;
using test::StepSource;

// Writes down what comes by, and ends the stream with the call number `patience`.
class Recorder final : public ProfileStream {
 public:
  explicit Recorder(int patience = INT32_MAX) : patience_(patience) {}

  bool on_parts(const StreamedParts& parts) override {
    for (const auto& [type, unit] : parts.sample_types) note("type", {type, unit});
    note_locations(parts);
    for (const auto& function : parts.functions) note("function", {function.id, function.name});
    note_samples(parts.samples);
    std::size_t begin = 0;
    for (const std::size_t end : parts.text_ends) {
      note("string '" + parts.text.substr(begin, end - begin) + "'", {});
      begin = end;
    }
    return ++calls_ < patience_;
  }
  bool on_end(const StreamedHeader& header) override {
    note("end", {header.time_nanos, header.duration_nanos, header.drop_frames,
                 header.default_sample_type, header.doc_url, header.first_mapping_file,
                 header.first_mapping_build_id, header.has_mapping, header.has_comments});
    return true;
  }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] int calls() const { return calls_; }

 private:
  void note(const std::string& what, const std::vector<std::int64_t>& numbers) {
    text_ += what;
    for (const std::int64_t number : numbers) text_ += " " + std::to_string(number);
    text_ += '\n';
  }
  void note_locations(const StreamedParts& parts) {
    parts.for_each_location([this](std::uint32_t id, std::span<const std::uint32_t> lines) {
      std::vector<std::int64_t> numbers{id};
      numbers.insert(numbers.end(), lines.begin(), lines.end());
      note("location", numbers);
      return true;
    });
  }
  void note_samples(const StreamedSamples& samples) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const auto first = samples.values.begin() + static_cast<std::ptrdiff_t>(i * samples.width);
      std::vector<std::int64_t> numbers(first, first + static_cast<std::ptrdiff_t>(samples.width));
      numbers.push_back(-1);
      for (const std::uint32_t location : samples.stack(i)) numbers.push_back(location);
      note("sample", numbers);
    }
  }

  int patience_;
  int calls_ = 0;
  std::string text_;
};

std::string stream(const std::string& bytes, std::size_t step = SIZE_MAX) {
  StepSource source(bytes, step);
  Recorder recorder;
  const auto usable = stream_profile_proto(source, recorder, {});
  if (!usable) return "error: " + usable.error().describe();
  return *usable ? recorder.text() : "not usable";
}

ProtoMessage strings(int count = 6) {
  constexpr const char* kTexts[] = {"", "cpu", "ns", "main", "/bin/x", "id"};
  ProtoMessage message;
  for (int i = 0; i < count; ++i) message.bytes(6, kTexts[i]);
  return message;
}

ProtoMessage valid() {
  return ProtoMessage()
      .message(1, ProtoMessage().number(1, 1).number(2, 2))
      .message(4, ProtoMessage()
                      .number(1, 1)
                      .number(2, 1)
                      .number(3, 4096)
                      .message(4, ProtoMessage().number(1, 2).number(2, 10))
                      .message(4, ProtoMessage().number(1, 1)))
      .message(5, ProtoMessage().number(1, 1).number(2, 3).number(3, 3).number(4, 4).number(5, 9))
      .message(2, ProtoMessage()
                      .packed(1, {1, 1})
                      .number(1, 7)
                      .packed(2, {5})
                      .number(2, UINT64_MAX)
                      .message(3, ProtoMessage().number(1, 5).number(3, 1)))
      .message(3, ProtoMessage().number(1, 1).number(5, 4).number(6, 5))
      .message(3, ProtoMessage().number(1, 2).number(5, 5))
      .append(strings())
      .number(9, 11)
      .number(10, 12)
      .number(7, 3)
      .number(8, 3)
      .number(14, 1)
      .number(15, 5)
      .message(11, ProtoMessage().number(1, 1).number(2, 2))
      .number(12, 100);
}

constexpr std::string_view kValidEvents =
    "type 1 2\n"
    "location 1 2 1\n"
    "function 1 3\n"
    "sample 5 -1 -1 1 1 7\n"
    "string ''\n"
    "string 'cpu'\n"
    "string 'ns'\n"
    "string 'main'\n"
    "string '/bin/x'\n"
    "string 'id'\n"
    "end 11 12 3 1 5 4 5 1 0\n";

TEST(StreamProfileProto, HandsOnThePartsAsTheyStandInTheInput) {
  EXPECT_EQ(stream(valid().text()), kValidEvents);
  EXPECT_EQ(stream(valid().text(), 1), kValidEvents);
}

TEST(StreamProfileProto, PassesOverUnknownFields) {
  const ProtoMessage unknown =
      ProtoMessage().number(20, 1).bytes(21, "text").fixed64(22).fixed32(23).number(0, 1);
  EXPECT_EQ(stream(valid().append(unknown).text()), kValidEvents);
  const ProtoMessage sample =
      ProtoMessage().append(unknown).packed(1, {1}).append(unknown).packed(2, {5}).append(unknown);
  EXPECT_EQ(stream(ProtoMessage().message(2, sample).append(strings()).text()),
            "sample 5 -1 1\n"
            "string ''\nstring 'cpu'\nstring 'ns'\nstring 'main'\nstring '/bin/x'\nstring 'id'\n"
            "end 0 0 0 0 0 0 0 0 0\n");
}

TEST(StreamProfileProto, HandsOnSamplesOfAnySize) {
  std::string expected = "sample 1 -1";
  std::vector<std::uint64_t> locations;
  for (std::uint64_t i = 1; i <= 5000; ++i) {
    locations.push_back(i * 7);
    expected += " " + std::to_string(i * 7);
  }
  expected += "\nstring ''\nend 0 0 0 0 0 0 0 0 0\n";
  for (const bool is_packed : {false, true}) {
    ProtoMessage sample;
    if (is_packed) sample.packed(1, locations);
    if (!is_packed) sample.unpacked(1, locations);
    sample.packed(2, {1});
    EXPECT_EQ(stream(ProtoMessage().message(2, sample).append(strings(1)).text()), expected);
  }
}

// The width is known from the first sample on: from then on most forms are read in one go.
TEST(StreamProfileProto, ReadsASampleAlikeInAnyForm) {
  const auto label = [](std::size_t size) { return ProtoMessage().bytes(3, std::string(size, 1)); };
  for (const std::size_t width : {1, 2, 8, 9, 200}) {
    for (const std::uint64_t value :
         {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, (std::uint64_t{1} << 56) - 1,
          std::uint64_t{1} << 56, std::uint64_t{INT64_MAX}, UINT64_MAX}) {
      const std::vector<std::uint64_t> values(width, value);
      for (const std::size_t depth : {0, 1, 60, 9000}) {
        const std::vector<std::uint64_t> stack(depth, 200);
        const std::vector<ProtoMessage> forms = {
            ProtoMessage().packed(1, stack).packed(2, values),
            ProtoMessage().packed(1, stack).unpacked(2, values),
            ProtoMessage().unpacked(1, stack).unpacked(2, values),
            ProtoMessage().packed(2, values).packed(1, stack),
            ProtoMessage().append(label(1)).packed(1, stack).packed(2, values),
            ProtoMessage().packed(1, stack).append(label(0)).packed(2, values).append(label(1)),
            ProtoMessage().packed(1, stack).packed(2, values).append(label(300)).append(label(0)),
            ProtoMessage().packed(1, stack).unpacked(2, values).append(label(20'000)),
            ProtoMessage().packed(1, {}).packed(1, stack).packed(2, values).packed(2, {}),
        };
        ProtoMessage message;
        for (const ProtoMessage& form : forms) message.message(2, form);
        std::string event = "sample";
        for (std::size_t i = 0; i < width; ++i) {
          event += " " + std::to_string(static_cast<std::int64_t>(value));
        }
        event += " -1";
        for (std::size_t i = 0; i < depth; ++i) event += " 200";
        std::string expected;
        for (std::size_t i = 0; i < forms.size(); ++i) expected += event + "\n";
        expected += "string ''\nend 0 0 0 0 0 0 0 0 0\n";
        ASSERT_EQ(stream(message.append(strings(1)).text()), expected)
            << width << " values of " << value << ", " << depth << " deep";
      }
    }
  }
}

struct UnusableCase {
  std::string_view name;
  std::string bytes;
};

std::vector<UnusableCase> unusable() {
  const auto behind = [](const ProtoMessage& more) { return valid().append(more).text(); };
  const auto inside = [&](std::uint64_t outer, const ProtoMessage& part) {
    return behind(ProtoMessage().message(outer, part));
  };
  constexpr std::uint64_t kWide = 1ULL << 32;
  return {
      {"cut short", valid().text().substr(0, valid().text().size() - 1)},
      {"unknown wire type", behind(ProtoMessage().raw("\x87\x01"))},
      {"two times", behind(ProtoMessage().number(9, 1))},
      {"wide location id", inside(4, ProtoMessage().number(1, kWide))},
      {"wide function id", inside(5, ProtoMessage().number(1, kWide))},
      {"wide function id in a line",
       inside(4, ProtoMessage().message(4, ProtoMessage().number(1, kWide)))},
      {"wide location in a stack, packed", inside(2, ProtoMessage().packed(1, {kWide}))},
      {"wide location in a stack", inside(2, ProtoMessage().number(1, kWide))},
      {"wide string index", behind(ProtoMessage().number(15, kWide))},
      {"mappings not numbered from 1", inside(3, ProtoMessage().number(1, 9))},
      {"sample with another number of values",
       inside(2, ProtoMessage().packed(1, {1}).packed(2, {1, 2, 3}))},
      {"sample without values", inside(2, ProtoMessage().packed(1, {1}))},
      {"sample that is a number", behind(ProtoMessage().number(2, 1))},
      {"sample with a stack of 8 bytes", inside(2, ProtoMessage().fixed64(1))},
      {"sample with an unknown wire type", inside(2, ProtoMessage().raw("\x87\x01"))},
      {"sample with a cut stack", inside(2, ProtoMessage().raw("\x0a\x05\x01"))},
      {"sample with a cut value", inside(2, ProtoMessage().raw("\x12\x01\x80"))},
      {"sample with a value cut behind its stack",
       inside(2, ProtoMessage().packed(1, {1}).raw("\x10\x80"))},
      {"sample with cut values behind its stack",
       inside(2, ProtoMessage().packed(1, {1}).raw("\x12\x05\x01"))},
      {"sample with values cut inside one behind its stack",
       inside(2, ProtoMessage().packed(1, {1}).raw("\x12\x01\x80"))},
      {"sample with a cut label",
       inside(2, ProtoMessage().packed(1, {1}).packed(2, {1}).raw("\x1a\x05\x01"))},
      {"sample with a label of a cut length",
       inside(2, ProtoMessage().packed(1, {1}).packed(2, {1}).raw("\x1a\x85"))},
      {"sample with a label that is a number", inside(2, ProtoMessage().number(3, 1))},
      {"time that is text", behind(ProtoMessage().bytes(9, "x"))},
      {"period that is text", behind(ProtoMessage().bytes(12, "x"))},
      {"line number that is text",
       inside(4, ProtoMessage().message(4, ProtoMessage().bytes(2, "x")))},
      {"address that is text", inside(4, ProtoMessage().bytes(3, "x"))},
      {"start line that is text", inside(5, ProtoMessage().bytes(5, "x"))},
      {"mapping start that is text", inside(3, ProtoMessage().number(1, 3).bytes(2, "x"))},
      {"string that is not there: default type", behind(ProtoMessage().number(14, 6))},
      {"string that is not there: keep frames", behind(ProtoMessage().number(8, 6))},
      {"string that is not there: function file",
       inside(5, ProtoMessage().number(1, 2).number(4, 6))},
      {"string that is not there: second mapping",
       inside(3, ProtoMessage().number(1, 3).number(5, 6))},
      {"string that is not there: period type", inside(11, ProtoMessage().number(1, 6))},
      {"no strings at all", ProtoMessage().number(12, 1).text()},
  };
}

TEST(StreamProfileProto, LeavesWhatIsOddToTheReaderOfWholeProfiles) {
  for (const UnusableCase& c : unusable()) EXPECT_EQ(stream(c.bytes), "not usable") << c.name;
}

// Many blocks, which another thread reads ahead.
std::string large_profile(std::string& expected) {
  ProtoMessage message;
  for (std::uint64_t i = 1; i <= 40'000; ++i) {
    message.message(4, ProtoMessage().number(1, i).message(4, ProtoMessage().number(1, i)));
    message.message(2, ProtoMessage().packed(1, {i, i / 2 + 1}).packed(2, {i}));
  }
  message.append(strings(1));
  expected = "string ''\nend 0 0 0 0 0 0 0 0 0\n";
  return message.text();
}

TEST(StreamProfileProto, HandsOnAllBlocksInOrder) {
  std::string end;
  StepSource source(large_profile(end));
  Recorder recorder;
  const auto usable = stream_profile_proto(source, recorder, {});
  ASSERT_TRUE(usable.has_value() && *usable);
  EXPECT_GT(recorder.calls(), 5);
  EXPECT_TRUE(recorder.text().ends_with(end));
  std::size_t at = 0;
  for (int i = 1; i <= 40'000; ++i) {
    const std::string number = std::to_string(i);
    const std::string sample =
        "sample " + number + " -1 " + number + " " + std::to_string(i / 2 + 1) + "\n";
    at = recorder.text().find(sample, at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

// Numbers the locations of samples before it gets them.
class Numberer final : public ProfileStream {
 public:
  bool on_read(StreamedParts& parts) override {
    for (std::uint32_t& location : parts.samples.locations) location = ++read_;
    return read_ < patience_;
  }
  bool on_parts(const StreamedParts& parts) override {
    for (const std::uint32_t location : parts.samples.locations) {
      EXPECT_EQ(location, ++taken_);
    }
    return true;
  }
  bool on_end(const StreamedHeader&) override { return true; }

  std::uint32_t patience_ = UINT32_MAX;
  std::uint32_t read_ = 0;
  std::uint32_t taken_ = 0;
};

TEST(StreamProfileProto, LetsItsReceiverWorkOnTheThreadThatReads) {
  std::string unused;
  const std::string bytes = large_profile(unused);
  StepSource source(bytes);
  Numberer numberer;
  const auto usable = stream_profile_proto(source, numberer, {});
  ASSERT_TRUE(usable.has_value() && *usable);
  EXPECT_EQ(numberer.taken_, 80'000);

  for (const std::uint32_t patience : {1U, 40'000U}) {
    StepSource again(strings(1).text() + bytes);
    Numberer impatient;
    impatient.patience_ = patience;
    const auto ended = stream_profile_proto(again, impatient, {});
    ASSERT_TRUE(ended.has_value());
    EXPECT_FALSE(*ended) << patience;
    EXPECT_LT(impatient.taken_, impatient.read_);
  }
}

TEST(StreamProfileProto, EndsWhenItsReceiverHasEnough) {
  std::string unused;
  const std::string bytes = large_profile(unused);
  for (int patience = 1; patience < 6; ++patience) {
    StepSource source(bytes);
    Recorder recorder(patience);
    const auto usable = stream_profile_proto(source, recorder, {});
    ASSERT_TRUE(usable.has_value());
    EXPECT_FALSE(*usable);
    EXPECT_EQ(recorder.calls(), patience);
  }
}

TEST(StreamProfileProto, StopsAtADefectInAnyBlock) {
  std::string unused;
  const std::string bytes = large_profile(unused);
  EXPECT_EQ(stream(bytes.substr(0, bytes.size() / 2)), "not usable");
  EXPECT_EQ(stream(bytes.substr(0, 1000)), "not usable");
}

TEST(StreamProfileProto, PassesErrorsOfTheSourceOn) {
  StepSource broken(valid().text().substr(0, 20), 7, Error(ErrorCode::Io, "connection reset"));
  Recorder recorder;
  const auto usable = stream_profile_proto(broken, recorder, {});
  ASSERT_FALSE(usable.has_value());
  EXPECT_EQ(usable.error().message(), "connection reset");

  Limits limits;
  limits.record_bytes = 1000;
  StepSource large(ProtoMessage().bytes(6, std::string(2'000'000, 'x')).text());
  const auto too_large = stream_profile_proto(large, recorder, limits);
  ASSERT_FALSE(too_large.has_value());
  EXPECT_EQ(too_large.error().code(), ErrorCode::LimitExceeded);
}

}  // namespace
}  // namespace plumb
