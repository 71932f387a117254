// SPDX-License-Identifier: Apache-2.0
#include "formats/count_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/read_file.h"

namespace plumb {
namespace {

Result<Profile> read(std::string_view text, const ReadOptions& options = {}) {
  MemorySource source(text);
  return read_count_text(source, options);
}

// One sample a line, frames leaf first:
//   2 {job=ingest} main.f a.go:7 < 4698c0
std::string describe_sample(const Profile& profile, std::size_t i) {
  std::string text = std::to_string(profile.values(i)[0]);
  for (const Label& label : profile.labels(i)) {
    text += " {" + std::string(profile.text(label.key)) + '=' +
            std::string(profile.text(label.str)) + '}';
  }
  std::vector<LocationId> stack;
  profile.read_stack(i, stack);
  const char* separator = " ";
  for (const LocationId id : stack) {
    const Location& location = profile.location(id);
    char address[32];
    std::snprintf(address, sizeof address, "%llx",
                  static_cast<unsigned long long>(location.address));
    if (location.line_count == 0) text += separator + std::string(address);
    for (const Line& line : profile.lines_of(location)) {
      const Function& function = profile.function(line.function);
      text += separator + std::string(profile.text(function.name)) + ' ' +
              std::string(profile.text(function.file)) + ':' + std::to_string(line.line);
      separator = " + ";
    }
    separator = " < ";
  }
  return text;
}

std::string describe_losses(const std::vector<Loss>& losses) {
  std::string text;
  for (const Loss& loss : losses) {
    text += std::to_string(loss.count) + ' ' + loss.what + " @" + std::to_string(loss.first_place) +
            '\n';
  }
  return text;
}

// The samples and, behind them, what was lost.
std::string describe(const Profile& profile) {
  std::string text;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    text += describe_sample(profile, i) + '\n';
  }
  return text + describe_losses(profile.losses);
}

std::int64_t total_of(const Profile& profile) {
  std::int64_t total = 0;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) total += profile.values(i)[0];
  return total;
}

// --- Recorded profiles -------------------------------------------------------------------------

struct Recorded {
  std::string_view path;
  std::string_view type;
  std::int64_t total;
  std::size_t samples;
  std::string_view top;  // The first frame with a symbol of the first sample that has one.
};

constexpr Recorded kRecorded[] = {
    {"go1.19/goroutine.debug1.txt", "goroutine", 171, 22,
     "main.leakGoroutines.func1 /home/dev/leakdemo_______________/main.go:27"},
    {"go1.19/goroutine.after150s.debug1.txt", "goroutine", 7385, 22,
     "main.leakGoroutines.func1 /home/dev/leakdemo_______________/main.go:27"},
    {"go1.21/goroutine.debug1.txt", "goroutine", 174, 22,
     "main.leakGoroutines.func1 /home/dev/leakdemo_______________/main.go:27"},
    {"go1.23/goroutine.debug1.txt", "goroutine", 174, 22,
     "main.leakGoroutines.func1 leaky/main.go:27"},
    {"go1.25.3-cockroachdb/goroutine.debug1.txt", "goroutine", 170, 22,
     "main.leakGoroutines.func1 leaky/main.go:27"},
    {"go1.26dev/goroutine.debug1.txt", "goroutine", 173, 22,
     "main.leakGoroutines.func1 leaky/main.go:27"},
    {"go1.26dev/goroutineleak.debug1.txt", "goroutineleak", 13, 1, ""},
    {"go1.19/threadcreate.debug1.txt", "threadcreate", 7, 2,
     "main.main.func12 /home/dev/leakdemo_______________/main.go:89"},
    {"go1.21/threadcreate.debug1.txt", "threadcreate", 7, 2,
     "main.main.func12 /home/dev/leakdemo_______________/main.go:89"},
    {"go1.23/threadcreate.debug1.txt", "threadcreate", 7, 2, "main.main.func12 leaky/main.go:89"},
    {"go1.25.3-cockroachdb/threadcreate.debug1.txt", "threadcreate", 6, 2,
     "main.main.func12 leaky/main.go:89"},
    {"go1.26dev/threadcreate.debug1.txt", "threadcreate", 7, 2,
     "main.main.func12 leaky/main.go:89"},
};

