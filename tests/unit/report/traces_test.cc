// SPDX-License-Identifier: Apache-2.0
#include "report/traces.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "support/make_profile.h"
#include "support/prepared_input.h"

namespace plumb {
namespace {

using test::prepared_input;
using test::ProfileMaker;

constexpr std::string_view kLine =
    "-----------+-------------------------------------------------------\n";

std::string text_of(ProfileMaker& make, const ReportOptions& options = {}) {
  const auto input = prepared_input(make.profile, ReportKind::Traces, options);
  if (!input) return "error: " + input.error().describe();
  StringWriter out;
  render_traces_text(*input, out);
  return out.text();
}
std::string text_of(ProfileMaker&& make, const ReportOptions& options = {}) {
  return text_of(make, options);
}

std::string between(std::string_view header, std::initializer_list<std::string_view> samples) {
  std::string text(header);
  for (const std::string_view sample : samples) text += std::string(kLine) + std::string(sample);
  return text + std::string(kLine);
}

TEST(Traces, WritesEverySampleInItsOrder) {
  ProfileMaker make;
  make.add(1, "main;work|helper;leaf").add(0, "main").add(7, "").add(-5, "main;?");
  EXPECT_EQ(text_of(make), between("Type: samples\n", {"         1   leaf\n"
                                                       "             helper (inline)\n"
                                                       "             work\n"
                                                       "             main\n",
                                                       "         0   main\n",
                                                       "        -5   <unknown>\n"
                                                       "             main\n"}));
}

TEST(Traces, WritesLabelsByTheirLines) {
  ProfileMaker make;
  make.add(1, "main",
           {make.text_label("handler", "/x"), make.text_label("req", "b"),
            make.text_label("req", "a"), make.number_label("bytes", 2048, "bytes"),
            make.number_label("a_long_key_indeed", 3), make.number_label("bytes", 1)});
  EXPECT_EQ(text_of(make), between("Type: samples\n", {"       req:  b a\n"
                                                       "   handler:  /x\n"
                                                       "     bytes:  2kB 1B\n"
                                                       "a_long_key_indeed:  3\n"
                                                       "         1   main\n"}));
}

TEST(Traces, WritesAnEmptyLineForNoHeader) {
  ProfileMaker make("", "");
  make.add(1, "main");
  EXPECT_EQ(text_of(make), between("\n", {"         1   main\n"}));
  EXPECT_EQ(text_of(ProfileMaker("", "")), between("\n", {}));
}

TEST(Traces, KeepsTheHeaderWithCompactLabels) {
  ProfileMaker make;
  EXPECT_EQ(text_of(make, {.compact_labels = true}), between("Type: samples\n", {}));
}

TEST(Traces, FormatsEachValueByItself) {
  ProfileMaker make("cpu", "nanoseconds");
  make.add(10'000'000, "a").add(3'600'000'000'000, "b");
  EXPECT_EQ(text_of(make), between("Type: cpu\n", {"      10ms   a\n", "      1hrs   b\n"}));
  EXPECT_EQ(text_of(make, {.unit = "ms"}),
            between("Type: cpu\n", {"      10ms   a\n", " 3600000ms   b\n"}));
}

TEST(Traces, DividesForMeans) {
  ProfileMaker make("contentions", "count");
  make.add_type("delay", "nanoseconds");
  make.add({4, 10}, "a").add({0, 10}, "b").add({-1, INT64_MIN}, "c");
  EXPECT_EQ(text_of(make, {.mean = true}),
            between("Type: mean_delay\n",
                    {"       2ns   a\n", "      10ns   b\n", "-9223372036.85s   c\n"}));
}

TEST(Traces, StopsWhenNobodyReads) {
  class ClosedWriter final : public Writer {
   public:
    std::size_t written = 0;
    [[nodiscard]] bool is_closed() const override { return true; }

   private:
    void write_through(std::string_view text) override { written += text.size(); }
  };
  ProfileMaker make;
  for (int i = 0; i < 10'000; ++i) make.add(1, "main;work");
  ClosedWriter out;
  render_traces_text(*prepared_input(make.profile, ReportKind::Traces), out);
  out.flush();
  EXPECT_LT(out.written, 1000U);
}

TEST(Traces, SaysWhatIsWrongWithTheOptions) {
  EXPECT_EQ(text_of(ProfileMaker(), {.sample_index = "x"}),
            "error: sample_index \"x\" must be one of: [samples]");
}

TEST(Traces, WritesJson) {
  ProfileMaker make;
  make.add(1, "main;work|helper", {make.text_label("k", "v"), make.number_label("n", 5, "bytes")});
  make.add(2, "?").add(3, "");
  StringWriter out;
  const ReportOptions with_lines{.aggregate = {.granularity = Granularity::Lines}};
  render_traces_json(*prepared_input(make.profile, ReportKind::Traces, with_lines), out);
  const auto json = nlohmann::json::parse(out.text());
  EXPECT_EQ(json["schema"], "plumb.traces/1");
  EXPECT_EQ(json["total"], 6);
  ASSERT_EQ(json["samples"].size(), 3U);
  const auto& first = json["samples"][0];
  EXPECT_EQ(first["value"], 1);
  EXPECT_EQ(first["labels"][0]["value"], "v");
  EXPECT_EQ(first["labels"][1]["value"], 5);
  EXPECT_EQ(first["labels"][1]["unit"], "bytes");
  ASSERT_EQ(first["frames"].size(), 3U);
  EXPECT_EQ(first["frames"][0]["function"], "helper");
  EXPECT_EQ(first["frames"][0]["inlined"], true);
  EXPECT_EQ(first["frames"][1]["function"], "work");
  EXPECT_EQ(first["frames"][1]["inlined"], false);
  EXPECT_EQ(first["frames"][2]["file"], "main.go");
  EXPECT_TRUE(json["samples"][1]["frames"][0].contains("address"));
  EXPECT_TRUE(json["samples"][2]["frames"].empty());
}

}  // namespace
}  // namespace plumb
