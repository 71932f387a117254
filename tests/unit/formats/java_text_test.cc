// SPDX-License-Identifier: Apache-2.0
#include "formats/java_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/describe_samples.h"
#include "unit/formats/refusals.h"

namespace plumb {
namespace {

using test::describe_samples;

Result<Profile> read(std::string_view text, const ReadOptions& options = {}) {
  MemorySource source(text);
  return read_java_text(source, options);
}

constexpr std::string_view kHeap =
    "--- heapz 1 ---\n"
    "format = java\n"
    "resolution = bytes\n"
    "      7048     1 @ 0x0003 0x0001\n"
    "      4752     2 @ 0x0002\n"
    "\n"
    "  0x0001 com.example.Server.handle (Server.java:123)\n"
    "  0x0002 com.example.Pool.run (Pool.java:-1)\n"
    "  0x0003 GC\n";

constexpr std::string_view kContention =
    "--- contentionz 1 ---\n"
    "format = java\n"
    "resolution = microseconds\n"
    "sampling period = 100\n"
    "ms since reset = 6019923\n"
    "            1     1 @ 0x0003 0x0001\n"
    "           14     3 @ 0x0002 0x0004\n"
    "  0x0001 com.example.Server.handle (Server.java:123)\n"
    "  0x0003 VM\n";

TEST(JavaText, ReadsHeapProfiles) {
  EXPECT_TRUE(looks_like_java_text(kHeap));
  const auto profile = read(kHeap);
  ASSERT_TRUE(profile) << profile.error().message();
  EXPECT_EQ(describe_samples(*profile),
            "74 527819 {bytes=7048} GC :0 < com.example.Server.handle Server.java:123\n"
            "442 1050953 {bytes=2376} com.example.Pool.run Pool.java:0\n");
  EXPECT_EQ(test::describe_types(*profile), "inuse_objects/count inuse_space/bytes; period 0 /");
  EXPECT_TRUE(profile->mappings.empty());
  EXPECT_NE(profile->keep_frames.index, 0u);
}

TEST(JavaText, ReadsContentionProfiles) {
  EXPECT_TRUE(looks_like_java_text(kContention));
  const auto profile = read(kContention);
  ASSERT_TRUE(profile) << profile.error().message();
  EXPECT_EQ(describe_samples(*profile),
            "100 100 VM :0 < com.example.Server.handle Server.java:123\n300 1400 0 < 0\n");
  EXPECT_EQ(test::describe_types(*profile),
            "contentions/count delay/microseconds; period 100 contentions/count");
  EXPECT_EQ(profile->duration_nanos, 6'019'923'000'000);
  // Addresses without a name are somewhere.
  EXPECT_EQ(test::describe_mappings(*profile), "0-ffffffffffffffff+0\n");
}

struct NameCase {
  std::string_view text;  // Behind the address.
  std::string_view frame;
};

constexpr NameCase kNames[] = {
    {"Foo.bar (Foo.java:12)", "Foo.bar Foo.java:12"},
    {"Foo.bar (Foo.java:-1)", "Foo.bar Foo.java:0"},
    {"Foo.bar (Foo.java:99999999999999999999)", "Foo.bar Foo.java:0"},
    {"Foo.bar\t(C:/a b/Foo.java:12)", "Foo.bar C:/a b/Foo.java:12"},
    {"two  blanks  (A:1)", "two  blanks  A:1"},
    {"f (g) (h:5)", "f (g) h:5"},
    {"f(int) (h:5)", "f(int) h:5"},
    {"read (/lib/libc.so.6)", "read libc.so.6:0"},
    {"read (/lib/)", "read lib:0"},
    {"read ()", "read .:0"},
    {"f (:12)", "f :12:0"},
    {"f (x:)", "f x::0"},
    {"(x:1)", "(x:1) :0"},
    {" (x:1)", "(x:1) :0"},
    {"generated stub/JIT at 7", "STUB :0"},
    {"GC", "GC :0"},
    {"odd (", "odd ( :0"},
    {"odd )", "odd ) :0"},
    {")", ") :0"},
    {":1)", ":1) :0"},
    {"-1)", "-1) :0"},
    {"x -1)", "x -1) :0"},
};

TEST(JavaText, ReadsEveryFormOfAName) {
  for (const NameCase& c : kNames) {
    SCOPED_TRACE(c.text);
    const auto profile = read(
        "--- heapz 1 ---\nformat = java\nresolution = bytes\n"
        "524288 1 @ 0x1\n0x1 " +
        std::string(c.text) + '\n');
    ASSERT_TRUE(profile) << profile.error().message();
    EXPECT_EQ(test::describe_location(*profile, profile->locations[0]), c.frame);
  }
}

struct Case {
  std::string_view name;
  std::string_view text;  // Behind the header of a contention profile.
  std::string_view described;
};

constexpr Case kCases[] = {
    {"without a period", "1 2 @ 0x5\n", "2 1 0\n"},
    {"a period of nothing", "sampling period = 0\n1 2 @ 0x5\n", "2 1 0\n"},
    {"numbers in octal", "sampling period = 0x10\n010 2 @ 0x5\n", "32 128 0\n"},
    {"text around attributes and samples", "x, ms since reset = 5;\nat: 1 2 @ 0x5 or so\n",
     "2 1 0\n"},
    {"blank lines, CR LF", "\r\n1 2 @ 0x5\r\n\r\n3 4 @ 0x5\r\n", "2 1 0\n4 3 0\n"},
    {"no addresses", "1 2 @  \n1 2 @ x\n", "2 unreadable line @4\n"},
    {"a function is where it was seen first",
     "1 2 @ 0x2 0x1\n0x1 f (a:1)\n0x2 f (b:2)\n0x1 f (c:3)\n", "2 1 f a:2 < f a:3\n"},
    {"addresses that no sample has", "1 2 @ 0x2\n0x9 f (a:1)\n0x2 g (b:2)\n", "2 1 g b:2\n"},
    {"a line that is nothing", "1 2 @ 0x2\nwhat?\n0x2 g (b:2)\n",
     "2 1 g b:2\n1 unreadable line @5\n"},
    {"the last sample lacks its end", "1 2 @ 0x2\n1 2 @ 0x3", "2 1 0\n1 record cut short @5\n"},
    {"the last name lacks its end", "1 2 @ 0x2\n0x2 com.exam", "2 1 0\n1 symbol cut short @5\n"},
    {"the last name is whole", "1 2 @ 0x2\n0x2 f (a:1)", "2 1 f a:1\n"},
};

TEST(JavaText, ReadsEveryFormOfALine) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    const auto profile =
        read("--- contentionz 1 ---\nformat = java\nresolution = us\n" + std::string(c.text));
    ASSERT_TRUE(profile) << profile.error().message();
    EXPECT_EQ(describe_samples(*profile), c.described);
  }
}

