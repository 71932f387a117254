// SPDX-License-Identifier: Apache-2.0
#include "formats/count_text_scan.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/scan.h"

namespace plumb {
namespace {

// The definition, byte by byte: where the comments end, and how many newlines come before.
struct Expected {
  std::size_t last_newline;  // text.size(): not found.
  std::uint64_t newlines = 0;
};

Expected find_naively(const std::string& text) {
  Expected expected{text.size()};
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '\n') continue;
    if (text[i + 1] != '#') return expected.last_newline = i, expected;
    ++expected.newlines;
  }
  return expected;
}

TEST(CountTextScan, AgreesWithTheDefinitionInEveryInstructionSet) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (std::size_t size = random() % 300 + 1; text.size() < size;) {
      text += random() % 40 == 0 ? "\n\n" : random() % 4 == 0 ? "\n#" : "x#";
    }
    const std::size_t from = random() % text.size();
    const Expected expected = find_naively(text.substr(from));
    // What stands behind the end must not be seen.
    const std::string slack = text + std::string(kScanSlackBytes, round % 2 == 0 ? '\n' : '#');
    const char* const end = slack.data() + text.size();
    for (const Isa isa : {Isa::Plain, active_isa()}) {
      const CommentRun run = find_comments_end(slack.data() + from, end, isa);
      const char* const at = slack.data() + from + expected.last_newline;
      ASSERT_EQ(run.last_newline, at == end ? nullptr : at) << round;
      ASSERT_EQ(run.newlines, expected.newlines) << round;
    }
  }
}

}  // namespace
}  // namespace plumb