std::string find_top(const Profile& profile) {
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    profile.read_stack(i, stack);
    for (const LocationId id : stack) {
      for (const Line& line : profile.lines_of(profile.location(id))) {
        const Function& function = profile.function(line.function);
        return std::string(profile.text(function.name)) + ' ' +
               std::string(profile.text(function.file)) + ':' + std::to_string(line.line);
      }
    }
  }
  return "";
}

TEST(CountText, ReadsWhatEveryGoReleaseWrites) {
  for (const Recorded& recorded : kRecorded) {
    SCOPED_TRACE(recorded.path);
    const std::string text = test::read_test_data("go-samples/" + std::string(recorded.path));
    EXPECT_TRUE(looks_like_count_text(text));
    const auto profile = read(text);
    ASSERT_TRUE(profile) << profile.error().message();
    EXPECT_EQ(describe_losses(profile->losses), "");
    EXPECT_EQ(total_of(*profile), recorded.total);
    EXPECT_EQ(profile->sample_count(), recorded.samples);
    EXPECT_EQ(find_top(*profile), recorded.top);
    ASSERT_EQ(profile->sample_types.size(), 1u);
    EXPECT_EQ(profile->text(profile->sample_types[0].type), recorded.type);
    EXPECT_EQ(profile->text(profile->sample_types[0].unit), "count");
    EXPECT_TRUE(profile->has_period_type);
    EXPECT_EQ(profile->text(profile->period_type.type), recorded.type);
    EXPECT_EQ(profile->period, 1);
  }
}

TEST(CountText, KeepsTheLabelsOfRecordedProfiles) {
  for (const std::string version :
       {"go1.19", "go1.21", "go1.23", "go1.25.3-cockroachdb", "go1.26dev"}) {
    SCOPED_TRACE(version);
    const auto profile =
        read(test::read_test_data("go-samples/" + version + "/goroutine.debug1.txt"));
    ASSERT_TRUE(profile) << profile.error().message();
    int labelled = 0;
    for (std::size_t i = 0; i < profile->sample_count(); ++i) {
      if (profile->labels(i).empty()) continue;
      ++labelled;
      EXPECT_EQ(describe_sample(*profile, i).substr(0, 34), "1 {job=ingest} {tenant=miya zaki} ");
    }
    EXPECT_EQ(labelled, 1);
  }
}

// --- One rule each -----------------------------------------------------------------------------

struct Case {
  std::string_view name;
  std::string_view text;
  std::string_view described;
};

