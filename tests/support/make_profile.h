// SPDX-License-Identifier: Apache-2.0
// Profiles for tests, written as text.
//
//   ProfileMaker make;
//   make.add(10, "main;work|helper;leaf");
//
// is one sample of value 10 whose root is main, whose leaf is leaf, and in which helper was inlined
// into work. The same text between semicolons is the same location; the same name is the same
// function.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "model/profile.h"

namespace plumb::test {

class ProfileMaker {
 public:
  explicit ProfileMaker(std::string_view type = "samples", std::string_view unit = "count") {
    add_type(type, unit);
  }

  ProfileMaker& add_type(std::string_view type, std::string_view unit) {
    profile.sample_types.push_back({profile.strings.intern(type), profile.strings.intern(unit)});
    return *this;
  }

  ProfileMaker& add(const std::vector<std::int64_t>& values, std::string_view stack,
                    const std::vector<Label>& labels = {}) {
    std::vector<LocationId> locations;
    if (!stack.empty()) {
      for (const std::string_view frame : split(stack, ';')) {
        locations.insert(locations.begin(), location(frame));
      }
    }
    profile.add_sample(profile.add_stack(locations), values, labels);
    return *this;
  }
  ProfileMaker& add(std::int64_t value, std::string_view stack,
                    const std::vector<Label>& labels = {}) {
    return add(std::vector<std::int64_t>{value}, stack, labels);
  }

  Label text_label(std::string_view key, std::string_view value) {
    return {.key = profile.strings.intern(key),
            .str = profile.strings.intern(value),
            .num = 0,
            .unit = {},
            .is_empty_text = value.empty()};
  }
  Label number_label(std::string_view key, std::int64_t value, std::string_view unit = "") {
    return {.key = profile.strings.intern(key),
            .str = {},
            .num = value,
            .unit = profile.strings.intern(unit)};
  }

  /// "a|b": a, into which b was inlined; "": a function without a name; "?": no lines at all;
  /// "@/bin/x a": in the mapping of that file.
  LocationId location(std::string_view text) {
    const auto [known, is_new] = locations_.try_emplace(std::string(text));
    if (!is_new) return known->second;
    Location row;
    row.address = 0x1000 + locations_.size();
    if (consume_prefix(text, "@")) row.mapping = mapping(take_until(text, ' '));
    std::vector<Line> lines;
    if (text != "?") {
      for (const std::string_view name : split(text, '|')) {
        lines.insert(lines.begin(), {.function = function(name), .line = 10, .column = 0});
      }
    }
    return known->second = profile.add_location(row, lines);
  }

  FunctionId function(std::string_view name) {
    const auto [known, is_new] = functions_.try_emplace(std::string(name));
    if (!is_new) return known->second;
    Function row;
    row.name = row.system_name = profile.strings.intern(name);
    row.file = profile.strings.intern("main.go");
    row.start_line = 3;
    profile.functions.push_back(row);
    known->second.index = static_cast<std::uint32_t>(profile.functions.size() - 1);
    return known->second;
  }

  MappingId mapping(std::string_view file) {
    const StringId name = profile.strings.intern(file);
    for (std::uint32_t i = 0; i < profile.mappings.size(); ++i) {
      if (profile.mappings[i].file == name) return {i};
    }
    Mapping row;
    row.file = name;
    profile.mappings.push_back(row);
    return {static_cast<std::uint32_t>(profile.mappings.size() - 1)};
  }

  Profile profile;

 private:
  std::map<std::string, LocationId> locations_;
  std::map<std::string, FunctionId> functions_;
};

}  // namespace plumb::test
