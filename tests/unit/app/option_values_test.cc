// SPDX-License-Identifier: Apache-2.0
#include "app/option_values.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace plumb::cli {
namespace {

struct BoolCase {
  const char* text;
  bool value;
};

TEST(OptionValues, BoolsAreThoseOfGo) {
  constexpr BoolCase kCases[] = {{"1", true},      {"t", true},      {"T", true},
                                 {"true", true},   {"TRUE", true},   {"True", true},
                                 {"0", false},     {"f", false},     {"F", false},
                                 {"false", false}, {"FALSE", false}, {"False", false}};
  for (const BoolCase& c : kCases) {
    SCOPED_TRACE(c.text);
    const auto value = parse_go_bool(c.text);
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, c.value);
  }
  for (const char* text : {"", "yes", "2", "tRUE", " true", "on"}) {
    SCOPED_TRACE(text);
    const auto value = parse_go_bool(text);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code(), ErrorCode::Usage);
    EXPECT_EQ(value.error().message(), "parse error");
  }
}

struct IntCase {
  const char* text;
  std::int64_t value;
};

TEST(OptionValues, IntegersAreThoseOfGoSource) {
  constexpr IntCase kCases[] = {
      {"0", 0},
      {"10", 10},
      {"-1", -1},
      {"+7", 7},
      {"0x1F", 31},
      {"-0X10", -16},
      {"017", 15},
      {"0o17", 15},
      {"0b101", 5},
      {"1_000_000", 1'000'000},
      {"0x_ff", 255},
      {"9223372036854775807", std::numeric_limits<std::int64_t>::max()},
      {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
  };
  for (const IntCase& c : kCases) {
    SCOPED_TRACE(c.text);
    const auto value = parse_go_int(c.text);
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, c.value);
  }
}

struct BadCase {
  const char* text;
  const char* message;
};

TEST(OptionValues, OtherIntegersAreRefusedInGosWords) {
  constexpr BadCase kCases[] = {
      {"", "parse error"},    {"abc", "parse error"},
      {"1.5", "parse error"}, {"--1", "parse error"},
      {"+-1", "parse error"}, {"0x", "parse error"},
      {"08", "parse error"},  {"1__0", "parse error"},
      {"_1", "parse error"},  {"1_", "parse error"},
      {" 1", "parse error"},  {"9223372036854775808", "value out of range"},
      {"1 ", "parse error"},  {"-9223372036854775809", "value out of range"},
      {"0b2", "parse error"}, {"99999999999999999999999", "value out of range"},
  };
  for (const BadCase& c : kCases) {
    SCOPED_TRACE(c.text);
    const auto value = parse_go_int(c.text);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().message(), c.message);
  }
}

struct FloatCase {
  const char* text;
  double value;
};

TEST(OptionValues, NumbersAreThoseOfGoSource) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr FloatCase kCases[] = {
      {"0.005", 0.005},
      {"1", 1},
      {"-2.5", -2.5},
      {"+3", 3},
      {"1e3", 1000},
      {".5", 0.5},
      {"5.", 5},
      {"1E-2", 0.01},
      {"017", 17},
      {"0x1p-4", 0.0625},
      {"-0X.8P+1", -1},
      {"0x_1_0p1_0", 16384},
      {"1_0.2_5e0_1", 102.5},
      {"1e-400", 0},
      {"0x1p-2000", 0},
      {"0e99999999", 0},
      {"inf", kInfinity},
      {"+Inf", kInfinity},
      {"-iNfInItY", -kInfinity},
  };
  for (const FloatCase& c : kCases) {
    SCOPED_TRACE(c.text);
    const auto value = parse_go_float(c.text);
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, c.value);
  }
  for (const char* text : {"NaN", "nan"}) {
    const auto value = parse_go_float(text);
    ASSERT_TRUE(value);
    EXPECT_TRUE(std::isnan(*value));
  }
}

