// SPDX-License-Identifier: Apache-2.0
#include "model/merge.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/checked.h"
#include "support/describe_profile.h"
#include "support/make_profile.h"
#include "support/random_profile.h"

namespace plumb {
namespace {

using test::ProfileMaker;

// A label as text that sorts as merging does.
std::string label_text(const Profile& profile, const Label& label) {
  const std::string key(profile.text(label.key));
  if (label.is_string()) return key + "=" + std::string(profile.text(label.str));
  return key + ":" + std::to_string(label.num) + std::string(profile.text(label.unit));
}

// Everything that tells a sample from others, as text: "main;work{k=v}".
std::string identity(const Profile& profile, std::size_t i) {
  std::string out;
  for (const LocationId id : profile.stack(i)) {
    const Location& location = profile.location(id);
    std::string frame;
    std::uint64_t address = location.address;
    if (location.mapping.index != kNone) {
      const Mapping& mapping = profile.mappings[location.mapping.index];
      address -= mapping.start;
      const StringId name = mapping.build_id.index != 0 ? mapping.build_id : mapping.file;
      frame += std::string(profile.text(name)) + "/" + std::to_string(mapping.offset) + "/" +
               std::to_string((mapping.limit - mapping.start + 4095) / 4096) + " ";
    }
    frame += std::to_string(address) + (location.is_folded ? "F" : "");
    const auto lines = profile.lines_of(location);
    for (const Line& line : lines) {
      const Function& function = profile.function(line.function);
      frame += "|" + std::string(profile.text(function.name)) + "," +
               std::string(profile.text(function.system_name)) + "," +
               std::string(profile.text(function.file)) + "," +
               std::to_string(function.start_line) + ":" + std::to_string(line.line);
    }
    if (!lines.empty()) frame += ":" + std::to_string(lines.back().column);
    out.insert(0, frame + ";");
  }
  std::vector<std::string> strings;
  std::vector<std::string> numbers;
  std::map<std::string, std::string> by_key;
  for (const Label& label : profile.labels(i)) {
    // Within one key the order counts.
    by_key[(label.is_string() ? "s " : "n ") + std::string(profile.text(label.key))] +=
        label_text(profile, label) + " ";
  }
  for (const auto& [key, values] : by_key) out += "{" + key + " " + values + "}";
  return out;
}

using Sums = std::map<std::string, std::vector<std::int64_t>>;

void add_samples(const Profile& profile, Sums& sums) {
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    std::vector<std::int64_t>& sum = sums[identity(profile, i)];
    sum.resize(profile.sample_types.size());
    for (std::size_t v = 0; v < sum.size(); ++v)
      sum[v] = add_wrapping(sum[v], profile.values(i)[v]);
  }
}

std::vector<Profile> both(Profile a, Profile b) {
  std::vector<Profile> profiles;
  profiles.push_back(std::move(a));
  profiles.push_back(std::move(b));
  return profiles;
}

Profile combined(Profile a, Profile b) {
  auto result = combine_profiles(both(std::move(a), std::move(b)));
  EXPECT_TRUE(result) << result.error().message();
  return *std::move(result);
}

void forget_labels(Profile& profile) {
  SampleTable samples = profile.take_samples();
  samples.labels.clear();
  samples.label_ends.clear();
  profile.set_samples(std::move(samples));
}

TEST(CombineProfiles, AddsUpWhatIsTheSame) {
  for (std::uint32_t seed = 0; seed < test::fewer_if_slow(300); ++seed) {
    Profile a = test::random_profile(2 * seed, test::Strangeness::Strange);
    Profile b = test::random_profile(2 * seed + 1, test::Strangeness::Strange);
    for (Profile* const profile : {&a, &b}) {  // Of one type, as the others may not fit.
      profile->select_sample_types(std::vector<std::size_t>{0});
      profile->sample_types[0].unit = profile->strings.intern("count");
      profile->period_type = {};
      if (seed % 2 == 0) forget_labels(*profile);
      if (profile->mappings.empty()) {
        profile->mappings.emplace_back();
        for (Location& location : profile->locations) location.mapping = {0};
      }
    }
    if (seed % 3 == 0) b = a.copy();
    Sums expected;
    add_samples(a, expected);
    add_samples(b, expected);
    std::erase_if(expected, [](const auto& row) { return row.second[0] == 0; });
    const Profile merged = combined(std::move(a), std::move(b));
    Sums sums;
    add_samples(merged, sums);
    ASSERT_EQ(sums, expected) << "seed " << seed;
    ASSERT_EQ(merged.sample_count(), sums.size()) << "seed " << seed;
  }
}

// A profile whose tables are in order, without labels, some of whose samples have the same stack.
Profile random_profile_in_order(std::uint32_t seed) {
  std::vector<Profile> parts;
  for (std::uint32_t part = 0; part < 2; ++part) {
    Profile profile = test::random_profile(2 * seed + part, test::Strangeness::Strange);
    profile.select_sample_types(std::vector<std::size_t>{0});
    profile.sample_types[0].unit = profile.strings.intern("count");
    profile.period_type = {};
    parts.push_back(std::move(profile));
  }
  Profile merged = combined(std::move(parts[0]), std::move(parts[1]));
  merged.keep_labels([](std::size_t, const Label&) { return false; });
  return merged;
}

TEST(CombineProfiles, DoesTheSameToTablesThatAreInOrder) {
  for (std::uint32_t seed = 0; seed < test::fewer_if_slow(300); ++seed) {
    Profile in_order = random_profile_in_order(2 * seed);
    if (in_order.sample_count() == 0) continue;
    // Counts nothing, but its row has to be left out.
    Profile with_zero = in_order.copy();
    with_zero.add_sample(with_zero.stack_key(0), std::vector<std::int64_t>{0}, {});
    const Profile other = random_profile_in_order(2 * seed + 1);
    const Profile fast = combined(std::move(in_order), other.copy());
    const Profile slow = combined(std::move(with_zero), other.copy());
    ASSERT_EQ(test::describe_profile(fast), test::describe_profile(slow)) << "seed " << seed;
  }
}

TEST(CombineProfiles, NumbersTablesByFirstUse) {
  ProfileMaker a;
  a.location("unused");
  a.mapping("/bin/main");
  a.add(0, "zero").add(1, "root;@/lib/x leaf").add(2, "root");
  ProfileMaker b;
  b.add(3, "@/lib/x leaf").add(4, "new;root");
  const Profile merged = combined(std::move(a.profile), std::move(b.profile));
  ASSERT_EQ(merged.mappings.size(), 2U);
  EXPECT_EQ(merged.text(merged.mappings[0].file), "/bin/main");
  EXPECT_EQ(merged.text(merged.mappings[1].file), "/lib/x");
  EXPECT_EQ(merged.text(merged.functions[0].name), "leaf");
  EXPECT_EQ(merged.text(merged.functions[1].name), "root");
  EXPECT_EQ(merged.text(merged.functions[2].name), "new");
  EXPECT_EQ(merged.functions.size(), 3U);
}

// In order, but with rows that say the same twice: they become one.
TEST(CombineProfiles, CombinesRowsThatStandTwice) {
  for (const bool are_functions : {true, false}) {
    ProfileMaker a;
    a.add(1, "f").add(2, "g");
    Profile& profile = a.profile;
    Function& twice = profile.functions[1];
    if (are_functions) {
      twice = profile.functions[0];
      profile.locations[1].address = 0x10;
    } else {
      profile.lines[1].function = profile.lines[0].function;
      profile.locations[1].address = profile.locations[0].address;
      profile.functions.pop_back();
    }
    ProfileMaker b;
    b.add(4, "f");
    const Profile merged = combined(std::move(profile), std::move(b.profile));
    EXPECT_EQ(merged.functions.size(), 1U);
    EXPECT_EQ(merged.locations.size(), are_functions ? 2U : 1U);
    EXPECT_EQ(merged.sample_count(), are_functions ? 2U : 1U);
  }
}

TEST(CombineProfiles, SeesThroughMovedMappings) {
  ProfileMaker a;
  a.add(1, "@/bin/x main");
  ProfileMaker b;
  b.add(2, "@/bin/x main");
  for (auto* const make : {&a, &b}) {
    make->profile.mappings[0].start = make == &a ? 0x10000 : 0x50000;
    make->profile.mappings[0].limit = make->profile.mappings[0].start + (make == &a ? 1 : 0x1000);
    make->profile.locations[0].address = make->profile.mappings[0].start + 0x123;
  }
  const Profile merged = combined(std::move(a.profile), std::move(b.profile));
  ASSERT_EQ(merged.sample_count(), 1U);
  EXPECT_EQ(merged.values(0)[0], 3);
  EXPECT_EQ(merged.locations[0].address, 0x10123U);
}

TEST(CombineProfiles, ComparesLabelsInAnyOrderOfKeys) {
  ProfileMaker a;
  a.add(1, "f", {a.text_label("b", "1"), a.text_label("a", "2"), a.number_label("n", 3, "ms")});
  a.add(2, "f", {a.number_label("n", 3, "ms"), a.text_label("a", "2"), a.text_label("b", "1")});
  a.add(4, "f", {a.text_label("b", "1"), a.text_label("b", "2")});
  a.add(8, "f", {a.text_label("b", "2"), a.text_label("b", "1")});
  a.add(16, "f", {a.number_label("n", 3)});
  ProfileMaker b;
  b.add(32, "g");
  const Profile merged = combined(std::move(a.profile), std::move(b.profile));
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < merged.sample_count(); ++i) values.push_back(merged.values(i)[0]);
  EXPECT_EQ(values, (std::vector<std::int64_t>{3, 4, 8, 16, 32}));
  EXPECT_EQ(label_text(merged, merged.labels(0)[0]), "a=2");
  EXPECT_EQ(label_text(merged, merged.labels(0)[2]), "n:3ms");
}

