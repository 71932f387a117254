// SPDX-License-Identifier: Apache-2.0
#include "formats/plain_records.h"

#include <gtest/gtest.h>

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

using Lines = std::vector<std::uint32_t>;

struct PlainLocation {
  std::uint32_t id = 0;
  Lines functions;
  friend bool operator==(const PlainLocation&, const PlainLocation&) = default;
};

std::optional<PlainLocation> read_location(const std::string& record) {
  const std::string bytes = with_slack(record);
  PlainLocation location;
  location.functions = {99};  // Of the location before.
  const std::string_view view = std::string_view(bytes).substr(0, record.size());
  const bool is_plain = read_plain_location(view, location.id, location.functions);
  EXPECT_EQ(location.functions.at(0), 99U);
  location.functions.erase(location.functions.begin());
  if (is_plain) return location;
  EXPECT_EQ(location.functions, Lines()) << "nothing is left of what is not plain";
  return std::nullopt;
}

ProtoMessage line(std::uint64_t function) {
  return ProtoMessage().number(1, function);
}

TEST(PlainLocation, IsReadInTheOrderOfItsFields) {
  const auto id = [] { return ProtoMessage().number(1, 300); };
  const std::uint64_t address = 0x7FFFFFFFFFF0;
  const std::vector<std::pair<ProtoMessage, PlainLocation>> cases = {
      {id(), {300, {}}},
      {id().message(4, line(5)), {300, {5}}},
      {id().number(2, 1).number(3, address).message(4, line(5)), {300, {5}}},
      {id().number(3, address).message(4, line(5).number(2, 12)), {300, {5}}},
      {id().message(4, line(5).number(2, 12).number(3, 7)), {300, {5}}},
      {id().message(4, line(5).number(2, 1)).message(4, line(70000).number(2, 2)),
       {300, {5, 70000}}},
      {ProtoMessage().number(1, UINT32_MAX).message(4, line(UINT32_MAX)),
       {UINT32_MAX, {UINT32_MAX}}},
  };
  for (const auto& [message, expected] : cases) {
    EXPECT_EQ(read_location(message.text()), expected) << testing::PrintToString(message.text());
  }
}

TEST(PlainLocation, LeavesOtherFormsToBeReadFieldByField) {
  const auto id = [] { return ProtoMessage().number(1, 300); };
  const std::vector<ProtoMessage> cases = {
      ProtoMessage(),
      ProtoMessage().number(3, 16).message(4, line(5)),
      ProtoMessage().message(4, line(5)).number(1, 300),
      id().number(1, 301).message(4, line(5)),
      id().number(3, 16).number(2, 1).message(4, line(5)),
      id().number(3, UINT64_MAX).message(4, line(5)),
      id().message(4, line(5)).number(5, 1),
      id().message(4, line(5)).bytes(9, "later"),
      id().message(4, ProtoMessage().number(2, 12)),
      id().message(4, ProtoMessage()),
      id().message(4, ProtoMessage().number(2, 12).number(1, 5)),
      id().message(4, line(5)).message(4, line(std::uint64_t{1} << 32)),
      ProtoMessage().number(1, std::uint64_t{1} << 32).message(4, line(5)),
  };
  for (const ProtoMessage& message : cases) {
    EXPECT_EQ(read_location(message.text()), std::nullopt)
        << testing::PrintToString(message.text());
  }
}

TEST(PlainLocation, CutAnywhereIsWholeOrNotPlain) {
  const std::string record = ProtoMessage()
                                 .number(1, 300)
                                 .number(2, 1)
                                 .number(3, 0x7FFFFFFFFFF0)
                                 .message(4, line(500).number(2, 12))
                                 .message(4, line(70000).number(2, 1200))
                                 .text();
  for (std::size_t size = 0; size < record.size(); ++size) {
    const auto cut = read_location(record.substr(0, size));
    if (!cut) continue;
    EXPECT_EQ(cut->id, 300U) << size;
    const Lines first = {500};
    EXPECT_TRUE(cut->functions.empty() || cut->functions == first) << size;
  }
}

struct PlainStack {
  std::string locations;
  std::vector<std::int64_t> values;
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
                    {sample.values.begin(), sample.values.begin() + count}};
}

TEST(PlainSample, IsReadWithItsValuesPackedOrNot) {
  const auto stack = [] { return ProtoMessage().packed(1, {1, 300}); };
  const std::string ids = "\x01\xAC\x02";
  const std::vector<std::pair<ProtoMessage, PlainStack>> cases = {
      {stack(), {ids, {}}},
      {stack().packed(2, {7}), {ids, {7}}},
      {stack().packed(2, {7, 70000, 0}), {ids, {7, 70000, 0}}},
      {stack().number(2, 7).number(2, 70000), {ids, {7, 70000}}},
      {stack().number(2, 7).message(3, ProtoMessage().number(1, 5)), {ids, {7}}},
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
