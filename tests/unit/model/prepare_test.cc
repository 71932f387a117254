// SPDX-License-Identifier: Apache-2.0
#include "model/prepare.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/make_profile.h"

namespace plumb {
namespace {

using test::ProfileMaker;

// The stack of sample 0 in the form in which ProfileMaker takes it.
std::string stack_text(const Profile& profile) {
  std::vector<LocationId> stack;
  profile.read_stack(0, stack);
  std::string text;
  for (std::size_t i = stack.size(); i-- > 0;) {
    if (!text.empty()) text += ';';
    std::string frame;
    for (const Line& line : profile.lines_of(profile.location(stack[i]))) {
      frame.insert(0, "|" + std::string(profile.text(profile.function(line.function).name)));
    }
    text += frame.substr(frame.empty() ? 0 : 1);
  }
  return text;
}

struct PruneCase {
  std::string_view name;
  std::string_view drop;
  std::string_view keep;
  std::string_view stack;
  std::string_view pruned;
};

constexpr PruneCase kPruneCases[] = {
    {"cuts the outermost match and all below", "malloc.*", "", "main;malloc1;x;malloc2", "main"},
    {"whole names only", "malloc", "", "main;malloc1;xmalloc", "main;malloc1;xmalloc"},
    {"an alternative is anchored as a whole", "a|b", "", "main;ab;b;c", "main;ab"},
    {"keep wins", "runtime\\..*", "runtime\\.panic", "main;runtime.panic;runtime.x",
     "main;runtime.panic"},
    {"keep alone does nothing", "", "main", "main;a", "main;a"},
    {"the root is never cut", "r.*", "", "r1;r2;main;x;r3;y", "r1;r2;main;x"},
    {"a stack that matches everywhere stays whole", ".*", "", "a;b;c", "a;b;c"},
    {"inlined: what is inlined further in goes", "drop", "", "main;work|drop|deep;leaf",
     "main;work"},
    {"inlined: the location goes if its caller matches", "drop", "", "main;drop|deep;leaf", "main"},
    {"inlined: the outermost match decides", "drop", "", "main;work|drop|mid|drop", "main;work"},
    {"inlined lines go even where the stack is not cut", "drop", "", "work|drop", "work"},
    {"a nameless function never matches", ".*", "", "main;;x", "main;"},
    {"no lines: never matches", ".*", "", "main;?;x", "main;"},
    {"an argument list is not part of the name", "operator new", "", "main;operator new(int);x",
     "main"},
    {"an anonymous namespace is", "\\(anonymous namespace\\)::f", "",
     "main;(anonymous namespace)::f(int);x", "main"},
    {"a call operator is", "A::operator\\(\\)", "", "main;A::operator()(int);x", "main"},
    {"a leading dot is not", "f", "", "main;.f;x", "main"},
    {"only one leading dot", "f", "", "main;..f", "main;..f"},
    {"not a regular expression", "(", "", "main;(;x", "main;(;x"},
    {"keep is no regular expression", "x", "(", "main;x", "main;x"},
};

TEST(PrepareProfile, CutsStacksAsDropFramesSays) {
  for (const PruneCase& c : kPruneCases) {
    SCOPED_TRACE(c.name);
    ProfileMaker make;
    make.add(1, c.stack);
    make.profile.drop_frames = make.profile.strings.intern(c.drop);
    make.profile.keep_frames = make.profile.strings.intern(c.keep);
    ASSERT_TRUE(prepare_profile(make.profile).has_value());
    EXPECT_EQ(stack_text(make.profile), c.pruned);
  }
}

struct TypesCase {
  std::string_view name;
  std::vector<std::string_view> types;
  std::string_view default_type;
  std::vector<std::string_view> left;
  std::string_view default_left;
};

const TypesCase kTypesCases[] = {
    {"all different", {"a", "b"}, "", {"a", "b"}, ""},
    {"all different, unknown default", {"a", "b"}, "x", {"a", "b"}, "x"},
    {"one twice", {"a", "b", "a", "c"}, "", {"b", "c"}, "b"},
    {"one three times", {"a", "b", "a", "a"}, "b", {"b"}, "b"},
    {"the default goes", {"a", "b", "a"}, "a", {"b"}, "b"},
    {"the default stays", {"c", "a", "b", "a"}, "b", {"c", "b"}, "b"},
    {"a nameless type", {"", "a"}, "", {"", "a"}, ""},
};

TEST(PrepareProfile, TakesOutSampleTypesThatStandThereTwice) {
  for (const TypesCase& c : kTypesCases) {
    SCOPED_TRACE(c.name);
    ProfileMaker make;
    Profile& profile = make.profile;
    profile.sample_types.clear();
    std::vector<std::int64_t> values;
    for (const std::string_view type : c.types) {
      values.push_back(type.empty() ? 0 : type[0]);
      make.add_type(type, "count");
    }
    make.add(values, "main");
    profile.default_sample_type = profile.strings.intern(c.default_type);
    ASSERT_TRUE(prepare_profile(profile).has_value());
    ASSERT_EQ(profile.sample_types.size(), c.left.size());
    for (std::size_t i = 0; i < c.left.size(); ++i) {
      EXPECT_EQ(profile.text(profile.sample_types[i].type), c.left[i]);
      EXPECT_EQ(profile.values(0)[i], c.left[i].empty() ? 0 : c.left[i][0]);
    }
    EXPECT_EQ(profile.text(profile.default_sample_type), c.default_left);
  }
}

TEST(PrepareProfile, NeedsASampleType) {
  for (const bool has_twins : {false, true}) {
    ProfileMaker make;
    make.profile.sample_types.clear();
    if (has_twins) make.add_type("a", "x").add_type("a", "y").add({1, 2}, "main");
    const auto prepared = prepare_profile(make.profile);
    ASSERT_FALSE(prepared.has_value());
    EXPECT_EQ(prepared.error().code(), ErrorCode::Malformed);
    EXPECT_EQ(prepared.error().message(), "profiles have empty common sample type list");
  }
}

struct FileCase {
  std::string_view file;
  std::string_view build_id;
  std::string_view left;
};

constexpr FileCase kFileCases[] = {
    {"/usr/bin/x", "", "/usr/bin/x"},
    {"http://host/debug", "", ""},
    {"http://host/debug", "abc", "http://host/debug"},
    {"c:/x", "", ""},
    {"foo:bar", "", ""},
    {"a+b-c.1:x", "", ""},
    {":x", "", ":x"},
    {"1a:x", "", "1a:x"},
    {"/a:b", "", "/a:b"},
    {"a b:c", "", "a b:c"},
    {"[vdso]", "", "[vdso]"},
};

TEST(PrepareProfile, ForgetsFilesThatAreUrls) {
  for (const FileCase& c : kFileCases) {
    ProfileMaker make;
    make.mapping(c.file);
    make.profile.mappings[0].build_id = make.profile.strings.intern(c.build_id);
    ASSERT_TRUE(prepare_profile(make.profile).has_value());
    EXPECT_EQ(make.profile.text(make.profile.mappings[0].file), c.left) << c.file;
  }
}

}  // namespace
}  // namespace plumb
