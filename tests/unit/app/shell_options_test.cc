// SPDX-License-Identifier: Apache-2.0
#include "app/shell_options.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"

namespace plumb::cli {
namespace {

const SampleTypes& types() {
  static const SampleTypes all{{"alloc_objects", "alloc_space", "inuse_space"}, "alloc_space"};
  return all;
}

Result<void> set(Settings& settings, std::string_view name, std::optional<std::string_view> value) {
  const auto variable = find_variable(name);
  if (!variable) return Error(ErrorCode::NotFound, "no variable");
  return assign(settings, *variable, value, types());
}

struct GoodCase {
  const char* name;
  std::optional<std::string_view> value;
  const char* option;
  const char* text;
};

TEST(ShellOptions, AssignsByPprofsRules) {
  const GoodCase cases[] = {
      {"focus", "main", "focus", "main"},
      {"focus", "", "focus", ""},
      {"nodecount", "7", "nodecount", "7"},
      {"nodecount", "+7", "nodecount", "7"},
      {"nodecount", "-1", "nodecount", "-1"},
      {"nodefraction", "0.25", "nodefraction", "0.25"},
      {"nodefraction", "1e5", "nodefraction", "100000"},
      {"nodefraction", "1e-5", "nodefraction", "1e-05"},
      {"call_tree", std::nullopt, "call_tree", "true"},
      {"call_tree", "", "call_tree", "true"},
      {"call_tree", "YES", "call_tree", "true"},
      {"trim", "no", "trim", "false"},
      {"trim", "F", "trim", "false"},
      {"sort", "cum", "sort", "cum"},
      {"cum", "true", "sort", "cum"},
      {"cum", "1", "sort", "cum"},
      {"lines", "T", "granularity", "lines"},
      {"granularity", "files", "granularity", "files"},
      {"sample_index", "0", "sample_index", "alloc_objects"},
      {"sample_index", "inuse_space", "sample_index", "inuse_space"},
      {"sample_index", "", "sample_index", "alloc_space"},
      {"min_age", "2h", "min_age", "120"},
      {"json", std::nullopt, "json", "true"},
  };
  for (const GoodCase& c : cases) {
    SCOPED_TRACE(std::string(c.name) + '=' + std::string(c.value.value_or("(none)")));
    Settings settings;
    const auto result = set(settings, c.name, c.value);
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ(option_text(settings, *find_option(c.option)), c.text);
  }
}

struct BadCase {
  const char* name;
  std::optional<std::string_view> value;
  const char* message;
};

TEST(ShellOptions, RefusesInPprofsWords) {
  const BadCase cases[] = {
      {"focus", std::nullopt, "please specify a value, e.g. focus=<val>"},
      {"sort", std::nullopt, "please specify a value, e.g. sort=<val>"},
      {"sort", "zzz", "invalid \"sort\" value \"zzz\""},
      {"sort", "", "invalid \"sort\" value \"\""},
      {"cum", std::nullopt, "unknown config field \"cum\"\ndid you mean sort=cum?"},
      {"cum", "yes", "unknown config field \"cum\"\ndid you mean sort=cum?"},
      {"cum", "false", "unknown config field \"cum\"\ndid you mean sort=cum?"},
      {"nodecount", "x", "strconv.Atoi: parsing \"x\": invalid syntax"},
      {"nodecount", "", "strconv.Atoi: parsing \"\": invalid syntax"},
      {"nodecount", "0x10", "strconv.Atoi: parsing \"0x10\": invalid syntax"},
      {"nodecount", "+-1", "strconv.Atoi: parsing \"+-1\": invalid syntax"},
      {"nodecount", "99999999999999999999",
       "strconv.Atoi: parsing \"99999999999999999999\": value out of range"},
      {"nodefraction", "half", "strconv.ParseFloat: parsing \"half\": invalid syntax"},
      {"trim", "maybe", "illegal value \"maybe\" for bool variable"},
      {"sample_index", "7", "sample_index 7 is outside the range [0..2]"},
      {"sample_index", "foo",
       "sample_index \"foo\" must be one of: [alloc_objects alloc_space inuse_space]"},
      {"min_age", "old",
       "invalid value \"old\" for min_age: must be minutes or a duration such as 90s or 2h"},
      {"n", "-2", "invalid value \"-2\" for n: must be -1 or more"},
      {"n", "0x10", "strconv.Atoi: parsing \"0x10\": invalid syntax"},
  };
  for (const BadCase& c : cases) {
    SCOPED_TRACE(std::string(c.name) + '=' + std::string(c.value.value_or("(none)")));
    Settings settings;
    const auto result = set(settings, c.name, c.value);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message(), c.message);
  }
}

TEST(ShellOptions, FlagsOfServersAndShortcutsAreNoVariables) {
  for (const char* name : {"seconds", "tls_key", "inuse_space", "mean_delay", "top", ""}) {
    EXPECT_FALSE(find_variable(name)) << name;
  }
}

TEST(ShellOptions, EveryVariableTakesWhatIsListedOfIt) {
  Settings settings;
  for (const Option& option : options()) {
    if (!is_variable(option) || option.name == "sample_index") continue;
    const std::string text = option_text(settings, option);
    if (!option.choices.empty() && text.empty()) continue;
    EXPECT_TRUE(set(settings, option.name, text)) << option.name;
    EXPECT_EQ(option_text(settings, option), text);
  }
}

TEST(ShellOptions, ListsAsPprofDoes) {
  Settings settings;
  settings.report.filters.focus = "main";
  const std::string list = list_variables(settings, types());
  const char* lines[] = {
      "  call_tree                 = false                \n",
      "  focus                     = main                 \n",
      "  granularity               = (default)            "
      "//: [addresses | filefunctions | files | functions | lines]\n",
      "  hide                      = \"\"                   \n",
      "  nodecount                 = -1                   //: default\n",
      // pprof lists the last sample type here, whatever the default is.
      "  sample_index              = inuse_space          "
      "//: [alloc_objects | alloc_space | inuse_space]\n",
      "  sort                      = flat                 //: [cum | flat]\n",
  };
  std::size_t at = 0;
  for (const char* line : lines) {
    const std::size_t found = list.find(line, at);
    EXPECT_NE(found, std::string::npos) << line;
    if (found != std::string::npos) at = found;
  }
  EXPECT_EQ(list.find("source_path"), std::string::npos);
  EXPECT_LT(list.find("\n  unit "), list.find("\n\n  Beyond pprof:\n"));
  EXPECT_GT(list.find("\n  json "), list.find("\n\n  Beyond pprof:\n"));
}

TEST(ShellOptions, ExpandsShortcuts) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(expand_shortcut(" : ", types()),
            (Lines{"focus=", "ignore=", "hide=", "tagfocus=", "tagignore="}));
  EXPECT_EQ(expand_shortcut("inuse_space", types()), Lines{"sample_index=inuse_space"});
  EXPECT_EQ(expand_shortcut("total_inuse_space", types()),
            (Lines{"mean=0", "sample_index=inuse_space"}));
  EXPECT_EQ(expand_shortcut("mean_inuse_space", types()),
            (Lines{"mean=1", "sample_index=inuse_space"}));
  EXPECT_EQ(expand_shortcut("inuse_space 5", types()), Lines{"inuse_space 5"});
}

}  // namespace
}  // namespace plumb::cli
