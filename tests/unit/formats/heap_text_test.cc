// SPDX-License-Identifier: Apache-2.0
#include "formats/heap_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "formats/heap_text_lines.h"
#include "formats/profile_proto.h"
#include "support/describe_profile.h"
#include "support/describe_samples.h"
#include "support/read_file.h"
#include "unit/formats/refusals.h"

namespace plumb {
namespace {

using test::describe_samples;

Result<Profile> read(std::string_view text, const ReadOptions& options = {}) {
  MemorySource source(text);
  return read_heap_text(source, options);
}

// --- Recorded profiles -------------------------------------------------------------------------

struct Recorded {
  std::string_view path;
  std::size_t samples;
  std::string_view most;  // The sample with the most bytes ever allocated.
};

constexpr Recorded kRecorded[] = {
    {"go1.19/heap.debug1.txt", 8,
     "2680 175687624 102 6692861 {bytes=65536} main.main.func14 "
     "/home/dev/leakdemo_______________/main.go:100"},
    {"go1.19/allocs.debug1.txt", 10,
     "2893 189631086 136 8923815 {bytes=65536} main.main.func14 "
     "/home/dev/leakdemo_______________/main.go:100"},
    {"go1.21/heap.debug1.txt", 6,
     "2033 133299498 136 8923815 {bytes=65536} main.main.func14 "
     "/home/dev/leakdemo_______________/main.go:100"},
    {"go1.21/allocs.debug1.txt", 9,
     "2110 138319145 42 2788692 {bytes=65536} main.main.func14 "
     "/home/dev/leakdemo_______________/main.go:100"},
    {"go1.23/heap.debug1.txt", 5,
     "2297 150589392 59 3904169 {bytes=65536} main.main.func14 leaky/main.go:100"},
    {"go1.23/allocs.debug1.txt", 7,
     "2425 158955469 85 5577384 {bytes=65536} main.main.func14 leaky/main.go:100"},
    {"go1.25.3-cockroachdb/heap.debug1.txt", 7,
     "2340 153378084 93 6135123 {bytes=65536} main.main.func14 leaky/main.go:100"},
    {"go1.25.3-cockroachdb/allocs.debug1.txt", 10,
     "2382 156166776 76 5019646 {bytes=65536} main.main.func14 leaky/main.go:100"},
    {"go1.26dev/heap.debug1.txt", 6,
     "2825 185169178 161 10597031 {bytes=65536} main.main.func14 leaky/main.go:100"},
    {"go1.26dev/allocs.debug1.txt", 8,
     "2936 192419778 59 3904169 {bytes=65536} main.main.func14 leaky/main.go:100"},
};

std::string find_most(const Profile& profile) {
  std::size_t most = 0;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    if (profile.values(i)[1] > profile.values(most)[1]) most = i;
  }
  return test::describe_sample(profile, most);
}

TEST(HeapText, ReadsWhatEveryGoReleaseWrites) {
  for (const Recorded& recorded : kRecorded) {
    SCOPED_TRACE(recorded.path);
    const std::string text = test::read_test_data("go-samples/" + std::string(recorded.path));
    EXPECT_TRUE(looks_like_heap_text(text));
    const auto profile = read(text);
    ASSERT_TRUE(profile) << profile.error().message();
    EXPECT_EQ(test::describe_losses(profile->losses), "");
    EXPECT_EQ(profile->sample_count(), recorded.samples);
    EXPECT_EQ(find_most(*profile), recorded.most);
    EXPECT_EQ(test::describe_types(*profile),
              "alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes; period "
              "524288 space/bytes");
  }
}

// --- One rule each -----------------------------------------------------------------------------

struct Case {
  std::string_view name;
  std::string_view text;
  std::string_view described;
  std::string_view types = "objects/count space/bytes; period 1 space/bytes";
};

constexpr Case kCases[] = {
    {"everything is counted",
     "heap profile:      1:       48 [     1:       48] @ heapprofile\n"
     "     1:       48 [     1:       48] @ 0x4200 0x4300\n",
     "1 48 {bytes=48} 41ff < 42ff\n"},
    {"what was allocated is shown where it differs",
     "heap profile: 1: 48 [3: 96] @ heapprofile\n1: 48 [3: 96] @ 0x4200\n",
     "3 96 1 48 {bytes=48} 41ff\n",
     "alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes; period 1 "
     "space/bytes"},
    {"nothing was ever allocated: a handler that does not count it",
     "heap profile: 1: 48 [0: 0] @ heapprofile\n1: 48 [9: 9] @ 0x4200\n", "1 48 {bytes=48} 41ff\n"},
    {"samples of a rate stand for more",
     "heap profile: 1: 48 [1: 48] @ heapz_v2/524288\n1: 48 [1: 48] @ 0x4200\n",
     "10923 524312 {bytes=48} 41ff\n", "objects/count space/bytes; period 524288 space/bytes"},
    {"the other name", "heap profile: 2: 8 [2: 8] @ heap_v2/524288\n2: 8 [2: 8] @\n",
     "262145 1048580 {bytes=4}\n", "objects/count space/bytes; period 524288 space/bytes"},
    {"Go prints twice the rate",
     "heap profile: 1: 48 [1: 48] @ heap/1048576\n1: 48 [1: 48] @ 0x5\n",
     "10923 524312 {bytes=48} 4\n", "objects/count space/bytes; period 524288 space/bytes"},
    {"a rate of one stands for itself",
     "heap profile: 1: 48 [1: 48] @ heap_v2/1\n1: 48 [1: 48] @ 0x5\n", "1 48 {bytes=48} 4\n"},
    {"no rate", "heap profile: 1: 48 [1: 48] @ heap_v2\n1: 48 [1: 48] @ 0x5\n",
     "1 48 {bytes=48} 4\n", "objects/count space/bytes; period 0 space/bytes"},
    {"growth of the heap", "heap profile: 1: 48 [3: 96] @ growthz\n1: 48 [3: 96] @ 0x5\n",
     "1 48 {bytes=48} 4\n"},
    {"fragmentation", "heap profile: 1: 48 [1: 48] @ fragmentationz\n1: 48 [1: 48] @ 0x5\n",
     "1 48 {bytes=48} 4\n"},
    {"objects without bytes vanish when they are scaled up",
     "heap profile: 2: 0 [2: 0] @ heap_v2/524288\n2: 0 [2: 0] @ 0x5\n", "0 0 {bytes=0} 4\n",
     "objects/count space/bytes; period 524288 space/bytes"},
    {"a delta may be negative", "heap profile: 0: 0 [0: 0] @ heapprofile\n-2: -9 [0: 0] @ 0x5\n",
     "-2 -9 {bytes=4} 4\n"},
    {"the smallest numbers",
     "heap profile: 0: 0 [0: 0] @ heapprofile\n"
     "-1: -9223372036854775808 [0: 0] @ 0x0\n",
     "-1 -9223372036854775808 {bytes=-9223372036854775808} ffffffffffffffff\n"},
    {"text around a sample, addresses among letters",
     "heap profile: 1: 8 [1: 8] @ heapprofile\nxx 7 1: 8 [1: 8] @ 0x10x0x20 0xx0x30 0xAB\n",
     "1 8 {bytes=8} f < 1f < 2f\n"},
    {"comments and blank lines everywhere",
     "\n# by cron\nheap profile: 1: 8 [1: 8] @ heapprofile\r\n\r\n# x\r\n 1: 8 [1: 8] @ 0x5\r\n",
     "1 8 {bytes=8} 4\n"},
    {"symbols of Go: hidden frames of the runtime at the leaf and goexit are left out",
     "heap profile: 3: 24 [3: 24] @ heap/2\n"
     "1: 8 [1: 8] @ 0x11 0x21 0x31 0x41 0x51\n"
     "#\t0x30\tmain.f+0x1\tmain.go:7\n"
     "#\t0x40\tmain.main+0x2\t\tmain.go:9\n"
     "\n"
     "2: 16 [2: 16] @ 0x11 0x31 0x51\n"
     "#\t0x30\tmain.f+0x1\tmain.go:7\n"
     "\n"
     "\n# runtime.MemStats\n# Alloc = 12\n",
     "1 8 {bytes=8} main.f main.go:7 < main.main main.go:9\n"
     "2 16 {bytes=8} main.f main.go:7\n"},
    {"symbols of Go: a stack of the runtime alone is shown whole",
     "heap profile: 1: 8 [1: 8] @ heap/2\n1: 8 [1: 8] @ 0x11 0x21\n"
     "#\t0x10\truntime.malg+0x1\truntime/proc.go:1\n#\t0x20\truntime.x+0x1\ta.s:2\n\n",
     "1 8 {bytes=8} runtime.malg runtime/proc.go:1 < runtime.x a.s:2\n"},
    {"symbols of Go: a frame without a name",
     "heap profile: 1: 8 [1: 8] @ heap/2\n"
     "1: 8 [1: 8] @ 0x11 0x21 0x31\n#\t0x10\n#\t0x20\tmain.g+0x1\tg.go:3\n\n",
     "1 8 {bytes=8} 10 < main.g g.go:3\n"},
    {"symbols of C, innermost first",
     "heap profile: 1: 8 [1: 8] @ heap/2\n1: 8 [1: 8] @ 0x7f10 0x21 0x31\n"
     "#\t0x7f10\tmin(int)+0x7f10\t/c/min.h:1\n#\t0x7f10\tcompute+0x7f10\t/c/c.cc:2\n"
     "#\t0x20\tmain.f+0x1\tf.go:1\n\n",
     "1 8 {bytes=8} min(int) /c/min.h:1 + compute /c/c.cc:2 < main.f f.go:1\n"},
    {"no samples", "heap profile: 0: 0 [0: 0] @ heapprofile\n", ""},
};

TEST(HeapText, ReadsEveryFormOfALine) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_TRUE(looks_like_heap_text(c.text));
    const auto profile = read(c.text);
    ASSERT_TRUE(profile) << profile.error().message();
    EXPECT_EQ(describe_samples(*profile), c.described);
    EXPECT_EQ(test::describe_types(*profile), c.types);
  }
}

