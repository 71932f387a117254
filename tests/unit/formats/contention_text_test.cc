// SPDX-License-Identifier: Apache-2.0
#include "formats/contention_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/describe_samples.h"
#include "support/read_file.h"
#include "unit/formats/refusals.h"

namespace plumb {
namespace {

using test::describe_samples;

Result<Profile> read(std::string_view text, const ReadOptions& options = {}) {
  MemorySource source(text);
  return read_contention_text(source, options);
}

struct Recorded {
  std::string_view path;
  std::size_t samples;
  std::string_view first;
};

constexpr Recorded kRecorded[] = {
    {"go1.19/mutex.debug1.txt", 2,
     "570 3405881693 sync.(*Mutex).Unlock /usr/lib/go-1.19/src/sync/mutex.go:223 < main.holdMutex "
     "/home/dev/leakdemo_______________/main.go:35 < main.main.func13 "
     "/home/dev/leakdemo_______________/main.go:94"},
    {"go1.19/block.debug1.txt", 4,
     "553 6511810150 sync.(*Mutex).Lock /usr/lib/go-1.19/src/sync/mutex.go:90 < main.holdMutex "
     "/home/dev/leakdemo_______________/main.go:33 < main.main.func13 "
     "/home/dev/leakdemo_______________/main.go:94"},
    {"go1.21/mutex.debug1.txt", 1,
     "530 3149995611 sync.(*Mutex).Unlock /home/dev/build____________/b/g121/src/sync/mutex.go:223 "
     "< main.holdMutex /home/dev/leakdemo_______________/main.go:35 < main.main.func13 "
     "/home/dev/leakdemo_______________/main.go:94"},
    {"go1.21/block.debug1.txt", 3,
     "527 6257363757 sync.(*Mutex).Lock /home/dev/build____________/b/g121/src/sync/mutex.go:90 < "
     "main.holdMutex /home/dev/leakdemo_______________/main.go:33 < main.main.func13 "
     "/home/dev/leakdemo_______________/main.go:94"},
    {"go1.23/mutex.debug1.txt", 2,
     "558 6637317212 sync.(*Mutex).Unlock sync/mutex.go:225 < main.holdMutex leaky/main.go:35 < "
     "main.main.func13 leaky/main.go:94"},
    {"go1.23/block.debug1.txt", 5,
     "551 6551124156 sync.(*Mutex).Lock sync/mutex.go:92 < main.holdMutex leaky/main.go:33 < "
     "main.main.func13 leaky/main.go:94"},
    {"go1.25.3-cockroachdb/mutex.debug1.txt", 4,
     "513 6456058548 sync.(*Mutex).Unlock sync/mutex.go:65 < main.holdMutex leaky/main.go:35 < "
     "main.main.func13 leaky/main.go:94"},
    {"go1.25.3-cockroachdb/block.debug1.txt", 4,
     "507 6382608198 sync.(*Mutex).Lock sync/mutex.go:46 < main.holdMutex leaky/main.go:33 < "
     "main.main.func13 leaky/main.go:94"},
    {"go1.26dev/mutex.debug1.txt", 4,
     "555 6283680818 sync.(*Mutex).Unlock sync/mutex.go:65 < main.holdMutex leaky/main.go:35 < "
     "main.main.func13 leaky/main.go:94"},
    {"go1.26dev/block.debug1.txt", 4,
     "552 6245041789 sync.(*Mutex).Lock sync/mutex.go:46 < main.holdMutex leaky/main.go:33 < "
     "main.main.func13 leaky/main.go:94"},
};

TEST(ContentionText, ReadsWhatEveryGoReleaseWrites) {
  for (const Recorded& recorded : kRecorded) {
    SCOPED_TRACE(recorded.path);
    const std::string text = test::read_test_data("go-samples/" + std::string(recorded.path));
    EXPECT_TRUE(looks_like_contention_text(text));
    const auto profile = read(text);
    ASSERT_TRUE(profile) << profile.error().message();
    EXPECT_EQ(test::describe_losses(profile->losses), "");
    EXPECT_EQ(profile->sample_count(), recorded.samples);
    EXPECT_EQ(test::describe_sample(*profile, 0), recorded.first);
    EXPECT_EQ(test::describe_types(*profile),
              "contentions/count delay/nanoseconds; period 1 contentions/count");
  }
}

struct Case {
  std::string_view name;
  std::string_view text;
  std::string_view described;
};

constexpr Case kCases[] = {
    {"cycles become nanoseconds", "--- mutex:\ncycles/second=2000000000\n6000 3 @ 0x5 0x6\n",
     "3 3000 4 < 5\n"},
    {"without the speed they stay", "--- contention:\n6000 3 @ 0x5\n", "3 6000 4\n"},
    {"both are scaled up by the period",
     "--- contentionz 1 ---\ncycles/second = 2000000000\nsampling period = 100\n"
     "ms since reset = 16502830\ndiscarded samples = 0\n  6000      3 @ 0x5 0x6\n",
     "300 300000 4 < 5\n"},
    {"a period that says nothing", "--- mutex:\ncycles/second=5\nsampling period=0\n6000 3 @ 0x5\n",
     "3 6000 4\n"},
    {"numbers of other bases",
     "--- mutex:\ncycles/second=0x77359400\nsampling period=010\n6000 3 @ 0x5\n", "24 24000 4\n"},
    {"no addresses", "--- mutex:\n6000 3 @\n", "3 6000\n"},
    {"one number is taken apart", "--- mutex:\n60003 @ 0x5\n", "3 6000 4\n"},
    {"text around a sample", "--- mutex:\na 1 b 6000 3 @ 0x5 then\n", "3 6000 4\n"},
    {"comments, blank lines, CR LF",
     "\n# x\n--- mutex:\r\n# y\r\n\r\ncycles/second=1000000000\r\n\r\n# z\r\n1 2 @ 0x5\r\n\r\n",
     "2 1 4\n"},
    {"another section ends the samples",
     "--- mutex:\n1 2 @ 0x5\n--- more ---\n--- Memory map: ---\n0x1-0x9 /bin/x\n", "2 1 4\n"},
    {"a section behind the attributes", "--- mutex:\n---\n", ""},
    {"sums that wrap as in Go",
     "--- mutex:\ncycles/second=1\nsampling period=9223372036854775807\n"
     "9223372036854775807 2 @ 0x5\n",
     "-2 -9223372036854775808 4\n"},
    {"symbols of Go: all frames but goexit",
     "--- mutex:\ncycles/second=1000000000\nsampling period=1\n10 2 @ 0x11 0x21 0x31\n"
     "#\t0x10\tsync.(*Mutex).Unlock+0x1\tsync/mutex.go:1\n#\t0x20\tmain.f+0x2\tf.go:2\n\n"
     "7 1 @ 0x11 0x31\n#\t0x10\tsync.(*Mutex).Unlock+0x1\tsync/mutex.go:1\n\n",
     "2 10 sync.(*Mutex).Unlock sync/mutex.go:1 < main.f f.go:2\n"
     "1 7 sync.(*Mutex).Unlock sync/mutex.go:1\n"},
    {"symbols of Go: a frame at the leaf without its line stays",
     "--- mutex:\n10 2 @ 0x11 0x21 0x31\n#\t0x20\tmain.f+0x2\tf.go:2\n\n",
     "2 10 10 < main.f f.go:2\n"},
    {"the last line lacks its end", "--- mutex:\n10 2 @ 0x11 0x21",
     "2 10 10\n1 record cut short @2\n"},
    {"the last line is no sample yet", "--- mutex:\n10 2", "1 record cut short @2\n"},
    {"lines of frames are missing",
     "--- mutex:\n10 2 @ 0x11 0x21 0x31\n#\t0x10\tmain.f+0x2\tf.go:2\n",
     "2 10 main.f f.go:2 < 20 < 30\n1 record cut short @3\n"},
    {"a section that is not known", "--- mutex:\n1 2 @ 0x5\n--- more ---\nwhat?\n",
     "2 1 4\n1 unreadable line @4\n"},
};

TEST(ContentionText, ReadsEveryFormOfALine) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_TRUE(looks_like_contention_text(c.text));
    const auto profile = read(c.text);
    ASSERT_TRUE(profile) << profile.error().message();
    EXPECT_EQ(describe_samples(*profile), c.described);
  }
}

