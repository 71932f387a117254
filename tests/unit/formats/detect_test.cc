// SPDX-License-Identifier: Apache-2.0
#include "formats/detect.h"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "support/read_file.h"

namespace plumb {
namespace {

using namespace std::string_literals;

std::string gzip(std::string_view bytes) {
  libdeflate_compressor* const compressor = libdeflate_alloc_compressor(1);
  std::string out(libdeflate_gzip_compress_bound(compressor, bytes.size()), '\0');
  out.resize(
      libdeflate_gzip_compress(compressor, bytes.data(), bytes.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

// A source that can be read only once, a byte at a time.
class PipeSource final : public ByteSource {
 public:
  explicit PipeSource(std::string bytes) : source_(std::move(bytes)) {}
  Result<std::size_t> read(std::span<char> buffer) override {
    return source_.read(buffer.first(std::min<std::size_t>(buffer.size(), 1)));
  }

 private:
  OwnedSource source_;
};

template <typename Source = OwnedSource>
Result<ReadInput> read(std::string bytes) {
  auto detected = detect(std::make_unique<Source>(std::move(bytes)), {});
  if (!detected) return std::move(detected).error();
  return read_detected(*std::move(detected), {});
}

std::int64_t count_of(const Content& content) {
  if (const auto* dump = std::get_if<GoroutineDump>(&content)) {
    return static_cast<std::int64_t>(dump->goroutine_count);
  }
  const auto& profile = std::get<Profile>(content);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) sum += profile.values(i)[0];
  return sum;
}

struct GoodCase {
  const char* file;
  std::string_view format;
  std::int64_t count;  // Of goroutines, or the sum of the first values.
};

constexpr GoodCase kGoodCases[] = {
    {"go-samples/go1.26dev/goroutine.debug0.pb.gz", kProfileProtoFormat, 172},
    {"go-samples/go1.26dev/goroutine.debug1.txt", "count profile text (debug=1)", 173},
    {"go-samples/go1.26dev/goroutine.debug2.txt", "goroutine dump", 173},
    {"go-samples/go1.26dev/heap.debug1.txt", "heap profile text", 6516},
    {"go-samples/go1.26dev/mutex.debug1.txt", "contention profile text", 558},
    {"go-samples/go1.26dev/block.debug1.txt", "contention profile text", 719},
    {"legacy/heapz.txt", "heap profile text", 31327},
    {"legacy/contentionz.txt", "contention profile text", 3200},
    {"legacy/threadz.txt", "thread text", 4},
    {"legacy/cpu.prof", "CPU profile of gperftools", 79},
    {"legacy/java_cpu.prof", "CPU profile of gperftools", 9},
    {"legacy/java_heap.txt", "Java profile text", 517},
    {"legacy/java_contention.txt", "Java profile text", 900},
};

TEST(Detect, TellsFormatsByContentInAnyWrapping) {
  for (const GoodCase& c : kGoodCases) {
    const std::string bytes = test::read_test_data(c.file);
    ASSERT_FALSE(bytes.empty()) << c.file;
    const std::pair<const char*, Result<ReadInput>> inputs[] = {
        {"as recorded", read(bytes)},
        {"compressed", read(gzip(bytes))},
        {"from a pipe", read<PipeSource>(bytes)},
        {"compressed from a pipe", read<PipeSource>(gzip(bytes))},
    };
    for (const auto& [how, input] : inputs) {
      SCOPED_TRACE(std::string(c.file) + ' ' + how);
      ASSERT_TRUE(input) << input.error().describe();
      EXPECT_EQ(input->format->name, c.format);
      EXPECT_EQ(count_of(input->content), c.count);
    }
  }
}

TEST(Detect, ADumpMayStartAnywhereInText) {
  const std::string dump = "goroutine 1 [select]:\nmain.main()\n\t/a.go:1 +0x1\n";
  const std::string in_front[] = {
      "2026/11/22 starting\n",          "\n\n",
      "<14>Nov 22 host app: hello\n",   "{\"level\":\"info\"}\n",
      std::string(200'000, 'x') + '\n', "a hole in the log:" + std::string(100, '\0') + "\n\n",
  };
  for (const std::string& text : in_front) {
    SCOPED_TRACE(text.substr(0, 30));
    // A pipe gives one chance only, so nothing else may have tried first.
    const auto input = read<PipeSource>(text + dump);
    if (text.size() < kHeadBytes) {
      ASSERT_TRUE(input) << input.error().message();
      EXPECT_EQ(count_of(input->content), 1);
    }
    const auto again = read(text + dump);
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(count_of(again->content), 1);
  }
}

struct ForeignCase {
  const char* name;
  std::string bytes;
  const char* looks_like;
};

TEST(Detect, SaysWhatAnInputIsThatItCannotRead) {
  const std::string elf =
      "\x7f"
      "ELF\2\1\1" +
      std::string(9, '\0');
  const ForeignCase cases[] = {
      {"program", elf + "\3\0>\0"s, "a program (ELF)"},
      {"program of macOS", "\xcf\xfa\xed\xfe\x0c\0\0\1"s, "a program (Mach-O)"},
      {"program of Windows", "MZ" + std::string(0x3a, '\0') + "\x40\0\0\0PE\0\0"s,
       "a program (PE)"},
      {"core", elf + "\4\0>\0"s, "a core file"},
      {"trace", "go 1.26 trace\0\0\0\1\2"s, "an execution trace of Go"},
      {"perf.data", "PERFILE2\0\0\0"s, "perf.data of Linux perf"},
      {"zstd", "\x28\xb5\x2f\xfd\0\0"s, "compressed data other than gzip"},
      {"zip", "PK\3\4\0\0"s, "compressed data other than gzip"},
      {"gzip by PowerShell 7", "\x1f\xef\xbf\xbd\x08\1"s,
       "a gzip file that was changed as if it were text"},
      {"gzip by PowerShell 5", "\xff\xfe\x1f\0\xef\0\x08\0\1\0"s,
       "a gzip file that was changed as if it were text"},
      {"crash", "started\npanic: outer\n[recovered]\n",
       "a crash of a Go program without its goroutines"},
      {"fatal error", "fatal error: all goroutines are asleep - deadlock!\n",
       "a crash of a Go program without its goroutines"},
      {"page", test::read_test_data("app/index.html"), "HTML"},
      {"page with a type", "\n <!DOCTYPE html><html>", "HTML"},
      {"object", "{\"a\":1}", "JSON"},
      {"array", " [1,2]", "JSON"},
  };
  for (const ForeignCase& c : cases) {
    SCOPED_TRACE(c.name);
    for (const std::string& bytes : {c.bytes, gzip(c.bytes)}) {
      const auto input = read(bytes);
      ASSERT_FALSE(input);
      EXPECT_EQ(input.error().code(), ErrorCode::NotRecognized);
      const std::string start =
          "unrecognized profile format: this looks like " + std::string(c.looks_like) + "; ";
      EXPECT_TRUE(input.error().message().starts_with(start)) << input.error().message();
      EXPECT_GT(input.error().message().size(), start.size());  // Advice follows.
    }
  }
}

TEST(Detect, ShowsTheStartOfTextWithoutGoroutines) {
  const auto input = read("# comment\nUnknown profile\x1b[31m\nmore\n");
  ASSERT_FALSE(input);
  EXPECT_EQ(input.error().message(),
            "unrecognized profile format: there is no goroutine in this text, which starts "
            "\"Unknown profile\\x1b[31m\"");
}

TEST(Detect, AnEmptyInputIsSaidToBeEmpty) {
  for (const std::string& bytes : {std::string(), gzip("")}) {
    const auto input = read(bytes);
    ASSERT_FALSE(input);
    EXPECT_EQ(input.error().message(), "empty input file");
  }
}

// The words of the header, highest byte first, are fields of number 0 as well, and "@\0" and
// "\x12\0" behind them fields of a profile.proto.
TEST(Detect, ALegacyProfileThatReadsLikeAProtoIsLegacy) {
  std::string bytes = "\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\1\0\0\0\0"s;  // A period of 1 us.
  bytes += "\0\0\0\2\0\0\0\1\0\0\x40\0"s;                           // 2 at 0x4000,
  bytes += "\0\0\0\0\0\0\0\1\0\0\0\0"s;                             // and the end.
  const auto input = read(bytes);
  ASSERT_TRUE(input) << input.error().message();
  EXPECT_EQ(input->format->name, "CPU profile of gperftools");
}

TEST(Detect, BytesOfNoFormatAreRefusedPlainly) {
  const auto input = read("\xff\0\xff\0\xff\0\1\2\3"s);
  ASSERT_FALSE(input);
  EXPECT_EQ(input.error().code(), ErrorCode::NotRecognized);
}

TEST(Detect, EveryRowHasAReaderOrAdvice) {
  for (const Format& format : formats()) {
    SCOPED_TRACE(format.name);
    EXPECT_NE(format.matches, nullptr);
    EXPECT_EQ(format.read == nullptr, !format.advice.empty());
    EXPECT_FALSE(format.advice.ends_with('.'));
  }
}

TEST(Detect, CutGzipOfGoroutinesIsReadAsFarAsItGoes) {
  for (const char* file : {"goroutine.debug1.txt", "goroutine.debug2.txt"}) {
    SCOPED_TRACE(file);
    const std::string whole =
        gzip(test::read_test_data("go-samples/go1.26dev/" + std::string(file)));
    const auto input = read(whole.substr(0, whole.size() / 2));
    ASSERT_TRUE(input) << input.error().describe();
    EXPECT_GT(count_of(input->content), 0);
    EXPECT_LT(count_of(input->content), 173);
    const std::vector<Loss>& losses =
        std::visit([](const auto& content) { return std::cref(content.losses); }, input->content);
    EXPECT_TRUE(std::ranges::any_of(losses, [](const Loss& loss) {
      return loss.what == "end of the input: decompressing profile: unexpected EOF";
    }));
  }
}

TEST(Detect, CutGzipOfAnythingElseIsAnError) {
  for (const char* file : {"goroutine.debug0.pb.gz", "heap.debug1.txt", "mutex.debug1.txt"}) {
    SCOPED_TRACE(file);
    const std::string whole =
        gzip(test::read_test_data("go-samples/go1.26dev/" + std::string(file)));
    for (const std::size_t size : {std::size_t{5}, whole.size() / 2, whole.size() - 1}) {
      const auto input = read(whole.substr(0, size));
      ASSERT_FALSE(input);
      EXPECT_EQ(input.error().message(), "decompressing profile: unexpected EOF");
    }
  }
}

// As PowerShell and cmd /u write it.
TEST(Detect, TextMayBeUtf16) {
  for (const char* file : {"goroutine.debug1.txt", "goroutine.debug2.txt"}) {
    SCOPED_TRACE(file);
    const std::string text = test::read_test_data("go-samples/go1.26dev/" + std::string(file));
    std::string little;
    std::string big;
    for (const char c : text) {
      little += {c, '\0'};
      big += {'\0', c};
    }
    const std::string cases[] = {little, big, "\xff\xfe" + little, "\xfe\xff" + big,
                                 "\xef\xbb\xbf" + text};
    for (const std::string& bytes : cases) {
      for (const auto& input : {read(bytes), read<PipeSource>(gzip(bytes))}) {
        ASSERT_TRUE(input) << input.error().describe();
        EXPECT_EQ(count_of(input->content), 173);
        EXPECT_EQ(input->format->name, read(text)->format->name);
      }
    }
  }
}

TEST(Detect, EveryPrefixOfEveryFormatIsReadOrRefused) {
  for (const GoodCase& c : kGoodCases) {
    const std::string bytes = test::read_test_data(c.file).substr(0, 1500);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      const auto input = read(bytes.substr(0, length));
      if (input) continue;
      EXPECT_FALSE(input.error().message().empty()) << c.file << ' ' << length;
    }
  }
}

}  // namespace
}  // namespace plumb
