// SPDX-License-Identifier: Apache-2.0
#include "formats/goroutine_frame.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace plumb {
namespace {

template <typename Case>
std::string case_name(const testing::TestParamInfo<Case>& info) {
  return std::string(info.param.name);
}

struct FunctionCase {
  std::string_view name;
  std::string_view line;
  FunctionLineKind kind;
  std::string_view function;
  std::string_view key;
  std::uint64_t number;
  bool is_strict;
};

void PrintTo(const FunctionCase& c, std::ostream* out) {
  *out << c.name;
}

class FunctionLineCase : public testing::TestWithParam<FunctionCase> {};

TEST_P(FunctionLineCase, IsUnderstood) {
  const FunctionCase& want = GetParam();
  const FunctionLine got = parse_function_line(want.line);
  EXPECT_EQ(static_cast<int>(got.kind), static_cast<int>(want.kind));
  EXPECT_EQ(got.name, want.function);
  EXPECT_EQ(got.key, want.key);
  EXPECT_EQ(got.number, want.number);
  EXPECT_EQ(got.is_strict, want.is_strict);
}

using enum FunctionLineKind;

INSTANTIATE_TEST_SUITE_P(
    Grammar, FunctionLineCase,
    testing::ValuesIn(std::vector<FunctionCase>{
        {"NoArguments", "main.main()", Call, "main.main", "main.main(", 0, true},
        {"Arguments", "main.f({0xc000, 0x1?}, _, ...)", Call, "main.f", "main.f(", 0, true},
        {"Method", "net/http.(*conn).serve(0xc0)", Call, "net/http.(*conn).serve",
         "net/http.(*conn).serve(", 0, true},
        {"TypeArguments", "main.gen[...](0x1)", Call, "main.gen[...]", "main.gen[...](", 0, true},
        {"GenericMethod", "m.(*C[...]).Get[...](0x1)", Call, "m.(*C[...]).Get[...]",
         "m.(*C[...]).Get[...](", 0, true},
        {"Inlined", "main.(*T).f(...)", Inlined, "main.(*T).f", "main.(*T).f(...)", 0, true},
        {"Panic", "panic({0x4f7a40?, 0x54b480?})", Call, "panic", "panic(", 0, true},
        {"BlankInTheName", "type:.eq.struct { F int }(0x1)", Call, "type:.eq.struct { F int }",
         "type:.eq.struct { F int }(", 0, false},
        {"CxxLambda", "f()::{lambda()#1}::operator()()", Call, "f()::{lambda()#1}::operator()",
         "f()::{lambda()#1}::operator()(", 0, true},
        {"CxxInlined", "f(int)::g(...)", Inlined, "f(int)::g", "f(int)::g(...)", 0, true},
        {"Indented", "    main.main()", Call, "main.main", "main.main(", 0, true},
        {"LogLine", "GET /x took (200)", Call, "GET /x took ", "GET /x took (", 0, false},
        {"Creator", "created by main.main", Creator, "main.main", "created by main.main", 0, true},
        {"CreatorWithId", "created by main.(*S).Run in goroutine 17", Creator, "main.(*S).Run",
         "created by main.(*S).Run", 17, true},
        {"CreatorThatEndsInDigits", "created by main.func12", Creator, "main.func12",
         "created by main.func12", 0, true},
        {"CreatorWithoutName", "created by in goroutine 17", Creator, "in goroutine 17",
         "created by in goroutine 17", 0, false},
        {"SecondParenthesis", "main.(*T).f(0x1)(0x2)", Call, "main.(*T).f", "main.(*T).f(", 0,
         false},
        {"Elided", "...additional frames elided...", Elided, "...additional frames elided...",
         "...additional frames elided...", 0, true},
        {"ElidedWithNumber", "...2561 frames elided...", Elided, "...2561 frames elided...",
         "...2561 frames elided...", 2561, true},
        {"NotElided", "...some frames elided...", Other, "...some frames elided...",
         "...some frames elided...", 0, false},
        {"Ancestor", "[originating from goroutine 17]:", Ancestor,
         "[originating from goroutine 17]:", "[originating from goroutine ", 17, true},
        {"Unavailable", "\tgoroutine running on other thread; stack unavailable", Unavailable,
         "goroutine running on other thread; stack unavailable",
         "goroutine running on other thread; stack unavailable", 0, true},
        {"CgoAddress", "non-Go function at pc=7f0012", CgoAddress, "non-Go function at pc=7f0012",
         "non-Go function at pc=7f0012", 0, true},
        {"CFunction", "pthread_cond_wait", Other, "pthread_cond_wait", "pthread_cond_wait", 0,
         false},
        {"OnlyParentheses", "()", Other, "()", "()", 0, false},
        {"Empty", "", Other, "", "", 0, false},
    }),
    case_name<FunctionCase>);

struct FileCase {
  std::string_view name;
  std::string_view line;
  std::string_view file;
  std::int64_t number;
  std::uint64_t offset;
  std::string_view key;
};

void PrintTo(const FileCase& c, std::ostream* out) {
  *out << c.name;
}

class FileLineCase : public testing::TestWithParam<FileCase> {};

TEST_P(FileLineCase, IsUnderstood) {
  const FileCase& want = GetParam();
  const auto got = parse_file_line(want.line);
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->file, want.file);
  EXPECT_EQ(got->line, want.number);
  EXPECT_EQ(got->pc_offset, want.offset);
  EXPECT_EQ(got->key, want.key);
}

