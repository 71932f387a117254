// SPDX-License-Identifier: Apache-2.0
#include "app/repetition.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "app/cli.h"
#include "base/writer.h"
#include "support/temporary_directory.h"

namespace plumb::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDump =
    "goroutine 1 [sleep]:\nmain.main()\n\t/srv/main.go:20 +0x2d\n\n"
    "goroutine 7 [chan send]:\nmain.send()\n\t/srv/main.go:27 +0x1d\n"
    "created by main.serve in goroutine 1\n\t/srv/main.go:9 +0x1d\n";
constexpr std::string_view kCounts =
    "goroutine profile: total 3\n3 @ 0x43a1e5 0x406dbd\n#\t0x43a1e4\tmain.work+0x2c\t/srv/w.go:1\n";

// "of" or "same file as of" for each source, by the names of files.
std::vector<std::string> repetitions(const std::vector<std::string>& sources) {
  std::vector<std::string> all;
  for (const auto& found : find_repetitions(sources)) {
    all.push_back(
        !found ? "" : (found->is_same_file ? "=" : "~") + fs::path(found->of).filename().string());
  }
  return all;
}

TEST(Repetition, IsOfTheFirstFileWithTheSameBytes) {
  const test::TemporaryDirectory directory;
  const std::string large(200'000, 'x');
  const std::string a = directory.write("a", large + "1");
  const std::string b = directory.write("b", large + "2");
  const std::string copy = directory.write("copy", large + "1");
  const std::string soft = directory.path("soft");
  const std::string hard = directory.path("hard");
  fs::create_symlink(a, soft);
  fs::create_hard_link(b, hard);
  const std::vector<std::string> sources = {
      a, b, "-", a, copy, soft, hard, copy, directory.path("missing"), directory.path()};
  const std::vector<std::string> expected = {"", "", "", "=a", "~a", "=a", "=b", "=copy", "", ""};
  EXPECT_EQ(repetitions(sources), expected);
}

// What plumb leaks says of the two files.
class RepeatedSnapshot : public testing::Test {
 protected:
  std::string leaks(std::vector<std::string_view> words) {
    StringWriter out;
    StringWriter err;
    Environment environment{out, err, false};
    words.insert(words.begin(), "leaks");
    EXPECT_EQ(run(words, environment), Exit::Ok) << err.text();
    return std::string(out.text());
  }

  // Writes two files, the second one a minute after the first.
  void write(std::string_view first, std::string_view second) {
    first_ = directory_.write("first.txt", first);
    second_ = directory_.write("second.txt", second);
    const auto now = fs::last_write_time(second_);
    fs::last_write_time(first_, now - std::chrono::minutes(1));
  }

  test::TemporaryDirectory directory_;
  std::string first_;
  std::string second_;
};

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_F(RepeatedSnapshot, OfTheSameFileIsNone) {
  write(kDump, kDump);
  const std::string twice = leaks({first_, first_});
  EXPECT_TRUE(holds(twice, "first.txt is named twice: it is one snapshot.\n")) << twice;
  EXPECT_FALSE(holds(twice, "2 snapshots")) << twice;
  const std::string link = directory_.path("link.txt");
  fs::create_symlink(first_, link);
  const std::string linked = leaks({"-every=1m", first_, link});
  EXPECT_TRUE(holds(linked, "link.txt is the same file as ")) << linked;
  EXPECT_FALSE(holds(linked, "2 snapshots")) << linked;
}

TEST_F(RepeatedSnapshot, OfTheSameBytesIsNone) {
  write(kDump, kDump);
  const std::string text = leaks({first_, second_});
  EXPECT_TRUE(holds(text, "second.txt has the same bytes as ")) << text;
  EXPECT_TRUE(holds(text, ": it is a copy and no second snapshot.\n")) << text;
  EXPECT_FALSE(holds(text, "2 snapshots")) << text;
}

// A program at rest has the same counts again.
TEST_F(RepeatedSnapshot, OfTheSameCountsMayBeOne) {
  write(kCounts, kCounts);
  const std::string apart = leaks({first_, second_});
  EXPECT_TRUE(holds(apart, "2 snapshots")) << apart;
  EXPECT_TRUE(holds(apart, ": it is a second snapshot only if it is no copy.\n")) << apart;
  fs::last_write_time(first_, fs::last_write_time(second_));
  EXPECT_FALSE(holds(leaks({first_, second_}), "2 snapshots"));
  EXPECT_TRUE(holds(leaks({"-every=1m", first_, second_}), "2 snapshots"));
}

TEST_F(RepeatedSnapshot, OfTheEarlierBuildIsTheFirstOfTheNextOne) {
  write(kDump, kDump);
  EXPECT_FALSE(holds(leaks({"-since=second", first_, second_}), "same bytes"));
}

}  // namespace
}  // namespace plumb::cli
