// SPDX-License-Identifier: Apache-2.0
// The parser against profiles whose content is known because the test made them, fed in pieces of
// every size.

#include "formats/count_text_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/scan.h"

namespace plumb {
namespace {

struct Made {
  std::string text;      // Records, without the header.
  std::string expected;  // One line a sample: count, labels, symbol or address of each frame.
};

std::string hex(std::uint64_t value) {
  char text[20];
  std::snprintf(text, sizeof text, "%llx", static_cast<unsigned long long>(value));
  return text;
}

// Functions 0 to 4 are hidden at the leaf, 5 is never shown.
constexpr unsigned kFunctions = 60;
constexpr unsigned kHidden = 5;
constexpr unsigned kNeverShown = 5;

std::uint64_t pc_of(std::uint_fast32_t function) {
  return (function % 7 == 0 ? 0x55d0c0a10000u : 0x400000u) + 0x1a3u * function + 1;
}

std::string symbol_of(std::uint_fast32_t function) {
  return "pkg.F" + std::to_string(function) + " /src/f" + std::to_string(function % 9) +
         ".go:" + std::to_string(function + 10);
}

std::string frame_line(std::uint_fast32_t function) {
  return "#\t0x" + hex(pc_of(function) - 1) + "\t\tpkg.F" + std::to_string(function) +
         "+0x1f\t/src/f" + std::to_string(function % 9) + ".go:" + std::to_string(function + 10) +
         '\n';
}

void make_record(std::mt19937& random, Made& made, std::vector<bool>& shown,
                 std::vector<std::vector<std::uint_fast32_t>>& stacks) {
  const std::string count = std::to_string(random() % 1000 + 1);
  std::vector<std::uint_fast32_t> stack;
  for (std::uint_fast32_t depth = random() % 12; depth > 0; --depth)
    stack.push_back(random() % kFunctions);
  made.text += count + " @";
  for (const std::uint_fast32_t function : stack) made.text += " 0x" + hex(pc_of(function));
  made.text += '\n';
  made.expected += count;
  if (random() % 3 == 0) {
    const std::string value = "v" + std::to_string(random() % 5);
    made.text += "# labels: {\"key\":\"" + value + "\"}\n";
    made.expected += " key=" + value;
  }
  bool showing = false;
  for (const std::uint_fast32_t function : stack) {
    showing = showing || function > kHidden;
    if (!showing || function == kNeverShown) continue;
    made.text += frame_line(function);
    shown[function] = true;
  }
  made.text += '\n';
  made.expected += "\n";
  stacks.push_back(stack);
}

Made make_profile_text(std::uint32_t seed) {
  std::mt19937 random(seed);
  Made made;
  std::vector<bool> shown(kFunctions);
  std::vector<std::vector<std::uint_fast32_t>> stacks;
  for (std::uint_fast32_t records = random() % 40; records > 0; --records) {
    make_record(random, made, shown, stacks);
  }
  for (const auto& stack : stacks) {
    for (const std::uint_fast32_t function : stack) {
      made.expected += (shown[function] ? symbol_of(function) : hex(pc_of(function) - 1)) + '\n';
    }
    made.expected += '\n';
  }
  return made;
}

std::string describe(const Profile& profile) {
  std::string text;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    text += std::to_string(profile.values(i)[0]);
    for (const Label& label : profile.labels(i)) {
      text +=
          ' ' + std::string(profile.text(label.key)) + '=' + std::string(profile.text(label.str));
    }
    text += '\n';
  }
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    profile.read_stack(i, stack);
    for (const LocationId id : stack) {
      const Location& location = profile.location(id);
      for (const Line& line : profile.lines_of(location)) {
        const Function& function = profile.function(line.function);
        text += std::string(profile.text(function.name)) + ' ' +
                std::string(profile.text(function.file)) + ':' + std::to_string(line.line);
      }
      text += (location.line_count == 0 ? hex(location.address) : "") + '\n';
    }
    text += '\n';
  }
  return text;
}

// Feeds `text` in pieces of 1 to `max_piece` bytes, each with what the parser left of the last.
std::string parse_in_pieces(std::string_view text, std::size_t max_piece, std::uint32_t seed) {
  std::mt19937 random(seed);
  Profile profile;
  profile.sample_types.resize(1);
  const ReadOptions options;
  CountTextParser parser(profile, options, 2);
  std::string kept;
  do {
    const std::size_t size = std::min<std::size_t>(random() % max_piece + 1, text.size());
    kept += text.substr(0, size);
    text.remove_prefix(size);
    const std::string slack = kept + std::string(kScanSlackBytes, text.empty() ? '\0' : '#');
    const auto used = parser.consume({slack.data(), kept.size()}, text.empty());
    if (!used) return used.error().message();
    kept.erase(0, *used);
  } while (!text.empty());
  EXPECT_EQ(kept, "");
  for (const Loss& loss : profile.losses) ADD_FAILURE() << loss.what;
  return describe(profile);
}

TEST(CountTextParser, ReadsWhatWasWrittenHoweverItIsCut) {
  for (std::uint32_t seed = 0; seed < 150; ++seed) {
    const Made made = make_profile_text(seed);
    for (const std::size_t max_piece : {1u, 7u, 100u, 100'000u}) {
      ASSERT_EQ(parse_in_pieces(made.text, max_piece, seed), made.expected)
          << "seed " << seed << ", pieces of up to " << max_piece;
    }
  }
}

}  // namespace
}  // namespace plumb
