// SPDX-License-Identifier: Apache-2.0
// Runs every tests/golden/cases/*.golden in this process and compares the whole transcript.
//
// A case is a transcript a reader can follow:
//
//   # Why this case exists.
//   $ plumb top -nodecount=2 tests/data/go-samples/go1.26dev/heap.pb.gz
//   < ...a line for the shell to read...
//   ...standard output...
//   --- stderr          (only if anything was written there)
//   ...standard error...
//   --- exit 2          (only if not 0)
//
// Words with blanks stand in 'single quotes'. After an intended change:
//   PLUMB_UPDATE_GOLDEN=1 ctest -R Golden
// and review the difference.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli.h"
#include "base/strings.h"
#include "base/writer.h"
#include "support/read_file.h"

namespace plumb::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCases = "tests/golden/cases";

struct Case {
  std::string preamble;  // Comment lines and the command line, kept verbatim.
  std::vector<std::string> words;
  std::string lines;  // Of standard input.
  std::string expected;
};

// Splits at blanks outside of single quotes.
std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  bool in_word = false;
  bool in_quotes = false;
  for (const char c : line) {
    if (c == ' ' && !in_quotes) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == '\'') {
      in_quotes = !in_quotes;
    } else {
      words.back() += c;
    }
  }
  return words;
}

Case parse_case(std::string_view text) {
  Case result;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    result.preamble += std::string(line) + '\n';
    if (!consume_prefix(line, "$ plumb")) continue;
    result.words = split_words(line);
    break;
  }
  while (text.starts_with("< ") || text.starts_with("<\n")) {
    std::string_view line = take_until(text, '\n');
    result.preamble += std::string(line) + '\n';
    result.lines += std::string(line.substr(std::min<std::size_t>(2, line.size()))) + '\n';
  }
  result.expected = text;
  return result;
}

std::string run_transcript(const Case& golden) {
  const std::vector<std::string_view> words(golden.words.begin(), golden.words.end());
  StringWriter out;
  StringWriter err;
  TextLines lines(golden.lines);
  Environment environment{out, err};
  environment.lines = &lines;
  const Exit exit = run(words, environment);
  std::string transcript = out.text();
  if (!err.text().empty()) transcript += "--- stderr\n" + err.text();
  if (exit != Exit::Ok) transcript += "--- exit " + std::to_string(static_cast<int>(exit)) + '\n';
  return transcript;
}

class Golden : public testing::TestWithParam<fs::path> {
 protected:
  void SetUp() override {
    setenv("TZ", "UTC", 1);  // Headers show local time.
  }
};

TEST_P(Golden, TranscriptMatches) {
  const Case golden = parse_case(test::read_file(GetParam()));
  ASSERT_TRUE(golden.preamble.starts_with("# ")) << "a case starts with the reason why it exists";
  const std::string actual = run_transcript(golden);
  if (std::getenv("PLUMB_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(GetParam(), std::ios::binary) << golden.preamble << actual;
    return;
  }
  EXPECT_EQ(golden.expected, actual);
}

std::vector<fs::path> all_cases() {
  std::vector<fs::path> paths;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(kCases, ignored)) {
    if (entry.path().extension() == ".golden") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, testing::ValuesIn(all_cases()),
                         [](const auto& test) { return test.param.stem().string(); });

}  // namespace
}  // namespace plumb::cli