TEST(CombineProfiles, MergesHeaders) {
  ProfileMaker a;
  ProfileMaker b;
  a.add(1, "f");
  b.add(1, "g");
  a.profile.time_nanos = 20;
  b.profile.time_nanos = 10;
  a.profile.duration_nanos = 5;
  b.profile.duration_nanos = 6;
  a.profile.period = 7;
  b.profile.period = 9;
  a.profile.comments = {a.profile.strings.intern("x"), a.profile.strings.intern("x")};
  b.profile.comments = {b.profile.strings.intern("y"), b.profile.strings.intern("x")};
  b.profile.doc_url = b.profile.strings.intern("url");
  a.profile.drop_frames = a.profile.strings.intern("drop");
  b.profile.drop_frames = b.profile.strings.intern("other");
  const Profile merged = combined(std::move(a.profile), std::move(b.profile));
  EXPECT_EQ(merged.time_nanos, 10);
  EXPECT_EQ(merged.duration_nanos, 11);
  EXPECT_EQ(merged.period, 9);
  ASSERT_EQ(merged.comments.size(), 2U);
  EXPECT_EQ(merged.text(merged.comments[1]), "y");
  EXPECT_EQ(merged.text(merged.doc_url), "url");
  EXPECT_EQ(merged.text(merged.drop_frames), "drop");
}

