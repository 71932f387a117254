// SPDX-License-Identifier: Apache-2.0
#include "model/label_filter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/make_profile.h"

namespace plumb {
namespace {

using test::ProfileMaker;

// The values of the samples, which are their numbers.
std::string numbers_of(const Profile& profile) {
  std::string out;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    out += std::to_string(profile.values(i)[0]);
  }
  return out;
}

ProfileMaker six_samples() {
  ProfileMaker make;
  make.add(1, "a", {make.text_label("req", "GET"), make.text_label("path", "/a")});
  make.add(2, "a", {make.text_label("req", "POST"), make.number_label("bytes", 2048, "bytes")});
  make.add(3, "a", {make.number_label("bytes", 4096), make.number_label("latency", 5, "ms")});
  make.add(4, "a", {make.number_label("count", -7), make.text_label("path", "x=y")});
  make.add(5, "a");
  make.add(6, "a", {make.text_label("path", "/a"), make.text_label("path", "/b")});
  return make;
}

struct FilterCase {
  const char* name;
  const char* text;
  const char* samples;     // Those that match.
  const char* range = "";  // What is said to be read as a range.
};

TEST(LabelFilter, FollowsTheGrammar) {
  const FilterCase cases[] = {
      {"a number of any label", "-7", "4", "-7"},
      {"with a sign", "+5ms", "3", "+5ms"},
      {"a number in another unit", "4kb", "3", "4kb"},
      {"from", "2kb:", "23", "2kb:"},
      {"to, where unknown units take the bound's", ":2kb", "24", ":2kb"},
      {"from to", "1kb:4096b", "23", "1kb:4096b"},
      {"the second unit may be missing", "3kb:4", "3", "3kb:4"},
      {"of a key", "latency=0ms:9000us", "3", "0ms:9000us"},
      {"of a key that only texts have", "path=0:", "", "0:"},
      {"of an unknown key", "nothing=0:", "", "0:"},
      {"families do not mix", "0kb:9ms", ""},
      {"time is no size", "bytes=0ms:", "", "0ms:"},
      {"a unit that is unknown is the first bound's", "-9widgets:", "4", "-9widgets:"},
      {"not a range: three bounds", "1:2:3", ""},
      {"not a range: letters first", "x7", ""},
      {"too large for a range", "99999999999999999999", ""},
      {"a text of any label", "GET", "1"},
      {"key and value", "^req:", "12"},
      {"all of several", "req:,path:", "1"},
      {"all of several, of one label", "/a,/b", "6"},
      {"of a key, any of several", "req=GET,POST", "12"},
      {"of a key, not the key itself", "req=req", ""},
      {"only the first = counts", "path=x=y", "4"},
      {"an empty key is none", "=GET", "1"},
      {"nothing matches everything with texts", "path=", "146"},
      {"an empty expression matches any text", "=", "1246"},
      {"not a range: units of two families", "0:9000us", ""},
  };
  for (const FilterCase& c : cases) {
    ProfileMaker make = six_samples();
    const LabelUnits units = find_label_units(make.profile);
    const auto filter = LabelFilter::parse(c.text, units);
    ASSERT_TRUE(filter) << c.name;
    EXPECT_EQ(filter->range_text(), c.range) << c.name;
    const LabelMatches matched = filter_by_labels(make.profile, &*filter, nullptr);
    EXPECT_EQ(numbers_of(make.profile), c.samples) << c.name;
    EXPECT_EQ(matched.kept, *c.samples != '\0') << c.name;

    Profile rest = six_samples().profile.copy();
    const LabelMatches ignored = filter_by_labels(rest, nullptr, &*filter);
    EXPECT_EQ(rest.sample_count() + make.profile.sample_count(), 6U) << c.name;
    EXPECT_EQ(ignored.removed, *c.samples != '\0') << c.name;
  }
}

// pprof has no unit of minutes: it would compare the 60 of 60s with minutes.
TEST(LabelFilter, KnowsMinutesAndWhatTheyAreInOtherUnits) {
  ProfileMaker make;
  for (const std::int64_t minutes : {0, 1, 2, 90}) {
    make.add(minutes % 7, "a", {make.number_label("wait_minutes", minutes, "minutes")});
  }
  make.add(5, "a", {make.number_label("latency", 120, "s")});
  const LabelUnits units = find_label_units(make.profile);
  const FilterCase cases[] = {
      {"seconds", "wait_minutes=60s:", "126"},
      {"minutes", "wait_minutes=2min:", "26"},
      {"as Go writes them", "wait_minutes=:1m", "01"},
      {"hours", "wait_minutes=1h:", "6"},
      {"no unit", "wait_minutes=:2", "012"},
      {"two units", "wait_minutes=2m:2h", "26"},
      {"two units, which pprof does not mix", "wait_minutes=1:120s", "12"},
      {"of any label", "2m:", "26"},
      {"of any label, in seconds", "120s:", "265"},
      {"of a label in seconds", "latency=1hr:", ""},
      {"no time", "wait_minutes=1kb:", "126"},  // As in pprof, which takes the number as it is.
  };
  for (const FilterCase& c : cases) {
    Profile profile = make.profile.copy();
    const auto filter = LabelFilter::parse(c.text, units);
    ASSERT_TRUE(filter) << c.name;
    filter_by_labels(profile, &*filter, nullptr);
    EXPECT_EQ(numbers_of(profile), c.samples) << c.name;
  }
}

TEST(LabelFilter, TakesManyExpressions) {
  ProfileMaker make;
  std::string all = "^k:v0$";
  std::vector<Label> labels;
  for (int i = 0; i < 70; ++i) {
    labels.push_back(make.text_label("k", "v" + std::to_string(i)));
    if (i > 0) all += ",^k:v" + std::to_string(i) + "$";
  }
  make.add(1, "a", labels);
  labels.pop_back();
  make.add(2, "a", labels);
  const auto filter = LabelFilter::parse(all, {});
  ASSERT_TRUE(filter);
  EXPECT_EQ(filter->find_matches(make.profile), (std::vector<std::uint8_t>{1, 0}));
}

TEST(LabelFilter, RefusesWhatIsNoExpression) {
  const auto filter = LabelFilter::parse("k=a,b(", {});
  ASSERT_FALSE(filter);
  EXPECT_EQ(filter.error().message(), "error parsing regexp: missing closing ): `b(`");
}

TEST(LabelFilter, CombinesFocusAndIgnore) {
  ProfileMaker make = six_samples();
  const auto focus = LabelFilter::parse("path=", {});
  const auto ignore = LabelFilter::parse("/b", {});
  ASSERT_TRUE(focus && ignore);
  filter_by_labels(make.profile, &*focus, &*ignore);
  EXPECT_EQ(numbers_of(make.profile), "14");
}

struct KeyCase {
  const char* name;
  const char* show;
  const char* hide;
  std::string keys;
  bool kept;
  bool removed;
};

TEST(FilterLabels, LooksAtKeys) {
  const KeyCase cases[] = {
      {"show", "^req$|bytes", "", "req;req bytes;bytes;;;", true, false},
      {"hide", "", "path|count", "req;req bytes;bytes latency;;;", true, true},
      {"both", "r|b", "t", "req;req;;;;", true, true},
      {"nothing to show", "absent", "", ";;;;;", false, false},
      {"nothing to hide", "", "absent", "req path;req bytes;bytes latency;count path;;path path",
       true, false},
  };
  for (const KeyCase& c : cases) {
    ProfileMaker make = six_samples();
    const auto show = Regexp::compile(c.show);
    const auto hide = Regexp::compile(c.hide);
    const LabelMatches matched = filter_labels(make.profile, *c.show != '\0' ? &*show : nullptr,
                                               *c.hide != '\0' ? &*hide : nullptr);
    std::string keys;
    for (std::size_t i = 0; i < make.profile.sample_count(); ++i) {
      std::string line;
      for (const Label& label : make.profile.labels(i)) {
        line += (line.empty() ? "" : " ") + std::string(make.profile.text(label.key));
      }
      keys += (i > 0 ? ";" : "") + line;
    }
    EXPECT_EQ(keys, c.keys) << c.name;
    EXPECT_EQ(matched.kept, c.kept) << c.name;
    EXPECT_EQ(matched.removed, c.removed) << c.name;
  }
}

}  // namespace
}  // namespace plumb
