// SPDX-License-Identifier: Apache-2.0
// Which differences are made while the source goes by, and that it is the same report. That it
// always is, is checked in tests/property.

#include "app/streamed_top.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/number_tables.h"
#include "report/report_input.h"
#include "support/dice.h"
#include "support/go_order.h"
#include "support/make_profile.h"
#include "support/temporary_directory.h"

namespace plumb::cli {
namespace {

// A profile of about 17 bytes a sample. The same seed begins with the same samples.
std::string profile_of(int samples, bool with_labels = false) {
  test::Dice dice(1);
  test::ProfileMaker make("cpu", "nanoseconds");
  for (int i = 0; i < samples; ++i) {
    std::string stack = "main";
    for (int frame = 0; frame < 6; ++frame) {
      stack += ";f" + std::to_string(dice.below(40));
      if (dice.chance(20)) stack += "|inlined" + std::to_string(dice.below(4));
    }
    std::vector<Label> labels;
    if (with_labels) labels.push_back(make.text_label("user", "a"));
    make.add(1'000'000 + dice.below(1000), stack, labels);
  }
  number_tables_by_use(make.profile);  // As Go does.
  return test::encode_in_go_order(make.profile);
}

std::string text_of(const TopReport& report) {
  StringWriter out;
  render_top_text(report, out);
  return out.text();
}

class StreamDifference : public testing::Test {
 protected:
  Session open(const Settings& settings) {
    auto session = Session::open(std::vector{source_}, settings, "", environment_);
    EXPECT_TRUE(session);
    return *std::move(session);
  }

  std::string whole(const Settings& settings) {
    auto loaded = open(settings).load({});
    if (!loaded) return loaded.error().describe();
    const auto input =
        make_report_input(loaded->profile, ReportKind::Top, {}, [](std::string_view) {});
    return input ? text_of(build_top(*input)) : input.error().describe();
  }

  test::TemporaryDirectory directory_;
  StringWriter out_;
  StringWriter err_;
  Environment environment_{out_, err_, false};
  std::string source_ = directory_.write("source", profile_of(80'000));
};

TEST_F(StreamDifference, IsTheOneOfTheWholeProfiles) {
  Settings settings;
  const std::string base = directory_.write("base", profile_of(5000));
  for (std::string* option : {&settings.sources.base, &settings.sources.diff_base}) {
    settings.sources = {};
    *option = base;
    const auto report = stream_difference({}, open(settings));
    ASSERT_TRUE(report);
    EXPECT_EQ(text_of(*report), whole(settings));
    EXPECT_NE(text_of(*report).find("inline)"), std::string::npos);
  }
}

TEST_F(StreamDifference, LeavesWhatItCannotDoToOthers) {
  Settings settings;
  const auto streams = [&] { return stream_difference({}, open(settings)).has_value(); };
  settings.sources.base = directory_.write("base", profile_of(5000));
  EXPECT_TRUE(streams());
  settings.sources.normalize = true;
  EXPECT_FALSE(streams());
  settings.sources.normalize = false;
  settings.sources.add_comment = "a";
  EXPECT_FALSE(streams());
  settings.sources.add_comment.clear();

  settings.sources.base = directory_.write("labels", profile_of(5000, true));
  EXPECT_FALSE(streams());
  settings.sources.base = directory_.write("large", profile_of(30'000));
  EXPECT_FALSE(streams());
  settings.sources.base = directory_.write("none", "no profile");
  EXPECT_FALSE(streams());
  settings.sources.base = directory_.path("missing");
  EXPECT_FALSE(streams());

  settings.sources.base = directory_.path("base");
  source_ = directory_.write("labelled", profile_of(80'000, true));
  EXPECT_FALSE(streams());
  source_ = directory_.write("small", profile_of(40'000));
  EXPECT_FALSE(streams());
  EXPECT_EQ(err_.text(), "");
}

}  // namespace
}  // namespace plumb::cli
