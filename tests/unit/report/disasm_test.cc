// SPDX-License-Identifier: Apache-2.0
// Instructions of the binary that runs the test.

#include "report/disasm.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <string>
#include <vector>

#include "base/writer.h"
#include "report/write_report.h"
#include "support/prepared_input.h"
#include "symbols/object_file.h"

// Found again by their names.
extern "C" __attribute__((noinline, used)) int plumb_disassembled_small(int x) {
  return x * 7 + 1;
}
extern "C" __attribute__((noinline, used)) int plumb_disassembled_large(int x) {
  return x * 9 + 4;
}
namespace plumb_disassembled {
__attribute__((noinline, used)) int in_cxx(int x) {
  return x * 11 + 5;
}
}  // namespace plumb_disassembled

namespace plumb {
namespace {

const std::string kSelf = "/proc/self/exe";

class DisasmTest : public testing::Test {
 protected:
  DisasmTest() {
    profile_.sample_types.push_back({profile_.strings.intern("samples"), {}});
    Mapping& mapping = profile_.mappings.emplace_back();
    mapping.file = profile_.strings.intern(kSelf);
    mapping.limit = std::uint64_t{1} << 40;
  }

  // A sample in the first instruction of the symbol, with what a compiler inlined there.
  void sample(std::int64_t value, const std::string& symbol, const std::string& inlined = "") {
    auto object = ObjectFile::open(kSelf);
    const re2::RE2 pattern('^' + symbol + '$');
    const auto symbols = (*object)->symbols(&pattern);
    ASSERT_EQ(symbols.size(), 1u) << symbol;
    std::vector<Line> lines;
    if (!inlined.empty()) lines.push_back({.function = function(inlined), .line = 3});
    lines.push_back({.function = function(symbol), .line = 9});
    const Location location{.address = symbols[0].start, .mapping = {0}};
    const LocationId id = profile_.add_location(location, lines);
    profile_.add_sample(profile_.add_stack(std::vector{id}), {&value, 1}, {});
  }

  FunctionId function(const std::string& name) {
    Function row;
    row.name = row.system_name = profile_.strings.intern(name);
    profile_.functions.push_back(row);
    return {static_cast<std::uint32_t>(profile_.functions.size() - 1)};
  }

  Result<DisasmReport> disasm(std::string_view argument, std::size_t most = SIZE_MAX) {
    auto input = test::prepared_input(profile_, ReportKind::Disasm);
    if (!input) return std::move(input).error();
    return build_disasm(
        *input, argument, [this](std::string_view line) { notices_.emplace_back(line); }, most);
  }

  // What is said beside a report on the small function.
  std::vector<std::string> notices_of(ReportKind kind) {
    ReportRequest request;
    request.kind = kind;
    request.argument = "disassembled_small";
    Profile profile = profile_.copy();
    StringWriter out;
    notices_.clear();
    EXPECT_TRUE(write_report(profile, request, out,
                             [this](std::string_view line) { notices_.emplace_back(line); }));
    return notices_;
  }

  Profile profile_;
  std::vector<std::string> notices_;
};

TEST_F(DisasmTest, ShowsTheInstructionsOfASymbol) {
  sample(30, "plumb_disassembled_large");
  const auto report = disasm("disassembled_large");
  ASSERT_TRUE(report) << report.error().message();
  ASSERT_EQ(report->routines.size(), 1u);
  const DisasmRoutine& routine = report->routines[0];
  EXPECT_EQ(routine.names.front(), "plumb_disassembled_large");
  EXPECT_EQ(routine.flat, 30);
  ASSERT_GT(routine.lines.size(), 1u);
  EXPECT_EQ(routine.lines[0].flat, 30);
  EXPECT_FALSE(routine.lines[0].text.empty());
}

TEST_F(DisasmTest, TakesARegexpOfTheWholeName) {
  sample(30, "plumb_disassembled_large");
  const auto report = disasm("^plumb_disassembled_large$");
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->routines.size(), 1u);
}

TEST_F(DisasmTest, TellsAddressesInJsonAsTexts) {
  sample(30, "plumb_disassembled_large");
  StringWriter out;
  render_disasm_json(*disasm("disassembled_large"), out);
  EXPECT_NE(out.text().find(R"("instructions":[{"address":"0x)"), std::string::npos);
}

TEST_F(DisasmTest, OfAllFunctionsTheLargestAreShown) {
  sample(10, "plumb_disassembled_small");
  sample(30, "plumb_disassembled_large", "what_was_inlined");
  sample(20, "_ZN18plumb_disassembled6in_cxxEi");
  const auto all = disasm("");
  ASSERT_TRUE(all) << all.error().message();
  EXPECT_EQ(all->routines.size(), 3u);
  const auto some = disasm("", 2);
  ASSERT_TRUE(some) << some.error().message();
  ASSERT_EQ(some->routines.size(), 2u);
  EXPECT_EQ(some->routines[0].flat, 20);
  EXPECT_EQ(some->routines[1].names.front(), "plumb_disassembled_large") << "by name";
  EXPECT_EQ(some->routines[1].flat, 30);
}

TEST_F(DisasmTest, SaysThatTheBinaryIsAnotherBuild) {
  const std::string build_id = (*ObjectFile::open(kSelf))->build_id();
  if (build_id.empty()) GTEST_SKIP() << "this program has no build ID";
  sample(10, "plumb_disassembled_small");
  profile_.mappings.push_back(profile_.mappings[0]);
  for (const ReportKind kind : {ReportKind::Disasm, ReportKind::WebList}) {
    for (Mapping& mapping : profile_.mappings) mapping.build_id = profile_.strings.intern(build_id);
    EXPECT_EQ(notices_of(kind), std::vector<std::string>());
    for (Mapping& mapping : profile_.mappings) mapping.build_id = profile_.strings.intern("ab12");
    EXPECT_EQ(notices_of(kind),
              std::vector{kSelf + " has another build ID than the profile (" + build_id +
                          ", not ab12): its instructions may not be those that ran"});
  }
}

TEST_F(DisasmTest, SaysThatNothingMatches) {
  sample(10, "plumb_disassembled_small");
  const auto none = disasm("nosuchfunction");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message(), "no matches found for regexp nosuchfunction");
}

}  // namespace
}  // namespace plumb