TEST(HeapText, ReadsTheMemoryMap) {
  const auto profile = read(
      "heap profile: 2: 16 [2: 16] @ heapprofile\n1: 8 [1: 8] @ 0x400011\n"
      "1: 8 [1: 8] @ 0x7f0011 0x11\nMAPPED_LIBRARIES:\n"
      "007f0000-007f1000 r-xp 00000000 08:01 5  /lib/libc.so.6\n"
      "00400000-00401000 r-xp 00000000 08:01 4  /bin/server\nwhat?\n");
  ASSERT_TRUE(profile) << profile.error().message();
  EXPECT_EQ(test::describe_mappings(*profile),
            "400000-401000+0 /bin/server\n7f0000-7f1000+0 /lib/libc.so.6\n0-ffffffffffffffff+0\n");
  EXPECT_EQ(describe_samples(*profile),
            "1 8 {bytes=8} 400010\n1 8 {bytes=8} 7f0010 < 10\n1 unreadable line @7\n");
  ASSERT_EQ(profile->locations.size(), 3u);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(profile->locations[i].mapping.index, i);
}

TEST(HeapText, FramesOfAllocatorsAreToBeDropped) {
  const auto profile = read("heap profile: 0: 0 [0: 0] @ heapprofile\n");
  ASSERT_TRUE(profile);
  EXPECT_NE(profile->text(profile->drop_frames).find("|tc_malloc|"), std::string_view::npos);
  EXPECT_EQ(profile->text(profile->keep_frames),
            "runtime\\.panic|runtime\\.reflectcall|runtime\\.call[0-9]*");
}