constexpr test::Refusal kErrors[] = {
    {"empty", "", "no first line of a Java profile", ErrorCode::NotRecognized},
    {"another number", "--- heapz 2 ---\n", "no first line of a Java profile",
     ErrorCode::NotRecognized},
    {"another language", "--- heapz 1 ---\nformat = c\n", "line 2: not of Java",
     ErrorCode::NotRecognized},
    {"an attribute of contention", "--- heapz 1 ---\nms since reset = 5\n",
     "line 2: unknown attribute", ErrorCode::NotRecognized},
    {"an unknown attribute", "--- contentionz 1 ---\nformat=java\nx = 5\n",
     "line 3: unknown attribute", ErrorCode::NotRecognized},
    {"an attribute that is no number", "--- contentionz 1 ---\nsampling period = often\n",
     "line 2: value of attribute sampling period is not a 64-bit number", ErrorCode::Malformed},
    {"no objects", "--- heapz 1 ---\nresolution=bytes\n5 0 @ 0x1\n",
     "line 3: malformed sample: 5 0 @ 0x1: second value must be non-zero", ErrorCode::Malformed},
    {"no octal number", "--- heapz 1 ---\nresolution=bytes\n5 08 @ 0x1\n",
     "line 3: malformed sample: 5 08 @ 0x1: value out of range", ErrorCode::Malformed},
    {"an address beyond 64 bits", "--- heapz 1 ---\nresolution=bytes\n5 1 @ 0x10000000000000000\n",
     "line 3: malformed sample: 5 1 @ 0x10000000000000000: 0x10000000000000000 is no 64-bit number",
     ErrorCode::Malformed},
    {"the address of a name beyond 64 bits",
     "--- heapz 1 ---\nresolution=bytes\n5 1 @ 0x1\n0x10000000000000000 f\n",
     "line 4: malformed sample: 0x10000000000000000 f: address is no 64-bit number",
     ErrorCode::Malformed},
    {"samples of no type", "--- heapz 1 ---\nformat=java\n5 1 @ 0x1\n",
     "malformed profile: missing sample type information", ErrorCode::Malformed},
};

TEST(JavaText, RefusesWhatPprofRefuses) {
  test::expect_refusals(kErrors, read);
}

TEST(JavaText, KeepsItsLimits) {
  ReadOptions options;
  options.limits.stack_frames = 2;
  auto profile = read("--- heapz 1 ---\nresolution=bytes\n5 1 @ 0x1 0x2 0x3\n", options);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().message(), "line 3: stack of more than 2 frames");

  options = {};
  options.limits.model_bytes = 200'000;
  std::string text = "--- heapz 1 ---\nresolution=bytes\n5 1 @ 0x1\n";
  for (int i = 0; i < 10'000; ++i) text += "0x1 f" + std::to_string(i) + " (a:1)\n";
  profile = read(text, options);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().code(), ErrorCode::LimitExceeded);
}

TEST(JavaText, SurvivesEveryCut) {
  for (const std::string_view text : {kHeap, kContention}) {
    for (std::size_t length = 0; length < text.size(); ++length) {
      const auto profile = read(text.substr(0, length));
      if (!profile) {
        EXPECT_FALSE(profile.error().message().empty()) << length;
      }
    }
  }
}

}  // namespace
}  // namespace plumb
