// SPDX-License-Identifier: Apache-2.0
#include "base/gunzip.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/cut_source.h"
#include "support/dice.h"
#include "support/gzip.h"
#include "support/step_source.h"

namespace plumb {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using test::deflate;
using test::Dice;
using test::gzip;
using test::gzip_header;
using test::gzip_trailer;
using test::StepSource;

// Text that compresses about as well as a profile does.
std::string some_text(std::size_t size, std::uint32_t seed = 1) {
  Dice dice(seed);
  std::string text;
  while (text.size() < size) text += "runtime.gopark" + std::to_string(dice.below(1000));
  text.resize(size);
  return text;
}

Result<std::string> inflate(std::string compressed, std::size_t step = SIZE_MAX,
                            const Limits& limits = {}) {
  GunzipSource source(std::make_unique<StepSource>(std::move(compressed), step), limits);
  return read_all(source, UINT64_MAX);
}

// A header with a checksum of its own: the low half of the CRC, plus `damage`.
std::string header_with_crc(std::uint32_t damage) {
  const std::string header = gzip_header(2);
  const std::uint32_t crc = libdeflate_crc32(0, header.data(), header.size()) + damage;
  return header + test::little_endian32(crc).substr(0, 2);
}

struct MemberCase {
  std::string name;
  std::string bytes;
  std::string text;
};

std::vector<MemberCase> valid_members() {
  const std::string small = "goroutine profile: total 3\n";
  const std::string large = some_text(40'000);
  std::vector<MemberCase> cases = {
      {"empty member", gzip(""), ""},
      {"one member", gzip(small), small},
      {"stored", gzip(small, 0), small},
      {"large", gzip(large), large},
      {"large, stored", gzip(large, 0), large},
      {"two members", gzip(small) + gzip(large), small + large},
      {"empty members between", gzip("") + gzip(small) + gzip("") + gzip("x") + gzip(""),
       small + "x"},
      {"extra field", gzip_header(4) + "\5\0hello"s + deflate(small) + gzip_trailer(small), small},
      {"file name", gzip_header(8) + "heap.pb\0"s + deflate(small) + gzip_trailer(small), small},
      {"comment", gzip_header(16) + "note\0"s + deflate(small) + gzip_trailer(small), small},
      {"text flag", gzip_header(1) + deflate(small) + gzip_trailer(small), small},
  };
  std::string many;
  for (int i = 0; i < 100; ++i) many += gzip(some_text(static_cast<std::size_t>(i), 7));
  std::string joined;
  for (int i = 0; i < 100; ++i) joined += some_text(static_cast<std::size_t>(i), 7);
  cases.push_back({"many members", many, joined});
  return cases;
}

TEST(Gunzip, InflatesMembersHoweverTheyArrive) {
  for (const MemberCase& c : valid_members()) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7},
                                   std::size_t{100}, SIZE_MAX}) {
      const auto text = inflate(c.bytes, step);
      ASSERT_TRUE(text.has_value()) << c.name << ", " << step << ": " << text.error().describe();
      ASSERT_EQ(*text, c.text) << c.name << ", " << step;
    }
  }
}

TEST(Gunzip, FillsSmallBuffers) {
  const std::string text = some_text(2000);
  for (const std::size_t size : {1U, 2U, 13U}) {
    GunzipSource source(std::make_unique<OwnedSource>(gzip(text) + gzip(text)), {});
    std::string buffer(size, '\0');
    std::string seen;
    for (;;) {
      const auto count = source.read(buffer);
      ASSERT_TRUE(count.has_value());
      if (*count == 0) break;
      seen.append(buffer, 0, *count);
    }
    EXPECT_EQ(seen, text + text);
  }
}

TEST(Gunzip, RefusesDamage) {
  const std::string text = some_text(1000);
  const std::string good = gzip(text);
  const auto with = [&](std::size_t at, char byte) {
    std::string bad = good;
    bad[at] = byte;
    return bad;
  };
  const auto flipped_from_end = [&](std::size_t back) {
    std::string bad = good;
    bad[bad.size() - back] = static_cast<char>(~bad[bad.size() - back]);
    return bad;
  };
  struct Case {
    std::string name;
    std::string bytes;
    std::string message;
  };
  const Case cases[] = {
      {"no magic", with(1, 0), "gzip data is damaged"},
      {"unknown method", with(2, 7), "gzip data is damaged"},
      {"block type 3", gzip_header() + "\x07"s, "gzip data is damaged"},
      {"wrong checksum", flipped_from_end(8), "gzip checksum is wrong"},
      {"wrong length", flipped_from_end(1), "gzip checksum is wrong"},
      {"text behind", good + "what is this", "gzip data is damaged"},
      {"zeros behind", good + std::string(100, '\0'), "gzip data is damaged"},
  };
  for (const Case& c : cases) {
    for (const std::size_t step : {std::size_t{1}, SIZE_MAX}) {
      const auto result = inflate(c.bytes, step);
      ASSERT_FALSE(result.has_value()) << c.name;
      EXPECT_EQ(result.error().code(), ErrorCode::Malformed) << c.name;
      EXPECT_EQ(result.error().message(), "decompressing profile: " + c.message) << c.name;
    }
  }
}