constexpr Case kLosses[] = {
    {"fewer objects than the header says",
     "heap profile: 5: 40 [9: 72] @ heapprofile\n1: 8 [2: 16] @ 0x5\n",
     "2 16 1 8 {bytes=8} 4\n4 object in use missing @1\n7 allocated object missing @1\n"},
    {"the last line lacks its end",
     "heap profile: 1: 8 [1: 8] @ heapprofile\n1: 8 [1: 8] @ 0x5 0x15",
     "1 8 {bytes=8} 4\n1 record cut short @2\n"},
    {"the last line is no sample yet",
     "heap profile: 0: 0 [0: 0] @ heapprofile\n1: 8 [1:", "1 record cut short @2\n"},
    {"a line of a frame is cut",
     "heap profile: 1: 8 [1: 8] @ heap/2\n1: 8 [1: 8] @ 0x11 0x21\n#\t0x10\tmain.f+0x1\tf.go:1",
     "1 8 {bytes=8} 10 < 20\n1 record cut short @3\n"},
    {"lines of frames are missing",
     "heap profile: 1: 8 [1: 8] @ heap/2\n1: 8 [1: 8] @ 0x11 0x21 0x31\n#\t0x10\tm.f+0x1\tf.go:1\n",
     "1 8 {bytes=8} m.f f.go:1 < 20 < 30\n1 record cut short @3\n"},
    {"a frame of no record",
     "heap profile: 1: 8 [1: 8] @ heap/2\n1: 8 [1: 8] @ 0x11\n#\t0x77\tm.f+0x1\tf.go:1\n\n",
     "1 8 {bytes=8} 10\n1 frame without its address @3\n"},
    {"a frame that is none",
     "heap profile: 1: 8 [1: 8] @ heap/2\n1: 8 [1: 8] @ 0x11\n#\t0x10\tmain.f\tf.go:1\n\n",
     "1 8 {bytes=8} 10\n1 unreadable line @3\n"},
};

