// SPDX-License-Identifier: Apache-2.0
#include "base/gzip_writer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "base/gunzip.h"

namespace plumb {
namespace {

std::string round_trip(const std::string& text, std::size_t part) {
  StringWriter out;
  GzipWriter gzip(out);
  for (std::size_t at = 0; at < text.size(); at += part) gzip << text.substr(at, part);
  gzip.finish();
  EXPECT_TRUE(looks_like_gzip(out.text()));
  GunzipSource source(std::make_unique<OwnedSource>(out.text()), {});
  auto back = read_all(source, 100'000'000);
  return back ? *back : "error: " + back.error().describe();
}

TEST(GzipWriter, IsReadBack) {
  std::string text;
  for (std::uint64_t i = 0; i < 300'000; ++i) text += std::to_string(i * 7919) + ' ';
  EXPECT_EQ(round_trip(text, 100'000), text);
  EXPECT_EQ(round_trip(text, 7), text);
}

TEST(GzipWriter, CompressesWhatRepeats) {
  StringWriter out;
  GzipWriter gzip(out);
  gzip << std::string(1'000'000, 'a');
  gzip.finish();
  EXPECT_LT(out.text().size(), 20'000U);
}

TEST(GzipWriter, WritesAnEmptyMember) {
  EXPECT_EQ(round_trip("", 1), "");
}

}  // namespace
}  // namespace plumb