constexpr Case kCases[] = {
    {"symbols, lines and the frame that is never shown",
     "goroutine profile: total 3\n"
     "3 @ 0x439a16 0x66d80b 0x4698c1\n"
     "#\t0x66d80a\tmain.leak.func1+0x2a\t/srv/app/main.go:27\n"
     "\n",
     "3 439a15 < main.leak.func1 /srv/app/main.go:27 < 4698c0\n"},
    {"inlined calls have a PC each",
     "goroutine profile: total 2\n"
     "2 @ 0x46fe05 0x66d856 0x66d83a\n"
     "#\t0x46fe04\tsync.(*Mutex).lockSlow+0x164\t\t/go/src/sync/mutex.go:171\n"
     "#\t0x66d855\tsync.(*Mutex).Lock+0x35\t\t\t/go/src/sync/mutex.go:90\n"
     "#\t0x66d839\tmain.holdMutex+0x19\t\t\t/srv/main.go:33\n"
     "\n",
     "2 sync.(*Mutex).lockSlow /go/src/sync/mutex.go:171 < "
     "sync.(*Mutex).Lock /go/src/sync/mutex.go:90 < main.holdMutex /srv/main.go:33\n"},
    {"one PC is the address of another one's line",
     "goroutine profile: total 1\n"
     "1 @ 0x6753b5 0x6753b4\n"
     "#\t0x6753b4\tsync.(*Mutex).Lock+0x14\tsync/mutex.go:46\n"
     "#\t0x6753b3\tmain.holdMutex+0x13\tleaky/main.go:33\n"
     "\n",
     "1 sync.(*Mutex).Lock sync/mutex.go:46 < main.holdMutex leaky/main.go:33\n"},
    {"a symbol serves later records, also where it is hidden there",
     "goroutine profile: total 4\n"
     "2 @ 0x11 0x21\n"
     "#\t0x20\tmain.b+0x1\tb.go:2\n"
     "\n"
     "1 @ 0x21 0x11\n"
     "#\t0x20\tmain.b+0x1\tb.go:2\n"
     "#\t0x10\truntime.x+0x1\tx.go:1\n"
     "\n"
     "1 @ 0x21\n"
     "#\t0x20\tmain.b+0x1\tb.go:2\n"
     "\n",
     "2 runtime.x x.go:1 < main.b b.go:2\n"
     "1 main.b b.go:2 < runtime.x x.go:1\n"
     "1 main.b b.go:2\n"},
    {"records without PCs and without frames",
     "threadcreate profile: total 8\n"
     "6 @\n#\t0x0\n\n"
     "1 @ 0x477c21\n\n"
     "1 @ 0x10\n#\t0xf\n\n",
     "6\n1 477c20\n1 f\n"},
    {"zeros that pad a stack are no frames",
     "threadcreate profile: total 3\n"
     "2 @ 0x0 0x0 0x0\n#\t0x0\n\n"
     "1 @ 0x11 0x0 0x0\n#\t0x10\tmain.f+0x1\tf.go:1\n\n",
     "2\n1 main.f f.go:1\n"},
    {"labels with everything that Go escapes",
     "goroutine profile: total 3\n"
     "2 @ 0x11\n"
     R"(# labels: {"a":"x \"y\", \\ {z}", "b\n":"\x01\t\u00e9\U0001f600"})"
     "\n"
     "#\t0x10\tmain.f+0x1\tf.go:1\n\n"
     "1 @ 0x11\n"
     "#\t0x10\tmain.f+0x1\tf.go:1\n\n",
     "2 {a=x \"y\", \\ {z}} {b\n=\x01\t\u00e9\U0001f600} main.f f.go:1\n"
     "1 main.f f.go:1\n"},
    {"a label whose text is empty",
     "goroutine profile: total 1\n1 @ 0x11\n# labels: {\"a\":\"\", \"c\":\"d\"}\n\n",
     "1 {a=} {c=d} 10\n"},
    {"files with spaces, colons, drives and versions; generics",
     "goroutine profile: total 1\n"
     "1 @ 0x11 0x21 0x31 0x41\n"
     "#\t0x10\tmain.Map[...]+0x1\t\t\tC:/my src/a b.go:7\n"
     "#\t0x20\tgopkg.in/yaml%2ev2.f.func1.2+0x1\t/mod/yaml@v2.4.0/y.go:9\n"
     "#\t0x30\tmain.(*T[...]).M-fm+0x1\t\t<autogenerated>:1\n"
     "#\t0x40\tmain.cgo+0x0\t\t\t\t:0\n"
     "\n",
     "1 main.Map[...] C:/my src/a b.go:7 < gopkg.in/yaml%2ev2.f.func1.2 /mod/yaml@v2.4.0/y.go:9 "
     "< main.(*T[...]).M-fm <autogenerated>:1 < main.cgo :0\n"},
    {"C frames: the PC itself, inlined calls innermost first, recursion",
     "goroutine profile: total 1\n"
     "1 @ 0x7f0010 0x7f0010 0x21\n"
     "#\t0x7f0010\tstd::min(int, int)+0x7f0010\t/c/min.h:1\n"
     "#\t0x7f0010\tcompute+0x7f0010\t/c/c.cc:2\n"
     "#\t0x7f0010\tstd::min(int, int)+0x7f0010\t/c/min.h:1\n"
     "#\t0x7f0010\tcompute+0x7f0010\t/c/c.cc:2\n"
     "#\t0x20\tmain.f+0x1\tf.go:1\n"
     "\n",
     "1 std::min(int, int) /c/min.h:1 + compute /c/c.cc:2 < "
     "std::min(int, int) /c/min.h:1 + compute /c/c.cc:2 < main.f f.go:1\n"},
    {"addresses of 64 bits",
     "goroutine profile: total 1\n"
     "1 @ 0xffffffffffffffff 0x55d0c0a1b2c3 0x12345678\n"
     "#\t0xfffffffffffffffe\tmain.a+0x1\ta.go:1\n"
     "#\t0x55d0c0a1b2c2\t\tmain.b+0x1\tb.go:2\n"
     "#\t0x12345677\t\tmain.c+0x1\tc.go:3\n"
     "\n",
     "1 main.a a.go:1 < main.b b.go:2 < main.c c.go:3\n"},
    {"blank lines and comments in front",
     "\n# taken by cron\n   \ngoroutine profile: total 1\n1 @ 0x11\n\n", "1 10\n"},
    {"CRLF",
     "goroutine profile: total 2\r\n1 @ 0x11 0x21\r\n# labels: {\"a\":\"b\"}\r\n"
     "#\t0x10\tmain.f+0x1\tf.go:1\r\n\r\n1 @ 0x21\r\n\r\n",
     "1 {a=b} main.f f.go:1 < 20\n1 20\n"},
    {"tabs that a copy turned into spaces",
     "goroutine profile: total 1\n1 @ 0x11 0x21\n"
     "#   0x10   std::map<int, int>::at(int)+0x1   /a b/c.cc:5\n"
     "#   0x20   main.f+0x1a   C:\\src\\f.go:1\n\n",
     "1 std::map<int, int>::at(int) /a b/c.cc:5 < main.f C:\\src\\f.go:1\n"},
    {"no blank line between records",
     "goroutine profile: total 3\n1 @ 0x11\n#\t0x10\tmain.f+0x1\tf.go:1\n2 @ 0x21\n"
     "#\t0x20\tmain.g+0x1\tg.go:1\n\n",
     "1 main.f f.go:1\n2 main.g g.go:1\n"},
    {"indented as a whole",
     "    goroutine profile: total 1\n    1 @ 0x11\n    #\t0x10\tmain.f+0x1\tf.go:1\n\n",
     "1 main.f f.go:1\n"},
    {"a log with a prefix of constant length and lines of others",
     "2024-11-22T20:05:06Z app[7]: starting\n"
     "2024-11-22T20:05:06Z app[7]: goroutine profile: total 3\n"
     "2024-11-22T20:05:06Z app[7]: 2 @ 0x11 0x21\n"
     "2024-11-22T20:05:07Z app[7]: handled 5 requests\n"
     "2024-11-22T20:05:07Z app[7]: # labels: {\"a\":\"b\"}\n"
     "2024-11-22T20:05:07Z app[7]: #\t0x10\tmain.f+0x1\tf.go:1\n"
     "2024-11-22T20:05:07Z app[7]:\n"
     "2024-11-22T20:05:07Z app[7]: 1 @ 0x21\n"
     "2024-11-22T20:05:07Z app[7]:\n",
     "2 {a=b} main.f f.go:1 < 20\n1 20\n"
     "1 line in front of the profile @1\n1 unreadable line @4\n"},
    {"a log whose prefix changes its length",
     "9:59 app goroutine profile: total 3\n9:59 app 2 @ 0x11\n"
     "10:00 app # labels: {\"a\":\"b\"}\n10:00 app #\t0x10\tmain.f+0x1\tf.go:1\n10:00 app\n"
     "10:00 app 1 @ 0x21\n\n",
     "2 {a=b} main.f f.go:1\n1 20\n"},
    {"response headers in front",
     "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
     "goroutine profile: total 1\n1 @ 0x11\n\n",
     "1 10\n2 line in front of the profile @1\n"},
    {"a profile of nothing", "my.pool profile: total 0\n", ""},
};