INSTANTIATE_TEST_SUITE_P(
    Grammar, FileLineCase,
    testing::ValuesIn(std::vector<FileCase>{
        {"Plain", "\t/srv/app/main.go:20 +0x1d", "/srv/app/main.go", 20, 0x1d,
         "/srv/app/main.go:20 +0x1d"},
        {"WithoutOffset", "\tmain.go:20", "main.go", 20, 0, "main.go:20"},
        {"Spaces", "        /a b/main (1).go:7 +0x2", "/a b/main (1).go", 7, 2,
         "/a b/main (1).go:7 +0x2"},
        {"Windows", "\tC:/Users/x y/main.go:31 +0x4b\r", "C:/Users/x y/main.go", 31, 0x4b,
         "C:/Users/x y/main.go:31 +0x4b"},
        {"Module", "\tgithub.com/a/b@v1.2.3-0.2024/c.go:9 +0x1",
         "github.com/a/b@v1.2.3-0.2024/c.go", 9, 1, "github.com/a/b@v1.2.3-0.2024/c.go:9 +0x1"},
        {"Autogenerated", "\t<autogenerated>:1 +0x2c", "<autogenerated>", 1, 0x2c,
         "<autogenerated>:1 +0x2c"},
        {"Unknown", "\t??:0 +0x0", "??", 0, 0, "??:0 +0x0"},
        {"Addresses", "\tp.go:464 +0xce fp=0xc00006dda0 sp=0xc00006dd80 pc=0x439a16", "p.go", 464,
         0xce, "p.go:464 +0xce"},
        {"CFunction", "\t/src/wait.c:88 pc=0x7f0012", "/src/wait.c", 88, 0, "/src/wait.c:88"},
        {"NotIndented", "main.go:3 +0x1", "main.go", 3, 1, "main.go:3 +0x1"},
    }),
    case_name<FileCase>);

TEST(FileLine, TellsCFunctionsFromGoFunctions) {
  EXPECT_TRUE(parse_file_line("\t/src/wait.c:88 pc=0x7f0012")->has_pc);
  EXPECT_TRUE(parse_file_line("\tpc=0x7f0012")->has_pc);
  EXPECT_FALSE(parse_file_line("\tp.go:464 +0xce fp=0xc0 sp=0xc0 pc=0x43")->has_pc);
  EXPECT_TRUE(parse_file_line("\tp.go:464 +0x0")->has_offset);
  EXPECT_FALSE(parse_file_line("\tp.go:464")->has_offset);
}

TEST(FileLine, RefusesWhatIsNone) {
  for (const std::string_view line :
       {"", "\t", "\tmain.go", "\tmain.go:", "\tmain.go:x", "\t:20", "\tmain.go:20 +0x",
        "\tmain.go:20 +0xzz", "\tmain.go:99999999999999999999", "\tmain.go:20 +0x11112222333344445",
        "\tp.go:4 +0xce fp=0xc0 and more", "main.main()",
        "\tgoroutine running on other thread; stack unavailable"}) {
    EXPECT_FALSE(parse_file_line(line).has_value()) << line;
  }
}

}  // namespace
}  // namespace plumb
