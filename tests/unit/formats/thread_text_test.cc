// SPDX-License-Identifier: Apache-2.0
#include "formats/thread_text.h"

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
  return read_thread_text(source, options);
}

constexpr std::string_view kThreads =
    "--- threadz 1 ---\n"
    "\n"
    "--- Thread 7f794ab90940 (name: main/14748) stack: ---\n"
    "  PC: 0x00bc8f1c: helper(arg *)\n"
    "  0x0040be31: main\n"
    "  0x7f7949a9811d: __libc_start_main\n"
    "\n"
    "--- Thread 7f794ab90941 (name: a/b c/14749) stack: ---\n"
    "  [same as previous thread]\n"
    "--- Thread 7f794ab90942 (name: worker/14750) stack: ---\n"
    "  PC: 0x00bc8f1c\n"
    "  0x0040be31\n"
    "--- Memory map: ---\n"
    "  00400000-00fcb000: /bin/server\n";

struct Case {
  std::string_view name;
  std::string text;
  std::string_view described;
};

TEST(ThreadText, ReadsEveryFormOfALine) {
  const std::string thread = "--- Thread 7f (name: x/1) stack: ---\n";
  const std::string map = "--- Memory map: ---\n";
  const Case cases[] = {
      {"threads of a server", std::string(kThreads),
       "2 bc8f1c < 40be30 < 7f7949a9811c\n1 bc8f1c < 40be30\n"},
      {"without the line for all", "\n# x\n" + thread + "  0x5 0x16\n" + map, "1 5 < 15\n"},
      {"several addresses in a line and text without any",
       thread + "a 0x5 b 0x16\nx\n 0x27\n" + map, "1 5 < 15 < 26\n"},
      {"the leaf is there twice", thread + "0x5\n0x5\n0x16\n" + map, "1 5 < 15\n"},
      {"a thread without a stack counts for the one before",
       thread + "0x5\n" + thread + "no stack\n" + map, "2 5\n"},
      {"the first thread has no stack", thread + "no stack\n" + thread + "0x5\n" + map, "1 5\n"},
      {"same as previous, whatever else it says",
       thread + "0x5\n" + thread + "0x7\n [same as previous thread]\n" + map, "2 5\n"},
      {"the rest has no stacks", thread + "0x5\n---- no stack trace for 3 threads ----\n" + map,
       "1 5\n"},
      {"a map under its other name", thread + "0x5\nMAPPED_LIBRARIES:\n0x1-0x9 /bin/x\n", "1 5\n"},
      {"no threads", "--- threadz 1 ---\nnothing\n" + map, ""},
      {"CR LF", "--- threadz 1 ---\r\n\r\n--- Thread 7f (name: x/1) stack: ---\r\n0x5\r\n" + map,
       "1 5\n"},
      {"no end", thread + "0x5\n", "1 5\n1 end of the threads missing @2\n"},
      {"the last line lacks its end", thread + "0x5\n0x16",
       "1 5\n1 end of the threads missing @3\n"},
      {"the last thread is cut", thread + "0x5\n--- Thre",
       "1 5\n1 end of the threads missing @3\n"},
      {"only the start", "--- threadz 1 ---\n", "1 end of the threads missing @1\n"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_TRUE(looks_like_thread_text(c.text));
    const auto profile = read(c.text);
    ASSERT_TRUE(profile) << profile.error().message();
    EXPECT_EQ(describe_samples(*profile), c.described);
    EXPECT_EQ(test::describe_types(*profile), "thread/count; period 1 thread/count");
  }
}

TEST(ThreadText, GivesAddressesTheirMappings) {
  const auto profile = read(kThreads);
  ASSERT_TRUE(profile);
  EXPECT_EQ(test::describe_mappings(*profile),
            "400000-fcb000+0 /bin/server\n0-ffffffffffffffff+0\n");
  ASSERT_EQ(profile->locations.size(), 3u);
  EXPECT_EQ(profile->locations[0].mapping.index, 0u);
  EXPECT_EQ(profile->locations[2].mapping.index, 1u);
  EXPECT_NE(profile->text(profile->drop_frames).find("__restore"), std::string_view::npos);
}

constexpr test::Refusal kErrors[] = {
    {"empty", "", "no first line of a thread profile", ErrorCode::NotRecognized},
    {"a thread without a name", "--- Thread 7f stack: ---\n0x5\n",
     "no first line of a thread profile", ErrorCode::NotRecognized},
    {"something between threads",
     "--- Thread 7f (name: x/1) stack: ---\n0x5\n--- what?\n0x6\n--- Memory map: ---\n",
     "line 3: no thread starts here: --- what?", ErrorCode::Malformed},
    {"an address beyond 64 bits",
     "--- Thread 7f (name: x/1) stack: ---\n0x10000000000000000\n--- Memory map: ---\n",
     "line 2: malformed sample: 0x10000000000000000: 0x10000000000000000 is no 64-bit number",
     ErrorCode::Malformed},
};

TEST(ThreadText, RefusesWhatPprofRefuses) {
  test::expect_refusals(kErrors, read, looks_like_thread_text);
}

TEST(ThreadText, KeepsItsLimits) {
  ReadOptions options;
  options.limits.stack_frames = 2;
  const auto profile = read("--- Thread 7f (name: x/1) stack: ---\n0x5 0x6\n0x7\n", options);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().message(), "line 3: stack of more than 2 frames");
}

TEST(ThreadText, SurvivesEveryCut) {
  const std::string text(kThreads);
  EXPECT_EQ(test::find_bad_cut(text, text.find("--- Memory map: ---") + 19,
                               [](const std::string& cut) { return read(cut); }),
            "");
}

}  // namespace
}  // namespace plumb