// Only of a header that arrives as a whole: ISA-L forgets the sum between calls. No known program
// writes one.
TEST(Gunzip, ChecksTheChecksumOfTheHeader) {
  const std::string text = some_text(100);
  const std::string rest = deflate(text) + gzip_trailer(text);
  const auto right = inflate(header_with_crc(0) + rest);
  ASSERT_TRUE(right.has_value());
  EXPECT_EQ(*right, text);
  const auto wrong = inflate(header_with_crc(1) + rest);
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().message(), "decompressing profile: gzip checksum is wrong");
}

TEST(Gunzip, TellsTruncationAtEveryByte) {
  const std::string text = some_text(700);
  const std::string two = gzip(text) + gzip(text);
  const std::size_t whole = gzip(text).size();
  for (std::size_t size = 0; size < two.size(); ++size) {
    for (const std::size_t step : {std::size_t{1}, SIZE_MAX}) {
      const auto result = inflate(two.substr(0, size), step);
      ASSERT_EQ(result.has_value(), size == whole) << size;
      if (result) continue;
      ASSERT_EQ(result.error().code(), ErrorCode::Truncated) << size;
      ASSERT_EQ(result.error().message(), "decompressing profile: unexpected EOF");
    }
  }
}

TEST(Gunzip, SurvivesEveryFlippedBit) {
  const std::string text = some_text(300);
  const std::string good = gzip(text);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    const auto result = inflate(bad);
    if (!result) continue;
    EXPECT_EQ(*result, text) << "bit " << bit;  // Of the time, the system, ...
  }
}

TEST(Gunzip, KeepsTheLimits) {
  const std::string zeros(4 << 20, '\0');
  const std::string bomb = gzip(zeros);
  Limits limits;
  limits.inflate_ratio_floor = 1 << 20;
  const auto ratio = inflate(bomb, SIZE_MAX, limits);
  ASSERT_FALSE(ratio.has_value());
  EXPECT_EQ(ratio.error().code(), ErrorCode::LimitExceeded);
  EXPECT_EQ(ratio.error().message(),
            "inflates to more than 600 times its size, as no profile does");

  limits = {};
  limits.inflated_bytes = zeros.size() - 1;
  const auto size = inflate(bomb, SIZE_MAX, limits);
  ASSERT_FALSE(size.has_value());
  EXPECT_EQ(size.error().code(), ErrorCode::LimitExceeded);
  EXPECT_EQ(size.error().message(), "inflates to more than 4194303 bytes");

  limits.inflated_bytes = zeros.size();
  EXPECT_TRUE(inflate(bomb, SIZE_MAX, limits).has_value());
}

TEST(Gunzip, PassesErrorsOfTheSourceOn) {
  auto source = std::make_unique<StepSource>(gzip(some_text(1000)).substr(0, 50), 10,
                                             Error(ErrorCode::Io, "connection reset"));
  GunzipSource inflated(std::move(source), {});
  const auto result = read_all(inflated, UINT64_MAX);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), ErrorCode::Io);
  EXPECT_EQ(result.error().message(), "connection reset");
}

TEST(Gunzip, InflatesAllThatCameOfASourceThatBreaksOff) {
  const std::string text = some_text(1000);
  const std::string whole = gzip(text, 0);  // Stored: as much comes out as went in.
  const Error broken(ErrorCode::Truncated, "connection closed");
  for (const std::size_t size : {std::size_t{50}, whole.size() / 2, whole.size()}) {
    GunzipSource inflated(std::make_unique<StepSource>(whole.substr(0, size), 10, broken), {});
    CutSource cut(inflated);
    const auto result = read_all(cut, UINT64_MAX);
    ASSERT_TRUE(result.has_value());
    EXPECT_GT(result->size() + 30, size);
    EXPECT_TRUE(text.starts_with(*result));
    ASSERT_TRUE(cut.reason());
    EXPECT_EQ(cut.reason()->message(), "connection closed");
  }
}

TEST(Gunzip, RewindsFromAnywhere) {
  const std::string text = some_text(5000);
  GunzipSource source(std::make_unique<OwnedSource>(gzip(text) + gzip(text)), {});
  std::string buffer(900, '\0');
  for (int reads = 0; reads < 14; ++reads) {
    for (int i = 0; i < reads; ++i) ASSERT_TRUE(source.read(buffer).has_value());
    ASSERT_TRUE(source.can_rewind());
    ASSERT_TRUE(source.rewind());
    const auto again = read_all(source, UINT64_MAX);
    ASSERT_TRUE(again.has_value());
    ASSERT_EQ(*again, text + text);
    ASSERT_TRUE(source.rewind());
  }
}

TEST(Gunzip, CannotRewindAPipe) {
  GunzipSource source(std::make_unique<test::PipeSource>(gzip("x")), {});
  EXPECT_FALSE(source.can_rewind());
  EXPECT_FALSE(source.rewind());
  EXPECT_EQ(*read_all(source, 10), "x");
}

TEST(Gunzip, IsToldByTwoBytes) {
  EXPECT_TRUE(looks_like_gzip("\x1f\x8b"sv));
  EXPECT_TRUE(looks_like_gzip(gzip("x")));
  EXPECT_FALSE(looks_like_gzip("\x1f"sv));
  EXPECT_FALSE(looks_like_gzip(""sv));
  EXPECT_FALSE(looks_like_gzip("\x1f\x8c"sv));
}

}  // namespace
}  // namespace plumb