TEST(ContentionText, KeepsTheHeaderAndTheMap) {
  const auto profile = read(
      "--- contentionz 1 ---\nsampling period = 100\nms since reset = 5\n1 1 @ 0x400011\n"
      "--- Memory map: ---\n  00400000-00fcb000: /bin/server\n");
  ASSERT_TRUE(profile) << profile.error().message();
  EXPECT_EQ(profile->period, 100);
  EXPECT_EQ(profile->duration_nanos, 5'000'000);
  EXPECT_EQ(test::describe_mappings(*profile), "400000-fcb000+0 /bin/server\n");
  EXPECT_EQ(profile->locations[0].mapping.index, 0u);
  EXPECT_NE(profile->text(profile->drop_frames).find("~MutexLock.*"), std::string_view::npos);
  EXPECT_EQ(profile->keep_frames.index, 0u);
}

constexpr test::Refusal kErrors[] = {
    {"empty", "", "no first line of a contention profile", ErrorCode::NotRecognized},
    {"another section", "--- heap:\n", "no first line of a contention profile",
     ErrorCode::NotRecognized},
    {"an unknown attribute", "--- mutex:\nfoo=1\n", "line 2: unknown attribute",
     ErrorCode::NotRecognized},
    {"an attribute of Java", "--- contentionz 2 ---\nformat=java\n", "line 2: unknown attribute",
     ErrorCode::NotRecognized},
    {"an attribute that is no number", "--- mutex:\ncycles/second=fast\n",
     "line 2: value is not a 64-bit number", ErrorCode::NotRecognized},
    {"a line that is no sample", "--- mutex:\n1 2 0x5\n",
     "line 2: malformed sample: 1 2 0x5: no delay, count and addresses", ErrorCode::Malformed},
    {"a number beyond 64 bits", "--- mutex:\n9223372036854775808 1 @ 0x5\n",
     "line 2: malformed sample: 9223372036854775808 1 @ 0x5: value out of range",
     ErrorCode::Malformed},
    {"a PC beyond 64 bits", "--- mutex:\n1 1 @ 0x10000000000000000\n",
     "line 2: malformed sample: 1 1 @ 0x10000000000000000: 0x10000000000000000 is no 64-bit number",
     ErrorCode::Malformed},
};

TEST(ContentionText, RefusesWhatPprofRefuses) {
  test::expect_refusals(kErrors, read);
}

TEST(ContentionText, LeavesJavasToItsReader) {
  EXPECT_FALSE(looks_like_contention_text("--- contentionz 1 ---\nformat = java\n"));
  EXPECT_FALSE(looks_like_contention_text("--- contentionz 1 ---\n\nresolution = us\n"));
  EXPECT_TRUE(
      looks_like_contention_text("--- contentionz 1 ---\nsampling period = 1\n1 2 @ 0x1\n"));
}

TEST(ContentionText, KeepsItsLimits) {
  ReadOptions options;
  options.limits.stack_frames = 2;
  const auto profile = read("--- mutex:\n1 8 @ 0x1 0x2 0x3\n", options);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().message(), "line 2: stack of more than 2 frames");
}

TEST(ContentionText, SurvivesEveryCut) {
  const std::string text = test::read_test_data("go-samples/go1.26dev/mutex.debug1.txt");
  EXPECT_EQ(test::find_bad_cut(text, 0, [](const std::string& cut) { return read(cut); }), "");
}

}  // namespace
}  // namespace plumb