TEST(HeapText, CountsWhatItCannotRead) {
  for (const Case& c : kLosses) {
    SCOPED_TRACE(c.name);
    const auto profile = read(c.text);
    ASSERT_TRUE(profile) << profile.error().message();
    EXPECT_EQ(describe_samples(*profile), c.described);
  }
}

constexpr test::Refusal kErrors[] = {
    {"empty", "", "no header line of a heap profile", ErrorCode::NotRecognized},
    {"a sentence", "the heap profile: 1", "no header line of a heap profile",
     ErrorCode::NotRecognized},
    {"an unknown kind", "heap profile: 1: 2 [3: 4] @ heapster/5\n",
     "no header line of a heap profile", ErrorCode::NotRecognized},
    {"a rate beyond 64 bits", "heap profile: 1: 2 [3: 4] @ heap/99999999999999999999\n",
     "no header line of a heap profile", ErrorCode::NotRecognized},
    {"a line that is no sample", "heap profile: 0: 0 [0: 0] @ heapprofile\nw\that?\n",
     "line 2: unexpected number of sample values: got 0, want 6: w hat?"},
    {"bytes without objects", "heap profile: 0: 0 [0: 0] @ heapprofile\n0: 7 [1: 7] @ 0x5\n",
     "line 2: inuse count was 0 but inuse bytes was 7"},
    {"bytes without objects, allocated",
     "heap profile: 0: 0 [1: 1] @ heapprofile\n1: 7 [0: 7] @ 0x5\n",
     "line 2: allocation count was 0 but allocation bytes was 7"},
    {"a number beyond 64 bits",
     "heap profile: 0: 0 [0: 0] @ heapprofile\n9223372036854775808: 7 [0: 7] @ 0x5\n",
     "line 2: malformed sample: 9223372036854775808: 7 [0: 7] @ 0x5: value out of range"},
    {"a PC beyond 64 bits",
     "heap profile: 0: 0 [0: 0] @ heapprofile\n1: 7 [0: 7] @ 0x5 0x10000000000000000\n",
     "line 2: malformed sample: 1: 7 [0: 7] @ 0x5 0x10000000000000000: 0x10000000000000000 is no "
     "64-bit number"},
};

TEST(HeapText, RefusesWhatPprofRefuses) {
  test::expect_refusals(kErrors, read, looks_like_heap_text);
}

TEST(HeapText, KeepsItsLimits) {
  const std::string header = "heap profile: 0: 0 [0: 0] @ heapprofile\n";
  ReadOptions options;
  options.limits.stack_frames = 2;
  auto profile = read(header + "1: 8 [1: 8] @ 0x1 0x2 0x3\n", options);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().message(), "line 2: stack of more than 2 frames");
  EXPECT_EQ(profile.error().code(), ErrorCode::LimitExceeded);

  options = {};
  options.limits.record_bytes = 1000;
  profile = read(header + std::string(2'000'000, '1'), options);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().message(), "line 2: longer than 1000 bytes");

  options = {};
  options.limits.model_bytes = 100'000;
  std::string many = header;
  for (int i = 0; i < 10'000; ++i) many += "1: 8 [1: 8] @ 0x" + std::to_string(100'000 + i) + '\n';
  profile = read(many, options);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().code(), ErrorCode::LimitExceeded);
}

TEST(HeapText, SurvivesEveryCut) {
  const std::string text = test::read_test_data("go-samples/go1.26dev/heap.debug1.txt");
  EXPECT_EQ(test::find_bad_cut(text, text.find("\n# runtime.MemStats"),
                               [](const std::string& cut) { return read(cut); }),
            "");
}

TEST(HeapText, IsWrittenAndReadBackEqual) {
  auto profile = read(
      "heap profile: 1: 48 [3: 96] @ heap/2\n1: 48 [3: 96] @ 0x11 0x4200\n"
      "#\t0x10\tmain.f+0x1\tf.go:1\n\nMAPPED_LIBRARIES:\n0x1-0x100 /bin/x (@10) ab\n");
  ASSERT_TRUE(profile);
  const std::string bytes = encode_profile_proto(*profile);
  MemorySource source(bytes);
  const auto again = read_profile_proto(source, {});
  ASSERT_TRUE(again) << again.error().describe();
  EXPECT_EQ(test::describe_profile(*again), test::describe_profile(*profile));
}

}  // namespace
}  // namespace plumb