TEST(CountText, ReadsEveryFormOfALine) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_TRUE(looks_like_count_text(c.text));
    const auto profile = read(c.text);
    ASSERT_TRUE(profile) << profile.error().message();
    EXPECT_EQ(describe(*profile), c.described);
  }
}

constexpr Case kLosses[] = {
    {"fewer than the header says", "goroutine profile: total 5\n2 @ 0x11\n\n1 @ 0x21\n\n",
     "2 10\n1 20\n2 goroutine missing @1\n"},
    {"more than the header says", "goroutine profile: total 1\n2 @ 0x11\n\n",
     "2 10\n1 goroutine beyond the total @1\n"},
    {"a line that is none", "goroutine profile: total 3\n2 @ 0x11\n\nwhat?\n\n1 @ 0x21\n\n",
     "2 10\n1 20\n1 unreadable line @4\n"},
    {"a count that does not fit",
     "goroutine profile: total 1\n99999999999999999999 @ 0x11\n\n1 @ 0x21\n\n",
     "1 20\n1 unreadable line @2\n"},
    {"PCs that end in something else", "goroutine profile: total 1\n1 @ 0x11 0x21 0xzz\n\n",
     "1 10 < 20\n1 unreadable line @2\n"},
    {"a PC of more than 64 bits", "goroutine profile: total 1\n1 @ 0x10000000000000000\n\n",
     "1 unreadable line @2\n1 goroutine missing @1\n"},
    {"a PC that does not end in digits", "goroutine profile: total 1\n1 @ 0x11 0x439aq6 0x21\n\n",
     "1 10\n1 unreadable line @2\n"},
    {"no PC but something else", "goroutine profile: total 1\n1 @ what\n\n",
     "1 unreadable line @2\n1 goroutine missing @1\n"},
    {"labels that end early",
     "goroutine profile: total 1\n1 @ 0x11\n# labels: {\"a\":\"b\", \"c\":\"d\n\n",
     "1 {a=b} 10\n1 unreadable label @3\n"},
    {"labels that belong to no record", "goroutine profile: total 0\n# labels: {\"a\":\"b\"}\n",
     "1 unreadable line @2\n"},
    {"a frame that is not in its record",
     "goroutine profile: total 1\n1 @ 0x11\n#\t0x40\tmain.f+0x1\tf.go:1\n\n",
     "1 10\n1 frame without its address @3\n"},
    {"a frame without an offset", "goroutine profile: total 1\n1 @ 0x11\n#\t0x10\tmain.f\n\n",
     "1 10\n1 unreadable line @3\n"},
    {"cut inside a PC", "goroutine profile: total 3\n2 @ 0x11\n\n1 @ 0x21 0x3",
     "2 10\n1 20\n1 record cut short @4\n"},
    {"cut inside the only PC", "goroutine profile: total 3\n2 @ 0x11\n\n1 @ 0x3",
     "2 10\n1 record cut short @4\n1 goroutine missing @1\n"},
    {"cut inside a count", "goroutine profile: total 3\n2 @ 0x11\n\n1",
     "2 10\n1 record cut short @4\n1 goroutine missing @1\n"},
    {"cut inside a line number",
     "goroutine profile: total 1\n1 @ 0x11\n#\t0x10\tmain.f+0x1\tf.go:1",
     "1 main.f f.go:0\n1 record cut short @3\n"},
    {"cut inside a function", "goroutine profile: total 1\n1 @ 0x11\n#\t0x10\tmain",
     "1 10\n1 record cut short @3\n"},
    {"cut between the lines of frames",
     "goroutine profile: total 1\n1 @ 0x11 0x21 0x31\n#\t0x10\tmain.f+0x1\tf.go:1\n",
     "1 main.f f.go:1 < 20 < 30\n1 record cut short @4\n"},
};

