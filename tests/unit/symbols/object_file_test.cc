// SPDX-License-Identifier: Apache-2.0
// ObjectFile on the binary that runs the test.

#include "symbols/object_file.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "support/temporary_directory.h"

namespace {

using plumb::ObjectFile;
using plumb::ObjectSymbol;

// Found again by its name.
extern "C" __attribute__((noinline, used)) int plumb_test_landmark(int x) {
  return x * 3 + 1;
}

const std::string kSelf = "/proc/self/exe";

TEST(ObjectFile, SaysWhyAFileIsNotOpened) {
  const auto missing = ObjectFile::open("/no/such/file");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message(), "open /no/such/file: no such file or directory");
  const plumb::test::TemporaryDirectory directory;
  const std::string text = directory.write("no_elf.txt", "text");
  const auto other = ObjectFile::open(text);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().message(), "open " + text + ": unrecognized object file");
  std::ifstream self(kSelf, std::ios::binary);
  std::string bytes(100'000, '\0');
  self.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const std::string cut = directory.write("cut", bytes);
  const auto short_one = ObjectFile::open(cut);
  ASSERT_FALSE(short_one);
  EXPECT_EQ(short_one.error().message(), "open " + cut + ": unrecognized object file");
  const std::string mac = directory.write("mac", "\xcf\xfa\xed\xfe\x0c");
  const auto foreign = ObjectFile::open(mac);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().message(),
            "open " + mac + ": a program of another system (Mach-O), and only ELF is read");
  const auto folder = ObjectFile::open("/");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().message(), "open /: is a directory");
}

TEST(ObjectFile, FindsSymbolsByName) {
  auto object = ObjectFile::open(kSelf);
  ASSERT_TRUE(object);
  const re2::RE2 pattern("^plumb_test_landmark$");
  const auto symbols = (*object)->symbols(&pattern);
  ASSERT_EQ(symbols.size(), 1u);
  EXPECT_EQ(symbols[0].names, std::vector<std::string>{"plumb_test_landmark"});
  EXPECT_GT(symbols[0].limit, symbols[0].start);
  const auto at = (*object)->symbols(nullptr, symbols[0].limit - 1);
  ASSERT_EQ(at.size(), 1u);
  EXPECT_EQ(at[0].start, symbols[0].start);
}

TEST(ObjectFile, NamesAnAddress) {
  auto object = ObjectFile::open(kSelf);
  ASSERT_TRUE(object);
  const re2::RE2 pattern("^plumb_test_landmark$");
  const auto symbols = (*object)->symbols(&pattern);
  ASSERT_EQ(symbols.size(), 1u);
  const auto frames = (*object)->source_line(symbols[0].start + 1);
  ASSERT_TRUE(frames);
  EXPECT_EQ(frames->back().function, "plumb_test_landmark");
  const auto nothing = (*object)->source_line(1);
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().message(), "no line information for PC=0x1");
}

// What the linker leaves in the binary has the lines; inlined calls are in the other file.
TEST(ObjectFile, FindsLinesOfASplitBinaryWithoutItsOtherHalf) {
  const plumb::test::TemporaryDirectory directory;
  const std::string source =
      directory.write("split.cc", "extern \"C\" int plumb_split(int x) {\n  return x * 3;\n}\n");
  const std::string library = directory.path("split.so");
  for (const std::string version : {"-gdwarf-4", "-gdwarf-5"}) {
    SCOPED_TRACE(version);
    const std::string command = "cd " + directory.path() + " && c++ -g -gsplit-dwarf " + version +
                                " -O1 -fPIC -shared -o " + library + " " + source + " && rm *.dwo";
    ASSERT_EQ(std::system(command.c_str()), 0);
    auto object = ObjectFile::open(library);
    ASSERT_TRUE(object);
    const re2::RE2 pattern("^plumb_split$");
    const auto symbols = (*object)->symbols(&pattern);
    ASSERT_EQ(symbols.size(), 1u);
    const auto frames = (*object)->source_line(symbols[0].start);
    ASSERT_TRUE(frames);
    EXPECT_EQ(frames->back().function, "plumb_split");
    EXPECT_EQ(frames->back().file, source);
    EXPECT_GE(frames->back().line, 1);
    EXPECT_TRUE((*object)->damage().ends_with(".dwo was not found")) << (*object)->damage();
  }
}

// The calls inlined at the first address of plumb_split that has any: "inner:3 middle:6
// plumb_split:9".
std::string inlined_calls(const std::string& library) {
  auto object = ObjectFile::open(library);
  if (!object) return object.error().message();
  const re2::RE2 pattern("^plumb_split$");
  const auto symbols = (*object)->symbols(&pattern);
  if (symbols.size() != 1) return "no symbol";
  for (std::uint64_t at = symbols[0].start; at < symbols[0].limit; ++at) {
    const auto frames = (*object)->source_line(at);
    if (!frames || frames->size() != 3) continue;
    std::string text;
    for (const plumb::SourceFrame& frame : *frames) {
      text += (text.empty() ? "" : " ") + frame.function + ':' + std::to_string(frame.line);
    }
    return text;
  }
  return "no inlined calls";
}