TEST(CombineProfiles, KeepsCommonTypesInFinestUnits) {
  ProfileMaker a("cpu", "ms");
  a.add_type("only", "").add_type("space", "bytes").add({2, 9, 3}, "f");
  ProfileMaker b("space", "kb");
  b.add_type("cpu", "us").add({1, 5}, "f").add({0, 7}, "g");
  a.profile.default_sample_type = a.profile.strings.intern("only");
  const Profile merged = combined(std::move(a.profile), std::move(b.profile));
  ASSERT_EQ(merged.sample_types.size(), 2U);
  EXPECT_EQ(merged.text(merged.sample_types[0].type), "cpu");
  EXPECT_EQ(merged.text(merged.sample_types[0].unit), "us");
  EXPECT_EQ(merged.text(merged.default_sample_type), "cpu");
  EXPECT_EQ(merged.values(0)[0], 2005);
  EXPECT_EQ(merged.values(0)[1], 1027);
  // As in pprof: what is zero after scaling counts, not what needed none.
  EXPECT_EQ(merged.sample_count(), 1U);
}

TEST(CombineProfiles, LeavesASingleProfileAlone) {
  Profile profile = test::random_profile(4, test::Strangeness::Strange);
  const std::string before = test::describe_profile(profile);
  std::vector<Profile> one;
  one.push_back(std::move(profile));
  const auto result = combine_profiles(std::move(one));
  ASSERT_TRUE(result);
  EXPECT_EQ(test::describe_profile(*result), before);
}

struct RefusedCase {
  const char* name;
  const char* type;
  const char* unit;
  const char* period;
  const char* message;
};

TEST(CombineProfiles, RefusesWhatDoesNotFit) {
  const RefusedCase cases[] = {
      {"no common type", "other", "bytes", "cpu", "profiles have empty common sample type list"},
      {"unit of another family", "space", "ms", "cpu",
       "sample types: incompatible types: {space bytes 0 0} {space ms 0 0}"},
      {"unknown unit", "space", "widgets", "cpu",
       "sample types: incompatible types: {space bytes 0 0} {space widgets 0 0}"},
      {"another period", "space", "bytes", "wall",
       "period type: incompatible types: {cpu ns 0 0} {wall ns 0 0}"},
      {"nearly the same period", "space", "bytes", "cpus",
       "incompatible period types &{cpu ns 0 0} and &{cpus ns 0 0}"},
  };
  for (const RefusedCase& c : cases) {
    ProfileMaker a("space", "bytes");
    ProfileMaker b(c.type, c.unit);
    a.profile.period_type = {a.profile.strings.intern("cpu"), a.profile.strings.intern("ns")};
    b.profile.period_type = {b.profile.strings.intern(c.period), b.profile.strings.intern("ns")};
    const auto result = combine_profiles(both(std::move(a.profile), std::move(b.profile)));
    ASSERT_FALSE(result) << c.name;
    EXPECT_EQ(result.error().message(), c.message);
  }
}

Profile minus(ProfileMaker& profile, ProfileMaker& base, const DiffOptions& options) {
  auto result = subtract_profile(std::move(profile.profile), std::move(base.profile), options);
  EXPECT_TRUE(result) << result.error().message();
  return *std::move(result);
}

