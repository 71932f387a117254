// SPDX-License-Identifier: Apache-2.0
#include "report/list.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "support/make_profile.h"
#include "support/prepared_input.h"
#include "support/temporary_directory.h"

namespace plumb {
namespace {

using test::prepared_input;

class ListTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string lines;
    for (int i = 1; i <= 30; ++i) lines += "line " + std::to_string(i) + "\n";
    file_ = directory_.write("main.go", lines);
    profile_.sample_types.push_back({profile_.strings.intern("samples"), {}});
  }

  // A location of one line; without a file if `line` is 0.
  LocationId at(const std::string& function, std::int64_t line, std::int64_t start_line = 0) {
    Function row;
    row.name = row.system_name = profile_.strings.intern(function);
    if (line != 0) row.file = profile_.strings.intern(file_);
    row.start_line = start_line;
    profile_.functions.push_back(row);
    const auto id = static_cast<std::uint32_t>(profile_.functions.size() - 1);
    const Line of_location{.function = {id}, .line = line};
    return profile_.add_location({}, {&of_location, 1});
  }

  // `stack` is leaf first.
  void sample(std::int64_t value, const std::vector<LocationId>& stack) {
    profile_.add_sample(profile_.add_stack(stack), {&value, 1}, {});
  }

  std::string list(const std::string& pattern, const ReportOptions& options = {}) {
    const auto input = prepared_input(profile_, ReportKind::List, options);
    if (!input) return input.error().message();
    SourceFiles sources(options.source_path, options.trim_path);
    const auto report = build_list(*input, pattern, sources);
    if (!report) return report.error().message();
    StringWriter out;
    render_list_text(*report, out);
    return out.text();
  }

  test::TemporaryDirectory directory_;
  Profile profile_;
  std::string file_;
};

TEST_F(ListTest, ShowsLinesFromTheStartOfTheFunction) {
  const LocationId work = at("main.work", 5, 4);
  sample(3, {work});
  sample(1, {at("other", 9), work});
  EXPECT_EQ(list("work"),
            "Total: 4\n"
            "ROUTINE ======================== main.work in " +
                file_ +
                "\n"
                "         3          4 (flat, cum)   100% of Total\n"
                "         .          .      4:line 4\n"
                "         3          4      5:line 5\n"
                "         .          .      6:line 6\n"
                "         .          .      7:line 7\n"
                "         .          .      8:line 8\n"
                "         .          .      9:line 9\n"
                "         .          .     10:line 10\n");
}

TEST_F(ListTest, ShowsAMarginWhereTheStartIsNotKnown) {
  sample(1, {at("f", 28)});
  const std::string text = list("f");
  EXPECT_NE(text.find("     23:line 23\n"), std::string::npos);
  EXPECT_EQ(text.find("     22:line 22\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("     30:line 30\n"));  // The file ends here.
}

TEST_F(ListTest, CountsRecursionOnceUnlessAskedFor) {
  sample(10, {at("f", 12, 11), at("f", 13, 11)});
  EXPECT_NE(list("f").find("        10         10 (flat, cum)   100% of Total\n"),
            std::string::npos);
  EXPECT_NE(list("f", {.recursive_sums = true})
                .find("        10         20 (flat, cum) 200.00% of Total\n"),
            std::string::npos);
}

TEST_F(ListTest, SaysWhatIsMissing) {
  sample(1, {at("nowhere", 0)});
  file_ = "/no/such/file.go";
  sample(1, {at("gone", 3)});
  EXPECT_EQ(list("nowhere"), "Total: 2\nNo source information for nowhere\n");
  EXPECT_EQ(list("gone"),
            "Total: 2\n"
            "ROUTINE ======================== gone in /no/such/file.go\n"
            "         1          1 (flat, cum) 50.00% of Total\n"
            " Error: open /no/such/file.go: no such file or directory\n");
  EXPECT_EQ(list("absent"), "no matches found for regexp: absent");
  EXPECT_EQ(list("a("),
            "parsing argument regexp a(: error parsing regexp: missing closing ): `a(`");
}

TEST_F(ListTest, WritesJson) {
  sample(2, {at("f", 1, 1)});
  const auto input = prepared_input(profile_, ReportKind::List);
  SourceFiles sources("", "");
  StringWriter out;
  render_list_json(*build_list(*input, "f", sources), out);
  const auto json = nlohmann::json::parse(out.text());
  EXPECT_EQ(json["schema"], "plumb.list/1");
  EXPECT_EQ(json["total"], 2);
  const auto& routine = json["routines"][0];
  EXPECT_EQ(routine["function"], "f");
  EXPECT_EQ(routine["file"], file_);
  EXPECT_EQ(routine["lines"][0]["text"], "line 1");
  EXPECT_EQ(routine["lines"][0]["flat"], 2);
}

}  // namespace
}  // namespace plumb
