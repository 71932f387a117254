// SPDX-License-Identifier: Apache-2.0
// The expected texts are what go tool pprof -raw printed for such profiles.

#include "report/raw.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "report/comments.h"
#include "support/make_profile.h"
#include "support/prepared_input.h"

namespace plumb {
namespace {

using test::prepared_input;
using test::ProfileMaker;

template <typename Render>
std::string rendered(ProfileMaker& make, Render render, ReportKind kind = ReportKind::Raw) {
  const auto input = prepared_input(make.profile, kind);
  if (!input) return "error: " + input.error().describe();
  StringWriter out;
  render(*input, out);
  return out.text();
}

// The lines between "Samples:" and the tables, without that of the types.
std::string samples_of(const std::string& raw) {
  const std::size_t types = raw.find("Samples:\n") + 9;
  const std::size_t begin = raw.find('\n', types) + 1;
  return raw.substr(begin, raw.find("Locations\n") - begin);
}

TEST(Raw, WritesTheWholeProfile) {
  ProfileMaker make("cpu", "nanoseconds");
  make.add_type("n", "count");
  make.add({7, -1}, "main;work|leaf").add({12345678901, 0}, "");
  make.profile.sample_types[0].unit = make.profile.strings.intern("ns");
  make.profile.default_sample_type = make.profile.sample_types[1].type;
  make.profile.comments = {make.profile.strings.intern("#one"), {}};
  make.profile.doc_url = make.profile.strings.intern("https://x");
  make.profile.duration_nanos = 1'001'000'000;
  make.profile.period = 3;
  make.profile.functions[1].system_name = make.profile.strings.intern("_work");
  make.profile.locations[1].is_folded = true;
  make.profile.locations[1].mapping = make.mapping("/bin/x");
  make.profile.mappings[0].limit = 0x2000;
  make.profile.mappings[0].has_functions = true;
  make.profile.mappings[0].has_inline_frames = true;
  EXPECT_EQ(rendered(make, render_raw_text),
            "Comment: #one\n"
            "Comment: \n"
            "Doc: https://x\n"
            "PeriodType:  \n"
            "Period: 3\n"
            "Duration: 1.00\n"
            "Samples:\n"
            "cpu/ns n/count[dflt]\n"
            "          7         -1: 2 1 \n"
            " 12345678901          0: \n"
            "Locations\n"
            "     1: 0x1001 main main.go:10:0 s=3\n"
            "     2: 0x1002 M=1 [F] leaf main.go:10:0 s=3\n"
            "             work main.go:10:0 s=3(_work)\n"
            "Mappings\n"
            "1: 0x0/0x2000/0x0 /bin/x  [FN][IN]\n");
}

TEST(Raw, GroupsLabelsByKey) {
  ProfileMaker make;
  make.add(1, "main",
           {make.text_label("z", "2"), make.number_label("n", 5), make.text_label("a", "x y"),
            make.text_label("z", "1"), make.number_label("n", 6, "bytes"),
            make.number_label("plain", 4), make.text_label("z", "")});
  EXPECT_EQ(samples_of(rendered(make, render_raw_text)),
            "          1: 1 \n"
            "                a:[x y] z:[2 1 ]\n"
            "                n:[5  6 bytes] plain:[4]\n");
}

TEST(Raw, KeepsTheNumbersOfTheInput) {
  ProfileMaker make;
  make.add(1, "main;work").add(1, "?");
  make.profile.location_numbers = RowNumbers({999'999, 1'000'000, 18'446'744'073'709'551'615U});
  const std::string text = rendered(make, render_raw_text);
  EXPECT_EQ(samples_of(text),
            "          1: 1000000 999999 \n"
            "          1: 18446744073709551615 \n");
  EXPECT_NE(text.find("\n18446744073709551615: 0x1003 \n"), std::string::npos) << text;
}

TEST(Raw, IsJsonWithTheSameContent) {
  ProfileMaker make;
  make.add(7, "main;work|leaf", {make.number_label("b", 5, "bytes"), make.text_label("k", "v")});
  make.mapping("/bin/x");
  const auto json = nlohmann::json::parse(rendered(make, render_raw_json), nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  EXPECT_EQ(json["schema"], "plumb.raw/1");
  EXPECT_EQ(json["samples"][0]["values"], nlohmann::json({7}));
  EXPECT_EQ(json["samples"][0]["locations"], nlohmann::json({2, 1}));
  EXPECT_EQ(json["samples"][0]["labels"][0]["unit"], "bytes");
  EXPECT_EQ(json["locations"][1]["lines"][0]["function"], "leaf");
  EXPECT_EQ(json["locations"][1]["address"], "0x1002");
  EXPECT_EQ(json["locations"][1]["mapping"], nullptr);
  EXPECT_EQ(json["mappings"][0]["file"], "/bin/x");
}

TEST(Comments, AreWrittenOneALine) {
  ProfileMaker make;
  make.profile.comments = {make.profile.strings.intern("#hidden elsewhere"),
                           make.profile.strings.intern("two \"words\"")};
  EXPECT_EQ(rendered(make, render_comments_text, ReportKind::Comments),
            "#hidden elsewhere\ntwo \"words\"\n");
  EXPECT_EQ(rendered(make, render_comments_json, ReportKind::Comments),
            "{\"schema\":\"plumb.comments/1\",\"comments\":[\"#hidden elsewhere\",\"two "
            "\\\"words\\\"\"]}\n");
}

}  // namespace
}  // namespace plumb