constexpr const char* kSplitSource =
    "extern int table[];\n"
    "static inline __attribute__((always_inline)) int inner(int x) {\n"
    "  return table[x] * table[x + 1];\n}\n"
    "static inline __attribute__((always_inline)) int middle(int x) {\n"
    "  return inner(x + 3) * table[9];\n}\n"
    "int plumb_split(int x) {\n"
    "  return x > 4 ? middle(x) : middle(x + 7) + 1;\n}\n"
    "int table[100];\n";

TEST(ObjectFile, FindsInlinedCallsOfASplitBinary) {
  const plumb::test::TemporaryDirectory directory;
  directory.write("split.c", kSplitSource);
  const std::string folder = directory.path();
  const std::string library = directory.path("split.so");
  constexpr const char* kOptions[] = {"-gdwarf-4", "-gdwarf-5", "-gdwarf-5 -ffunction-sections",
                                      "-gdwarf-4 -gz"};
  for (const std::string compiler : {"cc", "clang-14"}) {
    for (const std::string options : kOptions) {
      SCOPED_TRACE(compiler + ' ' + options);
      const std::string command = "cd " + folder + " && mkdir -p obj && " + compiler + " -c -g " +
                                  options + " -gsplit-dwarf -O1 -fPIC -o obj/split.o split.c && " +
                                  compiler + " -shared -o split.so obj/split.o 2> errors";
      const bool is_built = std::system((command + " 2> errors").c_str()) == 0;
      if (compiler != "cc" && !is_built) continue;  // There need be only one.
      ASSERT_TRUE(is_built);
      const std::string expected = "inner:3 middle:6 plumb_split:9";
      EXPECT_EQ(inlined_calls(library), expected);
      // Moved together: beside the binary.
      ASSERT_EQ(std::system(("cd " + folder +
                             " && rm -rf moved && mkdir moved && "
                             "mv split.so obj/split.dwo moved")
                                .c_str()),
                0);
      EXPECT_EQ(inlined_calls(folder + "/moved/split.so"), expected);
      // That of another build.
      ASSERT_EQ(
          std::system(("cd " + folder + " && sed 's/table.9./table[8]/' split.c > other.c && " +
                       compiler + " -c -g " + options +
                       " -gsplit-dwarf -O1 -fPIC -o moved/split.o other.c 2> errors")
                          .c_str()),
          0);
      EXPECT_EQ(inlined_calls(folder + "/moved/split.so"), "no inlined calls");
    }
  }
}

// All units in one package beside the binary, as each of the programs that make some writes it:
// those of compilers that it understands. None understands DWARF 5 of g++ 12: dwp 2.40 crashes on
// it, and llvm-dwp 14 to 19 does not end.
TEST(ObjectFile, FindsInlinedCallsInAPackage) {
  const plumb::test::TemporaryDirectory directory;
  directory.write("split.c", kSplitSource);
  directory.write("first.c", "int plumb_first(int x) {\n  return x * 5;\n}\n");
  directory.write("last.c", "int plumb_last(int x) {\n  return x * 7;\n}\n");
  struct Maker {
    const char* compiler;
    const char* packager;
  };
  int packages = 0;
  for (const Maker& maker :
       {Maker{"cc -gdwarf-4", "dwp"}, Maker{"cc -gdwarf-4", "llvm-dwp-14"},
        Maker{"clang-14 -gdwarf-4", "dwp"}, Maker{"clang-14 -gdwarf-5", "llvm-dwp-14"},
        Maker{"clang-14 -gdwarf-5 -ffunction-sections", "llvm-dwp-14"}}) {
    SCOPED_TRACE(std::string(maker.compiler) + ' ' + maker.packager);
    const std::string command =
        "(cd " + directory.path() + " && rm -f *.o *.dwo *.dwp && " + maker.compiler +
        " -c -g -gsplit-dwarf -O1 -fPIC first.c split.c last.c && " + maker.compiler +
        " -shared -o split.so *.o && " + maker.packager +
        " -e split.so -o split.so.dwp && rm *.dwo) > " + directory.path("log") + " 2>&1";
    if (std::system(command.c_str()) != 0) continue;  // Not installed.
    ++packages;
    EXPECT_EQ(inlined_calls(directory.path("split.so")), "inner:3 middle:6 plumb_split:9");
  }
  if (packages == 0) GTEST_SKIP() << "nothing here makes packages";
}

}  // namespace