TEST(CountText, SaysWhatItCouldNotRead) {
  for (const Case& c : kLosses) {
    SCOPED_TRACE(c.name);
    const auto profile = read(c.text);
    ASSERT_TRUE(profile) << profile.error().message();
    EXPECT_EQ(describe(*profile), c.described);
  }
}

TEST(CountText, LosesNoLineNumberWhilePassingKnownFrames) {
  std::string text = "goroutine profile: total 201\n";
  for (int i = 0; i < 201; ++i) {
    text += "1 @ 0x11 0x21 0x31\n#\t0x10\tmain.f+0x1\tf.go:1\n#\t0x20\tmain.g+0x1\tg.go:1\n\n";
  }
  text += "oops\n";
  const auto profile = read(text);
  ASSERT_TRUE(profile) << profile.error().message();
  EXPECT_EQ(describe_losses(profile->losses), "1 unreadable line @806\n");
}

TEST(CountText, AttachesTheMemoryMap) {
  const auto profile = read(
      "goroutine profile: total 1\n1 @ 0x7f0011 0x400011 0x500011 0x10\n\n"
      "--- Memory map: ---\n"
      "7f0000-7f1000 r-xp 00000000 08:01 1 /lib/libc.so.6\n"
      "400000-401000 r-xp 00001000 08:01 2   /usr/bin/server\n"
      "401000-402000 r-xp 00002000 08:01 2   /usr/bin/server\n"
      "403000-404000 rw-p 00003000 08:01 2   /usr/bin/server\n"
      "0x500000-0x501000: /opt/plugin.so.1 (@ff00) abc123\n"
      "what is this?\n");
  ASSERT_TRUE(profile) << profile.error().message();
  EXPECT_EQ(describe_losses(profile->losses), "1 unreadable line @10\n");
  std::string files;
  for (const Mapping& mapping : profile->mappings) {
    files += std::string(profile->text(mapping.file)) + ' ' +
             std::string(profile->text(mapping.build_id)) + ' ' + std::to_string(mapping.start) +
             '-' + std::to_string(mapping.limit) + ' ' + std::to_string(mapping.offset) + '\n';
  }
  EXPECT_EQ(files,
            "/usr/bin/server  4194304-4202496 4096\n"
            "/lib/libc.so.6  8323072-8327168 0\n"
            "/opt/plugin.so.1 abc123 5242880-5246976 65280\n"
            "  0-18446744073709551615 0\n");
  std::vector<std::uint32_t> mappings;
  for (const Location& location : profile->locations) mappings.push_back(location.mapping.index);
  EXPECT_EQ(mappings, (std::vector<std::uint32_t>{1, 0, 2, 3}));
}

