// SPDX-License-Identifier: Apache-2.0
#include "base/text_encoding.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "support/step_source.h"

namespace plumb {
namespace {

using namespace std::string_literals;

// `text` of ASCII, little endian.
std::string wide(std::string_view text) {
  std::string bytes;
  for (const char c : text) bytes += {c, '\0'};
  return bytes;
}

struct DecodeCase {
  const char* name;
  std::string bytes;
  TextEncoding encoding;
  std::string text;
};

const DecodeCase kCases[] = {
    {"a mark of UTF-8", "\xef\xbb\xbfgoroutine", TextEncoding::MarkedUtf8, "goroutine"},
    {"nothing but a mark", "\xef\xbb\xbf", TextEncoding::MarkedUtf8, ""},
    {"little endian", "\xff\xfeg\0o\0\n\0"s, TextEncoding::Utf16Le, "go\n"},
    {"big endian", "\xfe\xff\0g\0o"s, TextEncoding::Utf16Be, "go"},
    {"without a mark", wide("goroutine 1 [running]:") + "\x3d\xd8\0\xde"s, TextEncoding::Utf16Le,
     "goroutine 1 [running]:\xf0\x9f\x98\x80"},
    {"two and three bytes", "\xff\xfe\xe9\0\xac\x20"s, TextEncoding::Utf16Le,
     "\xc3\xa9\xe2\x82\xac"},
    {"halves of pairs", "\xff\xfe\0\xde\x3d\xd8\x3d\xd8\0\xde\x3d\xd8"s, TextEncoding::Utf16Le,
     "\xef\xbf\xbd\xef\xbf\xbd\xf0\x9f\x98\x80\xef\xbf\xbd"},
    {"half a unit at the end", "\xff\xfeg\0o"s, TextEncoding::Utf16Le, "g\xef\xbf\xbd"},
};

TEST(TextEncoding, IsDecodedWhateverTheBlocks) {
  for (const DecodeCase& c : kCases) {
    SCOPED_TRACE(c.name);
    ASSERT_EQ(find_text_encoding(c.bytes), c.encoding);
    for (const std::size_t step : {std::size_t{1}, std::size_t{3}, SIZE_MAX}) {
      Utf8Source source(std::make_unique<test::StepSource>(c.bytes, step), c.encoding);
      for (int round = 0; round < 2; ++round) {
        const auto text = read_all(source, 1000);
        ASSERT_TRUE(text);
        EXPECT_EQ(*text, c.text);
        EXPECT_TRUE(source.rewind());
      }
    }
  }
}

TEST(TextEncoding, OfOtherInputsIsPlain) {
  const std::string inputs[] = {"",
                                "goroutine 1 [running]:\n",
                                "g\0o\0"s,
                                std::string(64, '\0'),
                                "\x0a\x04\x08\x01\x10\x02\x0a\x04"s,
                                "\n\0\0\0 \0\0\0\n\0\0\0 \0\0\0"s};
  for (const std::string& input : inputs) {
    EXPECT_EQ(find_text_encoding(input), TextEncoding::Plain) << input;
  }
}

}  // namespace
}  // namespace plumb
