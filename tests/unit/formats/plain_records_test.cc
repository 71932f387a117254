// SPDX-License-Identifier: Apache-2.0
#include "formats/plain_records.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/window.h"
#include "support/proto_message.h"

namespace plumb {
namespace {

using test::ProtoMessage;

// Records stand in a window: something else follows them.
std::string with_slack(std::string record) {
  return std::move(record) + std::string(Window::kSlackBytes, '\x08');
}

// As "id mapping address: function line column, ...".
std::string describe_location(const std::string& record) {
  const std::string bytes = with_slack(record);
  PlainLocation location;
  if (!read_plain_location(std::string_view(bytes).substr(0, record.size()), location)) {
    return "not plain";
  }
  const auto join = [](std::initializer_list<std::int64_t> numbers) {
    std::string text;
    for (const std::int64_t number : numbers) text += std::to_string(number) + ' ';
    return text;
  };
  std::string text = join({location.id, location.mapping, location.address});
  for (std::size_t i = 0; i < location.line_count; ++i) {
    const PlainLocation::Line& line = location.lines.at(i);
    text += "| " + join({line.function, line.line, line.column});
  }
  text.pop_back();
  return text;
}

ProtoMessage id300() {
  return ProtoMessage().number(1, 300);
}
ProtoMessage line(std::uint64_t function) {
  return ProtoMessage().number(1, function);
}

TEST(PlainLocation, IsReadInTheOrderOfItsFields) {
  const std::uint64_t address = 0x7FFFFFFFFFF0;
  const std::vector<std::pair<ProtoMessage, std::string>> cases = {
      {ProtoMessage(), "0 0 0"},
      {id300(), "300 0 0"},
      {id300().message(4, line(5)), "300 0 0 | 5 0 0"},
      {id300().number(2, 1).number(3, address).message(4, line(5)),
       "300 1 140737488355312 | 5 0 0"},
      {id300().number(3, 16).message(4, line(5).number(2, 12)), "300 0 16 | 5 12 0"},
      {id300().message(4, line(5).number(2, 12).number(3, 7)), "300 0 0 | 5 12 7"},
      {id300().message(4, ProtoMessage().number(2, 12)), "300 0 0 | 0 12 0"},
      {id300().message(4, ProtoMessage()), "300 0 0 | 0 0 0"},
      {id300().message(4, line(5).number(2, 1)).message(4, line(70000).number(2, 2)),
       "300 0 0 | 5 1 0 | 70000 2 0"},
      {ProtoMessage().number(1, std::uint64_t{1} << 40), "1099511627776 0 0"},
  };
  for (const auto& [message, expected] : cases) {
    EXPECT_EQ(describe_location(message.text()), expected)
        << testing::PrintToString(message.text());
  }
}

TEST(PlainLocation, LeavesOtherFormsToBeReadFieldByField) {
  ProtoMessage deep = id300();
  for (std::uint64_t i = 0; i <= PlainLocation::kMostLines; ++i) deep.message(4, line(i));
  const std::vector<ProtoMessage> cases = {
      ProtoMessage().message(4, line(5)).number(1, 300),
      id300().number(1, 301).message(4, line(5)),
      id300().number(3, 16).number(2, 1).message(4, line(5)),
      id300().number(3, UINT64_MAX).message(4, line(5)),
      id300().message(4, line(5)).number(5, 1),
      id300().message(4, line(5)).bytes(9, "later"),
      id300().message(4, ProtoMessage().number(2, 12).number(1, 5)),
      id300().message(4, line(UINT64_MAX)),
      deep,
  };
  for (const ProtoMessage& message : cases) {
    EXPECT_EQ(describe_location(message.text()), "not plain")
        << testing::PrintToString(message.text());
  }
}

TEST(PlainLocation, CutInTheMiddleOfAFieldIsNotPlain) {
  const std::vector<ProtoMessage> fields = {
      id300(), ProtoMessage().number(2, 1), ProtoMessage().number(3, 0x7FFFFFFFFFF0),
      ProtoMessage().message(4, line(500).number(2, 12)), ProtoMessage().message(4, line(70000))};
  std::string record;
  for (const ProtoMessage& field : fields) {
    for (std::size_t size = 1; size < field.text().size(); ++size) {
      EXPECT_EQ(describe_location(record + field.text().substr(0, size)), "not plain")
          << testing::PrintToString(record) << size;
    }
    record += field.text();
    EXPECT_NE(describe_location(record), "not plain");
  }
}

struct PlainStack {
  std::string locations;
  std::vector<std::int64_t> values;
  std::string labels;
  friend bool operator==(const PlainStack&, const PlainStack&) = default;
};

std::optional<PlainStack> read_sample(const std::string& record) {
  const std::string bytes = with_slack(record);
  PlainSample sample;
  if (!read_plain_sample(std::string_view(bytes).substr(0, record.size()), sample)) {
    return std::nullopt;
  }
  const auto count = static_cast<std::ptrdiff_t>(sample.value_count);
  return PlainStack{std::string(sample.locations),
                    {sample.values.begin(), sample.values.begin() + count},
                    std::string(sample.labels)};
}

TEST(PlainSample, IsReadWithItsValuesPackedOrNot) {
  const auto stack = [] { return ProtoMessage().packed(1, {1, 300}); };
  const std::string ids = "\x01\xAC\x02";
  const auto labels = ProtoMessage().message(3, line(5)).message(3, line(6).number(2, 1));
  const std::vector<std::pair<ProtoMessage, PlainStack>> cases = {
      {stack(), {ids, {}, ""}},
      {stack().packed(2, {7}), {ids, {7}, ""}},
      {stack().packed(2, {7, 70000, 0}), {ids, {7, 70000, 0}, ""}},
      {stack().number(2, 7).number(2, 70000), {ids, {7, 70000}, ""}},
      {stack().packed(2, {7}).append(labels), {ids, {7}, labels.text()}},
      {stack().number(2, 7).append(labels), {ids, {7}, labels.text()}},
      {stack().append(labels), {ids, {}, labels.text()}},
  };
  for (const auto& [message, expected] : cases) {
    EXPECT_EQ(read_sample(message.text()), expected) << testing::PrintToString(message.text());
  }
}

TEST(PlainSample, LeavesOtherFormsToBeReadFieldByField) {
  const auto stack = [] { return ProtoMessage().packed(1, {1, 300}); };
  const std::vector<std::uint64_t> nine(9, 1);
  const std::vector<ProtoMessage> cases = {
      ProtoMessage().packed(2, {7}).packed(1, {1}),
      ProtoMessage().number(1, 1).packed(2, {7}),
      stack().packed(1, {2}).packed(2, {7}),
      stack().packed(2, nine),
      stack().packed(2, {UINT64_MAX}),
      stack().number(2, UINT64_MAX),
      stack().packed(2, {7}).number(2, 8),
      stack().packed(2, {7}).bytes(9, "later"),
  };
  for (const ProtoMessage& message : cases) {
    EXPECT_EQ(read_sample(message.text()), std::nullopt) << testing::PrintToString(message.text());
  }
}

}  // namespace
}  // namespace plumb