TEST(OptionValues, OtherNumbersAreRefusedInGosWords) {
  constexpr BadCase kCases[] = {
      {"", "parse error"},       {"x", "parse error"},
      {"1,5", "parse error"},    {"+-1", "parse error"},
      {".", "parse error"},      {" 1", "parse error"},
      {"1e", "parse error"},     {"1e+", "parse error"},
      {"0x1", "parse error"},    {"0x", "parse error"},
      {"0xp1", "parse error"},   {"0x1p", "parse error"},
      {"0x1.8", "parse error"},  {"0b1", "parse error"},
      {"0o7", "parse error"},    {"_1", "parse error"},
      {"1_", "parse error"},     {"1__0", "parse error"},
      {"1_.5", "parse error"},   {"1._5", "parse error"},
      {"1_e5", "parse error"},   {"1e_5", "parse error"},
      {"0_x1p1", "parse error"}, {"infi", "parse error"},
      {"+nan", "parse error"},   {"1e400", "value out of range"},
      {"1.5x", "parse error"},   {"0x1p2000", "value out of range"},
  };
  for (const BadCase& c : kCases) {
    SCOPED_TRACE(c.text);
    const auto value = parse_go_float(c.text);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().message(), c.message);
  }
}

struct AgeCase {
  const char* text;
  std::uint64_t minutes;
};

TEST(OptionValues, AgesAreMinutesOrDurationsOfGo) {
  constexpr AgeCase kCases[] = {{"0", 0},   {"10", 10},   {"1m", 1},        {"60s", 1},
                                {"90s", 2}, {"2h", 120},  {"1h30m", 90},    {"1.5h", 90},
                                {"1s", 1},  {"500ms", 1}, {"24h0m0s", 1440}};
  for (const AgeCase& c : kCases) {
    SCOPED_TRACE(c.text);
    const auto age = parse_age(c.text);
    ASSERT_TRUE(age);
    EXPECT_EQ(age->minutes, c.minutes);
  }
}

TEST(OptionValues, OtherAgesAreRefused) {
  constexpr BadCase kCases[] = {
      {"", "parse error"},     {"-5", "parse error"},
      {"5 m", "parse error"},  {"ten", "parse error"},
      {"1d", "parse error"},   {"1h30", "parse error"},
      {"h", "parse error"},    {"1.5", "parse error"},
      {"1e9h", "parse error"}, {"999999999999999999h", "value out of range"},
  };
  for (const BadCase& c : kCases) {
    SCOPED_TRACE(c.text);
    const auto age = parse_age(c.text);
    ASSERT_FALSE(age);
    EXPECT_EQ(age.error().message(), c.message);
  }
}

TEST(OptionValues, DurationsAreSecondsOrThoseOfGo) {
  EXPECT_EQ(*parse_duration_ns("5"), 5'000'000'000);
  EXPECT_EQ(*parse_duration_ns("90s"), 90'000'000'000);
  EXPECT_EQ(*parse_duration_ns("1m30s"), 90'000'000'000);
  EXPECT_EQ(*parse_duration_ns("250ms"), 250'000'000);
  for (const char* text : {"", "-5", "5 s", "soon", "99999999999h"}) {
    EXPECT_FALSE(parse_duration_ns(text)) << text;
  }
}

TEST(OptionValues, BytesHaveUnitsOf1000AndOf1024) {
  EXPECT_EQ(*parse_bytes("1000"), 1000u);
  EXPECT_EQ(*parse_bytes("2kB"), 2000u);
  EXPECT_EQ(*parse_bytes("512MB"), 512'000'000u);
  EXPECT_EQ(*parse_bytes("4GiB"), std::uint64_t{4} << 30);
  EXPECT_EQ(*parse_bytes("4g"), std::uint64_t{4} << 30);
  EXPECT_EQ(*parse_bytes("7B"), 7u);
  for (const char* text : {"", "GB", "-1", "4 GiB", "4XB", "99999999999999999999", "99999999TiB"}) {
    EXPECT_FALSE(parse_bytes(text)) << text;
  }
}

TEST(OptionValues, TextOfNumbersReadsBack) {
  for (const double value : {0.005, 0.001, 1.0, -2.5, 1e300}) {
    const auto again = parse_go_float(to_text(value));
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, value);
  }
  EXPECT_EQ(to_text(0.005), "0.005");
  EXPECT_EQ(to_text(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(to_text(-std::numeric_limits<double>::infinity()), "-Inf");
  EXPECT_EQ(to_text(std::numeric_limits<double>::quiet_NaN()), "NaN");
}

}  // namespace
}  // namespace plumb::cli
