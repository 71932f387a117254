// SPDX-License-Identifier: Apache-2.0
#include "formats/memory_map.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/strings.h"
#include "support/describe_samples.h"

namespace plumb {
namespace {

// The mappings of `lines`, or the first line that says nothing.
std::string read_map(std::string_view lines) {
  Profile profile;
  MemoryMapReader map(profile);
  while (!lines.empty()) {
    const std::string_view line = take_until(lines, '\n');
    if (!map.add_line(line)) return "nothing: " + std::string(line);
  }
  return test::describe_mappings(profile);
}

struct Case {
  std::string_view name;
  std::string_view lines;
  std::string_view mappings;
};

constexpr Case kLines[] = {
    {"Linux", "00400000-00c0e000 r-xp 00001000 08:01 1234    /usr/bin/server",
     "400000-c0e000+1000 /usr/bin/server\n"},
    {"Linux, anonymous", "7f0000000000-7f0000001000 r-xp 00000000 00:00 0 ",
     "7f0000000000-7f0000001000+0\n"},
    {"what is not executable is passed over",
     "00400000-00c0e000 rw-p 00001000 08:01 1234    /usr/bin/server\n"
     "00400000-00c0e000: ---p /usr/bin/server",
     ""},
    {"brief", "0x40000-0x80000 /path/to/binary (@FF00) abc123456",
     "40000-80000+ff00 /path/to/binary abc123456\n"},
    {"brief, without an offset", "40000-80000: /path/to/binary abc123456",
     "40000-80000+0 /path/to/binary abc123456\n"},
    {"brief, only a range", "  0x40000 0x80000", "40000-80000+0\n"},
    {"brief, with permissions", "40000-80000: r-xp /path/to/binary (@10)",
     "40000-80000+10 /path/to/binary\n"},
    {"upper case, no blanks", "0xABC-0xDEF:", "abc-def+0\n"},
    {"log prefix of glog",
     "I0102 03:04:05.678 99 m.cc:12] 40000-80000 /bin/x\n"
     "x:1]\t90000-a0000 /bin/y",
     "40000-80000+0 /bin/x\n90000-a0000+0 /bin/y\n"},
    {"no log prefix", "[x:1] 40000-80000 /bin/x", "nothing: [x:1] 40000-80000 /bin/x"},
    {"no log prefix without a number", "x:] 40000-80000 /bin/x", "nothing: x:] 40000-80000 /bin/x"},
    {"a variable", "build=/bin/x\n40000-80000 $build\n90000-a0000 r-xp 0 8:1 5 $build/y",
     "40000-80000+0 /bin/x\n90000-a0000+0 /bin/x/y\n"},
    {"the first of several values and of several names holds",
     "  it = one \nit=two\nitem=three\n40000-80000 $item-$x", "40000-80000+0 oneem-$x\n"},
    {"a variable in a variable", "w=/bin\nx=$w/y\n40000-80000 $x", "40000-80000+0 /bin/y\n"},
    {"neighbours of one file are one",
     "40000-80000 r-xp 1000 8:1 5 /bin/x\n80000-90000 r-xp 41000 8:1 5 /bin/x",
     "40000-90000+1000 /bin/x\n"},
    {"neighbours that do not go on in the file",
     "40000-80000 r-xp 1000 8:1 5 /bin/x\n80000-90000 r-xp 1000 8:1 5 /bin/x",
     "40000-80000+1000 /bin/x\n80000-90000+1000 /bin/x\n"},
    {"neighbours, one without a file, the other without a build id",
     "40000-80000\n80000-90000 /bin/x abc", "40000-90000+0 /bin/x abc\n"},
    {"neighbours of other files", "40000-80000 /bin/x\n80000-90000 /bin/y",
     "40000-80000+0 /bin/x\n80000-90000+0 /bin/y\n"},
    {"neighbours of other build ids", "40000-80000 /bin/x abc\n80000-90000 /bin/x abd",
     "40000-80000+0 /bin/x abc\n80000-90000+0 /bin/x abd\n"},
    {"a number beyond 64 bits", "10000000000000000-10000000000000001 /bin/x",
     "nothing: 10000000000000000-10000000000000001 /bin/x"},
    {"a sentence", "what is this?", "nothing: what is this?"},
};

TEST(MemoryMap, ReadsEveryDialect) {
  for (const Case& c : kLines) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(read_map(c.lines), c.mappings);
  }
}

TEST(MemoryMap, VariablesDoNotGrowWithoutBounds) {
  Profile profile;
  MemoryMapReader map(profile);
  EXPECT_TRUE(map.add_line("a=" + std::string(1000, 'x')));
  std::string name = "a";
  int set = 1;
  for (char next = 'b'; next <= 'z'; ++next) {  // Each ten times as long as the one before.
    std::string line(1, next);
    line += '=';
    for (int i = 0; i < 10; ++i) line += '$' + name;
    name = next;
    if (map.add_line(line)) ++set;
  }
  EXPECT_LT(set, 26);  // Some would have been too long.
  for (int i = 0; i < 100; ++i) (void)map.add_line("v=1");
  EXPECT_FALSE(map.add_line("v=1"));
  EXPECT_FALSE(map.add_line(std::string(100'000, 'a')));
  EXPECT_LT(profile.memory_bytes(), 1u << 20);
}

struct AttachCase {
  std::string_view name;
  std::string_view lines;
  std::vector<std::uint64_t> addresses;
  std::string_view mappings;
  std::vector<std::uint32_t> indices;
};

TEST(MemoryMap, GivesAddressesTheirMappings) {
  const AttachCase cases[] = {
      {"none", "", {0x5, 0, 0x6}, "0-ffffffffffffffff+0\n", {0, kNone, 0}},
      {"no addresses", "", {}, "", {}},
      {"the program comes first",
       "10-20 /lib/libc.so.6\n30-40 [vdso]\n50-60 /lib/x.so\n70-80 /bin/x\n90-a0 /bin/y",
       {0x10, 0x1f, 0x20, 0x75, 0x95},
       "70-80+0 /bin/x\n30-40+0 [vdso]\n50-60+0 /lib/x.so\n10-20+0 /lib/libc.so.6\n"
       "90-a0+0 /bin/y\n0-ffffffffffffffff+0\n",
       {3, 3, 5, 0, 4}},
      {"names that only look like libraries",
       "10-20 /lib/a.so.x\n30-40 /bin/x",
       {0x35},
       "10-20+0 /lib/a.so.x\n30-40+0 /bin/x\n",
       {1}},
      {"a program that was deleted is one",
       "10-20 (deleted)\n30-40 /bin/x(deleted)",
       {0x15},
       "30-40+0 /bin/x(deleted)\n10-20+0 (deleted)\n",
       {1}},
      {"the usual start of programs",
       "401000-402000 /bin/x (@1000)",
       {0x400500},
       "400000-402000+0 /bin/x\n",
       {0}},
      {"huge pages in front of the program",
       "400000-401000 /anon_hugepage\n401000-402000 /anon_hugepage (@1000)",
       {0x401500},
       "400000-402000+0 /anon_hugepage\n",
       {0}},
      {"huge pages for the program",
       "400000-401000 /anon_hugepage abc\n401000-402000 /anon_hugepage abd",
       {0x401500, 0x400500},
       "401000-402000+0 /anon_hugepage abd\n0-ffffffffffffffff+0\n",
       {0, 1}},
      {"an address in front of a mapping extends it",
       "10-20 /bin/w\n5000-6000 /bin/x (@1000)\n7000-8000 /bin/y (@3000)",
       {0x4100, 0x5000, 0x3fff},
       "10-20+0 /bin/w\n4000-6000+0 /bin/x\n7000-8000+3000 /bin/y\n0-ffffffffffffffff+0\n",
       {1, 1, 3}},
      {"but not once there is one that covers everything",
       "10-20 /bin/w\n5000-6000 /bin/x (@1000)",
       {0x3fff, 0x4100, UINT64_MAX},
       "10-20+0 /bin/w\n5000-6000+1000 /bin/x\n0-ffffffffffffffff+0\n",
       {2, 2, 2}},
      {"the first of overlapping mappings",
       "10-50 /bin/x\n30-90 /bin/y\n20-100 /bin/z",
       {0x30, 0x4f, 0x50, 0x99},
       "10-50+0 /bin/x\n30-90+0 /bin/y\n20-100+0 /bin/z\n",
       {0, 0, 1, 2}},
  };
  for (const AttachCase& c : cases) {
    SCOPED_TRACE(c.name);
    Profile profile;
    MemoryMapReader map(profile);
    for (std::string_view lines = c.lines; !lines.empty();) {
      EXPECT_TRUE(map.add_line(take_until(lines, '\n')));
    }
    for (const std::uint64_t address : c.addresses) {
      Location location;
      location.address = address;
      profile.add_location(location, {});
    }
    attach_mappings(profile);
    EXPECT_EQ(test::describe_mappings(profile), c.mappings);
    for (std::size_t i = 0; i < c.indices.size(); ++i) {
      EXPECT_EQ(profile.locations[i].mapping.index, c.indices[i]) << i;
    }
  }
}

}  // namespace
}  // namespace plumb