TEST(SubtractProfile, CancelsEqualStacks) {
  ProfileMaker a;
  a.add(5, "f").add(7, "g").add(1, "h");
  ProfileMaker b;
  b.add(5, "f").add(4, "g").add(2, "i");
  const Profile diff = minus(a, b, {});
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < diff.sample_count(); ++i) values.push_back(diff.values(i)[0]);
  EXPECT_EQ(values, (std::vector<std::int64_t>{3, 1, -2}));
  EXPECT_EQ(diff.functions.size(), 3U);  // Nothing refers to f any more.
}

// Whether `next` is `index`, or has been; counts it.
bool is_known(std::uint32_t index, std::uint32_t& next) {
  if (index == next) ++next;
  return index < next || index == kNone;
}

// Expects no row that nothing refers to, and that rows are numbered as samples refer to them.
void expect_numbered_by_use(const Profile& profile) {
  std::uint32_t locations = 0;
  std::uint32_t functions = 0;
  std::uint32_t mappings = profile.mappings.empty() ? 0 : 1;
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    profile.read_stack(i, stack);
    for (const LocationId id : stack) ASSERT_TRUE(is_known(id.index, locations)) << id.index;
  }
  for (const Location& location : profile.locations) {
    ASSERT_TRUE(is_known(location.mapping.index, mappings));
    for (const Line& line : profile.lines_of(location)) {
      ASSERT_TRUE(is_known(line.function.index, functions));
    }
  }
  EXPECT_EQ(locations, profile.locations.size());
  EXPECT_EQ(functions, profile.functions.size());
  EXPECT_EQ(mappings, profile.mappings.size());
}

// Minus a part of itself, in order and not: most samples cancel.
TEST(SubtractProfile, LeavesOutWhatCancels) {
  for (std::uint32_t seed = 0; seed < test::fewer_if_slow(200); ++seed) {
    SCOPED_TRACE(seed);
    Profile profile = random_profile_in_order(seed);
    // Scaling by -1 is exact for these.
    for (std::int64_t& value : profile.mutable_values()) value %= 1000;
    Profile base = profile.copy();
    std::vector<std::uint8_t> kept(base.sample_count());
    for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = (i * 7 + seed) % 4 == 0 ? 0 : 1;
    base.keep_samples(kept);
    Sums expected;
    add_samples(profile, expected);
    Sums of_base;
    add_samples(base, of_base);
    for (const auto& [key, values] : of_base) expected[key][0] -= values[0];
    std::erase_if(expected, [](const auto& row) { return row.second[0] == 0; });
    auto diff = subtract_profile(std::move(profile), std::move(base), {});
    ASSERT_TRUE(diff) << diff.error().message();
    Sums sums;
    add_samples(*diff, sums);
    ASSERT_EQ(sums, expected);
    ASSERT_NO_FATAL_FAILURE(expect_numbered_by_use(*diff));
  }
}

TEST(SubtractProfile, MayKeepTheBaseApart) {
  ProfileMaker a;
  a.add(5, "f");
  ProfileMaker b;
  b.add(5, "f", {b.text_label("pprof::base", "x"), b.text_label("k", "v")});
  const Profile diff = minus(a, b, {.keep_apart = true});
  ASSERT_EQ(diff.sample_count(), 2U);
  EXPECT_EQ(diff.values(1)[0], -5);
  ASSERT_EQ(diff.labels(1).size(), 2U);
  EXPECT_EQ(label_text(diff, diff.labels(1)[1]), "pprof::base=true");
}

// Every sample is rounded, as in pprof: 3 * 10 / 6 = 5, 1.67 -> 2.
TEST(SubtractProfile, MayNormalize) {
  ProfileMaker a;
  a.add(3, "f").add(1, "g").add(2, "h");
  ProfileMaker b;
  b.add(10, "x");
  const Profile diff = minus(a, b, {.normalize = true});
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < diff.sample_count(); ++i) values.push_back(diff.values(i)[0]);
  EXPECT_EQ(values, (std::vector<std::int64_t>{5, 2, 3, -10}));
}

TEST(CombineEqualStacks, ForgetsLabels) {
  ProfileMaker make;
  make.add(1, "a;b", {make.text_label("k", "1")}).add(2, "a");
  make.add(4, "a;b", {make.text_label("k", "2")}).add(8, "");
  combine_equal_stacks(make.profile);
  ASSERT_EQ(make.profile.sample_count(), 3U);
  EXPECT_EQ(make.profile.values(0)[0], 5);
  EXPECT_EQ(make.profile.values(2)[0], 8);
  EXPECT_TRUE(make.profile.labels(0).empty());
}

}  // namespace
}  // namespace plumb
