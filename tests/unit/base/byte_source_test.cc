// SPDX-License-Identifier: Apache-2.0
#include "base/byte_source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

#include "support/step_source.h"
#include "support/temporary_directory.h"

namespace plumb {
namespace {

using test::PipeSource;
using test::StepSource;

constexpr std::uint64_t kNoLimit = UINT64_MAX;

std::string everything(ByteSource& source) {
  auto bytes = read_all(source, kNoLimit);
  return bytes ? *bytes : "error: " + bytes.error().describe();
}

// A file that is removed with it.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view text) : path_(directory_.write("bytes", text)) {}
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  const test::TemporaryDirectory directory_;
  std::string path_;
};

TEST(MemorySource, ReadsAgainAfterRewind) {
  MemorySource source("abcdef");
  std::array<char, 4> buffer;
  ASSERT_EQ(*source.read(buffer), 4U);
  EXPECT_EQ(std::string_view(buffer.data(), 4), "abcd");
  ASSERT_EQ(*source.read(buffer), 2U);
  EXPECT_EQ(*source.read(buffer), 0U);
  EXPECT_EQ(*source.read(buffer), 0U);
  EXPECT_TRUE(source.can_rewind());
  EXPECT_TRUE(source.rewind());
  EXPECT_EQ(everything(source), "abcdef");
}

TEST(MemorySource, MayBeEmpty) {
  MemorySource nothing(std::string_view{});
  EXPECT_EQ(everything(nothing), "");
}

TEST(OwnedSource, OwnsShortAndLongBytes) {
  for (const std::size_t size : {std::size_t{3}, std::size_t{100'000}}) {
    const auto source = std::make_unique<OwnedSource>(std::string(size, 'x'));
    EXPECT_EQ(everything(*source), std::string(size, 'x'));
    EXPECT_TRUE(source->can_rewind());
    EXPECT_TRUE(source->rewind());
    EXPECT_EQ(everything(*source).size(), size);
  }
}

TEST(FileSource, ReadsAFileTwice) {
  const TemporaryFile file("some bytes");
  auto source = FileSource::open(file.path());
  ASSERT_TRUE(source.has_value());
  EXPECT_EQ(everything(**source), "some bytes");
  EXPECT_TRUE((*source)->can_rewind());
  EXPECT_EQ(everything(**source), "") << "asking does not rewind";
  EXPECT_TRUE((*source)->rewind());
  EXPECT_EQ(everything(**source), "some bytes");
}

TEST(FileSource, ReadsAPipeOnce) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  FileSource source(ends[0]);
  ASSERT_EQ(write(ends[1], "abc", 3), 3);
  close(ends[1]);
  EXPECT_FALSE(source.can_rewind());
  EXPECT_EQ(everything(source), "abc");
  EXPECT_FALSE(source.rewind());
}

TEST(FileSource, SaysWhyThereIsNone) {
  const auto missing = FileSource::open("/no/such/file");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code(), ErrorCode::NotFound);
  EXPECT_EQ(missing.error().message(), "no such file or directory");

  const auto directory = FileSource::open("/");
  ASSERT_FALSE(directory.has_value());
  EXPECT_EQ(directory.error().code(), ErrorCode::Io);
  EXPECT_EQ(directory.error().message(), "is a directory");
}

TEST(FileSource, ReportsErrorsOfReading) {
  FileSource closed(-1);
  std::array<char, 4> buffer;
  const auto count = closed.read(buffer);
  ASSERT_FALSE(count.has_value());
  EXPECT_EQ(count.error().code(), ErrorCode::Io);
  EXPECT_FALSE(closed.can_rewind());
  EXPECT_FALSE(closed.rewind());
}

TEST(ReplaySource, PutsTheHeadBack) {
  const std::string text = "0123456789";
  for (std::size_t head = 0; head <= text.size(); ++head) {
    for (const std::size_t step : {1U, 3U, 100U}) {
      auto rest = std::make_unique<StepSource>(text, step);
      std::string taken(head, '\0');
      for (std::size_t have = 0; have < head;) {
        have += *rest->read(std::span(taken).subspan(have));
      }
      ReplaySource replay(taken, std::move(rest));
      EXPECT_EQ(everything(replay), text);
      ASSERT_TRUE(replay.rewind());
      EXPECT_EQ(everything(replay), text) << "the head stands there twice after a rewind";
    }
  }
}

TEST(ReplaySource, LeavesTheRestAloneWhereNothingWasRead) {
  auto rest = std::make_unique<StepSource>("abcdef");
  StepSource& inner = *rest;
  std::array<char, 2> head{};
  ASSERT_EQ(*inner.read(head), 2U);
  ReplaySource replay("ab", std::move(rest));
  EXPECT_TRUE(replay.can_rewind());
  EXPECT_TRUE(replay.rewind());
  EXPECT_EQ(inner.rewinds(), 0);
  ASSERT_EQ(*replay.read(std::span(head).first(1)), 1U);
  EXPECT_TRUE(replay.rewind());
  EXPECT_EQ(inner.rewinds(), 1);
  EXPECT_EQ(everything(replay), "abcdef");
}

TEST(ReplaySource, CannotRewindAPipe) {
  auto pipe = std::make_unique<PipeSource>("cdef");
  ReplaySource replay("ab", std::move(pipe));
  EXPECT_FALSE(replay.can_rewind());
  EXPECT_FALSE(replay.rewind());
  EXPECT_EQ(everything(replay), "abcdef");
}

TEST(ReadAll, StopsAtTheLimit) {
  const std::string text(1'000'000, 'x');
  MemorySource fits(text);
  EXPECT_TRUE(read_all(fits, text.size()).has_value());
  MemorySource larger(text);
  const auto bytes = read_all(larger, text.size() - 1);
  ASSERT_FALSE(bytes.has_value());
  EXPECT_EQ(bytes.error().code(), ErrorCode::LimitExceeded);
  EXPECT_EQ(bytes.error().message(), "input is larger than 999999 bytes");
}

TEST(ReadAll, PassesErrorsOn) {
  StepSource source("abc", 1, Error(ErrorCode::Io, "connection reset"));
  EXPECT_EQ(everything(source), "error: connection reset");
}

}  // namespace
}  // namespace plumb