TEST(CountText, LeavesOutLabelsThatNobodyLooksAt) {
  ReadOptions options;
  options.drop_text_labels = true;
  const auto profile = read(
      "goroutine profile: total 3\n1 @ 0x11\n# labels: {\"a\":\"b\"}\n\n"
      "2 @ 0x21\n# labels: {\"a\":\"b\", \"c\":\"d\n\n",
      options);
  ASSERT_TRUE(profile) << profile.error().message();
  EXPECT_EQ(describe(*profile), "1 10\n2 20\n1 unreadable label @6\n");
}

// --- Refusals ----------------------------------------------------------------------------------

TEST(CountText, RefusesOtherInputs) {
  constexpr std::string_view kOthers[] = {
      "",
      "\n\n#\n",
      "heap profile: 3: 4096 [5: 8192] @ heap/1048576\n",
      "goroutine 1 [running]:\nmain.main()\n",
      "goroutine profile: total\n",
      "goroutine profile: total x\n",
      " profile: total 3\n",
      "goroutine profile: total 3 or so\n",
      "I wrote: goroutine profile: total 3\nand then nothing\n",
  };
  for (const std::string_view other : kOthers) {
    SCOPED_TRACE(other);
    EXPECT_FALSE(looks_like_count_text(other));
    const auto profile = read(other);
    ASSERT_FALSE(profile);
    EXPECT_EQ(profile.error().code(), ErrorCode::NotRecognized);
  }
}

struct Refusal {
  std::string_view name;
  std::string_view text;
  ErrorCode code;
  std::string_view message;
};

TEST(CountText, NamesTheLineOfAnError) {
  constexpr Refusal kRefusals[] = {
      {"a total beyond 64 bits", "# c\ngoroutine profile: total 99999999999999999999\n",
       ErrorCode::Malformed, "line 2: total is not a 64-bit number"},
      {"two profiles in one input",
       "goroutine profile: total 1\n1 @ 0x11\n\ngoroutine profile: total 1\n1 @ 0x11\n\n",
       ErrorCode::Malformed, "line 4: another profile starts here; give each a file of its own"},
  };
  for (const Refusal& refusal : kRefusals) {
    SCOPED_TRACE(refusal.name);
    const auto profile = read(refusal.text);
    ASSERT_FALSE(profile);
    EXPECT_EQ(profile.error().code(), refusal.code);
    EXPECT_EQ(profile.error().message(), refusal.message);
  }
}

