// SPDX-License-Identifier: Apache-2.0
// Everything a profile says, as text, one fact a line: equal texts mean equal profiles, whatever
// ids they use for strings, and in whatever order a sample has labels of different keys.

#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "model/profile.h"

namespace plumb::test {

class ProfileDescription {
 public:
  explicit ProfileDescription(const Profile& profile) : profile_(profile) {}

  std::string make() {
    for (const ValueType& type : profile_.sample_types) add_value_type("type", type);
    add_header();
    for (std::size_t i = 0; i < profile_.mappings.size(); ++i) add_mapping(i);
    for (std::size_t i = 0; i < profile_.functions.size(); ++i) add_function(i);
    for (std::size_t i = 0; i < profile_.locations.size(); ++i) add_location(i);
    for (std::size_t i = 0; i < profile_.sample_count(); ++i) add_sample(i);
    return std::move(out_);
  }

 private:
  ProfileDescription& word(std::string_view text) {
    out_ += text;
    out_ += ' ';
    return *this;
  }
  ProfileDescription& quoted(StringId id) {
    return word("\"" + std::string(profile_.text(id)) + "\"");
  }
  template <typename Number>
  ProfileDescription& number(Number value) {
    return word(std::to_string(value));
  }
  void end_line() { out_.back() = '\n'; }

  void add_value_type(std::string_view what, const ValueType& type) {
    word(what).quoted(type.type).quoted(type.unit).end_line();
  }

  void add_header() {
    word("time").number(profile_.time_nanos).end_line();
    word("duration").number(profile_.duration_nanos).end_line();
    // One that says nothing is not written, by pprof neither.
    const ValueType& period = profile_.period_type;
    if (period.type.index != 0 || period.unit.index != 0) add_value_type("period type", period);
    word("period").number(profile_.period).end_line();
    word("default").quoted(profile_.default_sample_type).end_line();
    word("drop").quoted(profile_.drop_frames).end_line();
    word("keep").quoted(profile_.keep_frames).end_line();
    word("doc").quoted(profile_.doc_url).end_line();
    for (const StringId comment : profile_.comments) word("comment").quoted(comment).end_line();
  }

  void add_mapping(std::size_t i) {
    const Mapping& mapping = profile_.mappings[i];
    word("mapping").number(i).number(mapping.start).number(mapping.limit).number(mapping.offset);
    quoted(mapping.file).quoted(mapping.build_id);
    number(mapping.has_functions).number(mapping.has_filenames);
    number(mapping.has_line_numbers).number(mapping.has_inline_frames).end_line();
  }

  void add_function(std::size_t i) {
    const Function& function = profile_.functions[i];
    word("function").number(i).quoted(function.name).quoted(function.system_name);
    quoted(function.file).number(function.start_line).end_line();
  }

  void add_location(std::size_t i) {
    const Location& location = profile_.locations[i];
    word("location").number(i).number(location.address).number(location.mapping.index);
    number(location.is_folded);
    for (const Line& line : profile_.lines_of(location)) {
      word("line").number(line.function.index).number(line.line).number(line.column);
    }
    end_line();
  }

  void add_sample(std::size_t i) {
    word("sample");
    for (const std::int64_t value : profile_.values(i)) number(value);
    word("at");
    profile_.read_stack(i, stack_);
    for (const LocationId id : stack_) number(id.index);
    labels_.assign(profile_.labels(i).begin(), profile_.labels(i).end());
    std::ranges::stable_sort(labels_, {}, [this](const Label& label) {
      return std::pair(!label.is_string(), profile_.text(label.key));
    });
    for (const Label& label : labels_) {
      word(label.is_string() ? "text" : "number").quoted(label.key).quoted(label.str);
      number(label.num).quoted(label.unit);
    }
    end_line();
  }

  const Profile& profile_;
  std::string out_;
  std::vector<LocationId> stack_;
  std::vector<Label> labels_;
};

inline std::string describe_profile(const Profile& profile) {
  return ProfileDescription(profile).make();
}

}  // namespace plumb::test
