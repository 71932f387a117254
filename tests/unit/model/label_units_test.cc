// SPDX-License-Identifier: Apache-2.0
#include "model/label_units.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/make_profile.h"

namespace plumb {
namespace {

using test::ProfileMaker;

std::string unit_of(const ProfileMaker& make, const LabelUnits& units, std::string_view key) {
  const auto it = units.by_key.find(make.profile.strings.find(key).index);
  return it == units.by_key.end() ? "none" : it->second;
}

TEST(LabelUnits, AreTheFirstOfTheirKey) {
  ProfileMaker make;
  make.add(1, "a", {make.number_label("latency", 5), make.number_label("size", 1, "bytes")});
  make.add(1, "a", {make.number_label("latency", 5, "ms"), make.number_label("size", 1, "kb")});
  make.add(1, "a", {make.number_label("latency", 5, "s"), make.number_label("size", 1, "B")});
  make.add(1, "a", {make.number_label("size", 1, "kb")});
  const LabelUnits units = find_label_units(make.profile);
  EXPECT_EQ(unit_of(make, units, "latency"), "ms");
  EXPECT_EQ(unit_of(make, units, "size"), "bytes");
  EXPECT_EQ(units.notices, (std::vector<std::string>{
                               "For tag latency used unit ms, also encountered unit(s) s",
                               "For tag size used unit bytes, also encountered unit(s) B, kb"}));
}

TEST(LabelUnits, AreGuessedFromTheKey) {
  ProfileMaker make;
  make.add(1, "a",
           {make.number_label("alignment", 8), make.number_label("request", 8),
            make.number_label("bytes", 8), make.number_label("latency", 8)});
  const LabelUnits units = find_label_units(make.profile);
  EXPECT_EQ(unit_of(make, units, "alignment"), "bytes");
  EXPECT_EQ(unit_of(make, units, "request"), "bytes");
  EXPECT_EQ(unit_of(make, units, "bytes"), "bytes");
  EXPECT_EQ(unit_of(make, units, "latency"), "latency");
  EXPECT_TRUE(units.notices.empty());
}

TEST(LabelUnits, AreOfNumbersOnly) {
  ProfileMaker make;
  make.add(1, "a", {make.text_label("handler", "x"), make.text_label("empty", "")});
  const LabelUnits units = find_label_units(make.profile);
  EXPECT_TRUE(units.by_key.empty());
  EXPECT_TRUE(units.notices.empty());
}

}  // namespace
}  // namespace plumb
