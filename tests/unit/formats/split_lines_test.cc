// SPDX-License-Identifier: Apache-2.0
// Lines that a container's log has in pieces are read as one.
#include "formats/split_lines.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/replace_all.h"
#include "base/strings.h"
#include "unit/formats/goroutine_reading.h"
#include "unit/formats/rewriting.h"

namespace plumb {
namespace {

struct Log {
  const char* name;
  std::string_view text;
  std::string_view lines;
};

constexpr Log kLogs[] = {
    {"Containerd", "1T stderr F a\n2T stderr P b\n3T stderr P c\n4T stderr F d\n5T stderr F e\n",
     "1T stderr F a\n2T stderr F bcd\n5T stderr F e\n"},
    {"BothStreams", "1T stderr P a\n2T stdout P b\n3T stdout F c\n4T stderr F d\n",
     "2T stdout F bc\n1T stderr F ad\n"},
    {"BreaksOff", "1T stderr P a\nx\n", "x\n1T stderr F a"},
    {"OtherText", "a stderr P b\n1T stderr P a\n", "a stderr P b\n1T stderr P a\n"},
    {"LastLineThatGoesOn", "1T stderr P a\n2T stdout P b\n3T stderr P c",
     "2T stdout F b\n1T stderr F ac"},
    {"Empty", "", ""},
};

TEST(SplitLines, AreJoined) {
  for (const Log& log : kLogs) EXPECT_EQ(rewritten<SplitLines>(log.text), log.lines) << log.name;
}

// CRI-O has pieces where the program wrote a line bit by bit.
TEST(SplitLines, AreThoseOfTheLinesAround) {
  const std::string text = read_sample("go1.19/crash/crash.sigquit.txt");
  std::string log;
  std::size_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view line = take_until(rest, '\n');
    for (; line.size() > 20 && ++number % 3 != 0; line.remove_prefix(20)) {
      log.append("2026-11-22T19:41:03Z stderr P ").append(line.substr(0, 20)).append("\n");
    }
    log.append("2026-11-22T19:41:03Z stderr F ").append(line).append("\n");
  }
  EXPECT_EQ(describe(dump_of(log)), describe(dump_of(text)));
}

TEST(SplitLines, OfDockerAreLong) {
  const std::string piece = std::string(std::size_t{16} << 10, 'x') + R"(\")";
  const std::string end = R"(b\n","stream":"stderr","time":"2"})";
  const std::string other = R"({"log":"c","stream":"stderr","time":"3"})";
  EXPECT_EQ(rewritten<SplitLines>(R"({"log":")" + piece + R"(","stream":"stderr","time":"1"})" +
                                  "\n{\"log\":\"" + end + '\n' + other),
            R"({"log":")" + piece + end + '\n' + other);
}

std::string escaped(std::string text) {
  text = replace_all(replace_all(std::move(text), "\\", "\\\\"), "\"", "\\\"");
  return replace_all(replace_all(std::move(text), "\t", "\\t"), "\n", "\\n");
}

TEST(SplitLines, HoldADump) {
  const std::string dump = read_sample("go1.23/goroutine.debug2.txt");
  const std::string record = R"({"msg":"boom","stack":")" + escaped(dump) + "\"}";
  std::string of_containerd = "2026-11-22T19:41:03Z stdout F start\n";
  std::string of_docker = R"({"log":"start\n","stream":"stdout","time":"x"})"
                          "\n";
  constexpr std::size_t kPiece = std::size_t{16} << 10;
  for (std::size_t at = 0; at < record.size(); at += kPiece) {
    const std::string piece = record.substr(at, kPiece);
    const bool is_last = at + kPiece >= record.size();
    of_containerd +=
        std::string("2026-11-22T19:41:03Z stdout ") + (is_last ? "F " : "P ") + piece + '\n';
    of_docker +=
        R"({"log":")" + escaped(piece) + (is_last ? "\\n" : "") + R"(","stream":"stdout"})" + '\n';
  }
  const std::uint64_t count = dump_of(dump).goroutine_count;
  for (const std::string& log : {of_containerd, of_docker}) {
    const GoroutineDump found = dump_of(log);
    EXPECT_EQ(found.goroutine_count, count);
    EXPECT_TRUE(found.losses.empty());
  }
}

}  // namespace
}  // namespace plumb