TEST(CountText, KeepsItsBudgets) {
  std::string deep = "goroutine profile: total 1\n1 @";
  for (int i = 0; i < 300; ++i) deep += " 0x" + std::to_string(100000 + i);
  deep += "\n\n";
  const std::string long_line =
      "goroutine profile: total 1\n1 @ 0x11\n# " + std::string(std::size_t{3} << 20, 'x') + "\n\n";
  std::string many = "goroutine profile: total 100000\n";
  for (int i = 0; i < 100000; ++i) many += "1 @ 0x" + std::to_string(100000 + i) + "\n\n";

  ReadOptions options;
  options.limits.stack_frames = 299;
  auto profile = read(deep, options);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().message(), "line 2: stack of more than 299 frames");
  options.limits.stack_frames = 300;
  EXPECT_TRUE(read(deep, options));

  options.limits.record_bytes = std::uint64_t{1} << 20;
  profile = read(long_line, options);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().code(), ErrorCode::LimitExceeded);
  EXPECT_EQ(profile.error().message(), "line 3: longer than 1048576 bytes");

  options = {};
  options.limits.model_bytes = std::uint64_t{1} << 20;
  profile = read(many, options);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().code(), ErrorCode::LimitExceeded);

  options = {};
  options.limits.inflated_bytes = std::uint64_t{1} << 20;
  profile = read(many, options);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().message(), "more than 1048576 bytes");
}

// Every proper prefix gives what it has of the profile, or is refused if the header is not whole.
// Samples are never invented, and unless nothing but empty lines is missing, a loss is reported.
TEST(CountText, EveryTruncationIsCaught) {
  const std::string text =
      "goroutine profile: total 8\n"
      "3 @ 0x48d66e 0x41099c 0x410597 0x67537b 0x494b81\n"
      "# labels: {\"job\":\"ingest\", \"tenant\":\"miya\\tzaki\"}\n"
      "#\t0x67537a\tmain.leakGoroutines.func1+0x1a\tleaky/main.go:27\n"
      "\n"
      "2 @ 0x48d66e 0x46c592 0x46c569 0x48e985 0x498d3d 0x6753d2 0x67595a 0x494b81\n"
      "#\t0x48e984\tinternal/sync.runtime_SemacquireMutex+0x24\truntime/sema.go:95\n"
      "#\t0x498d3c\tinternal/sync.(*Mutex).lockSlow+0x15c\t\tinternal/sync/mutex.go:149\n"
      "#\t0x6753d1\tinternal/sync.(*Mutex).Lock+0x31\t\tinternal/sync/mutex.go:70\n"
      "#\t0x675959\tmain.main.func13+0x39\t\t\t\tleaky/main.go:94\n"
      "\n"
      "1 @ 0x494b81\n"
      "\n"
      "1 @ 0x48d66e 0x41099c 0x410597 0x67537b 0x494b81\n"
      "#\t0x67537a\tmain.leakGoroutines.func1+0x1a\tleaky/main.go:27\n"
      "\n"
      "1 @ 0x48ed33 0x675c1e 0x494b81\n"
      "#\t0x48ed32\tsync.runtime_notifyListWait+0x152\truntime/sema.go:617\n"
      "#\t0x675c1d\tmain.main.func5+0x3d\t\t\tleaky/main.go:80\n"
      "\n";
  const auto whole = read(text);
  ASSERT_TRUE(whole);
  const std::string all = describe(*whole);
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto part = read(std::string_view(text).substr(0, length));
    if (!part) {
      ASSERT_EQ(part.error().code(), ErrorCode::NotRecognized) << length;
      ASSERT_LT(length, text.find('\n')) << length;
      continue;
    }
    ASSERT_LE(part->sample_count(), whole->sample_count()) << length;
    if (part->losses.empty()) {
      ASSERT_EQ(describe(*part), all) << length;
    }
  }
}

}  // namespace
}  // namespace plumb
