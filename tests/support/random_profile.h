// SPDX-License-Identifier: Apache-2.0
// Small random profiles with everything a real one can have, and with what only a strange one has.

#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "model/profile.h"
#include "support/dice.h"

namespace plumb::test {

enum class Strangeness : std::uint8_t {
  Plain,    ///< All functions named and different, every location with lines: as Go writes them.
  Strange,  ///< Also nameless and equal functions, locations without lines, odd labels, comments.
};

/// Makes one profile.
class RandomProfile {
 public:
  RandomProfile(std::uint32_t seed, Strangeness strangeness)
      : dice_(seed), is_strange_(strangeness == Strangeness::Strange) {}

  Profile make() {
    add_types();
    add_mappings();
    add_functions();
    add_locations();
    add_stacks();
    add_samples();
    add_header();
    return std::move(profile_);
  }

 private:
  StringId text(std::string_view value) { return profile_.strings.intern(value); }
  bool strange(std::uint32_t percent) { return is_strange_ && dice_.chance(percent); }

  void add_types() {
    static constexpr const char* kUnits[] = {"count", "nanoseconds", "bytes", "GCU", "widgets", ""};
    const std::uint32_t count = 1 + dice_.below(4);
    for (std::uint32_t i = 0; i < count; ++i) {
      profile_.sample_types.push_back(
          {text("type" + std::to_string(i)), text(kUnits[dice_.below(6)])});
    }
  }

  void add_mappings() {
    static constexpr const char* kFiles[] = {"/usr/bin/server", "/lib/libc.so", "[vdso]", "", "/"};
    const std::uint32_t count = dice_.below(4);
    for (std::uint32_t i = 0; i < count; ++i) {
      Mapping mapping;
      mapping.start = std::uint64_t{i + 1} << 20;
      mapping.limit = mapping.start + (dice_.number() & 0xFFFFF);
      mapping.offset = dice_.number() & 0xFFF;
      mapping.file = text(kFiles[dice_.below(5)]);
      if (dice_.chance(50)) mapping.build_id = text("build" + std::to_string(i));
      mapping.has_functions = dice_.chance(50);
      mapping.has_filenames = dice_.chance(50);
      mapping.has_line_numbers = dice_.chance(50);
      mapping.has_inline_frames = dice_.chance(50);
      profile_.mappings.push_back(mapping);
    }
  }

  void add_functions() {
    const std::uint32_t count = 1 + dice_.below(dice_.chance(50) ? 6 : 30);
    for (std::uint32_t i = 0; i < count; ++i) {
      Function function;
      function.name = text("main.f" + std::to_string(strange(20) ? dice_.below(5) : i));
      if (strange(15)) function.name = {};
      function.system_name = dice_.chance(70) ? function.name : text("_f" + std::to_string(i));
      if (dice_.chance(80)) function.file = text("file" + std::to_string(dice_.below(3)) + ".go");
      if (dice_.chance(60)) function.start_line = dice_.below(3);
      profile_.functions.push_back(function);
    }
  }

  void add_locations() {
    const std::uint32_t count = 1 + dice_.below(40);
    std::vector<Line> lines;
    for (std::uint32_t i = 0; i < count; ++i) {
      Location location;
      location.address = dice_.chance(90) ? dice_.number() : 0;
      if (!profile_.mappings.empty() && dice_.chance(80)) {
        location.mapping.index = dice_.below(profile_.mappings.size());
      }
      location.is_folded = strange(5);
      const std::uint32_t depth = strange(10) ? 0 : dice_.chance(70) ? 1 : 1 + dice_.below(4);
      lines.clear();
      for (std::uint32_t line = 0; line < depth; ++line) {
        lines.push_back({.function = {dice_.below(profile_.functions.size())},
                         .line = dice_.chance(90) ? dice_.below(100) : -5,
                         .column = dice_.chance(20) ? dice_.below(80) : 0});
      }
      profile_.add_location(location, lines);
    }
  }

  // Stacks have beginnings in common, as real ones do.
  void add_stacks() {
    const std::uint32_t count = 1 + dice_.below(30);
    const std::uint32_t depth = 1 + dice_.below(dice_.chance(80) ? 10 : 60);
    for (std::uint32_t i = 0; i < count; ++i) {
      std::vector<LocationId> stack;  // Root first.
      if (!stacks_.empty() && dice_.chance(70)) {
        stack = stacks_[dice_.below(stacks_.size())];
        stack.resize(dice_.below(stack.size() + 1));
      }
      const std::uint32_t more = dice_.below(depth + 1);
      for (std::uint32_t frame = 0; frame < more; ++frame) {
        stack.push_back({dice_.below(profile_.locations.size())});
      }
      stacks_.push_back(stack);
    }
  }

  std::int64_t value() {
    static constexpr std::int64_t kEdges[] = {INT64_MIN, INT64_MAX, INT64_MIN + 1, -1, 1};
    if (dice_.chance(10)) return 0;
    if (has_huge_values_ && dice_.chance(20)) return kEdges[dice_.below(5)];
    const auto size =
        static_cast<std::int64_t>(dice_.chance(60) ? dice_.below(10) : dice_.number() >> 20);
    return has_negative_values_ && dice_.chance(30) ? -size : size;
  }

  void add_samples() {
    has_negative_values_ = dice_.chance(30);
    has_huge_values_ = dice_.chance(5);
    const std::uint32_t count = dice_.chance(95) ? 1 + dice_.below(120) : 0;
    std::vector<LocationId> stack;
    std::vector<std::int64_t> values(profile_.sample_types.size());
    for (std::uint32_t i = 0; i < count; ++i) {
      stack = stacks_[dice_.below(stacks_.size())];
      std::reverse(stack.begin(), stack.end());
      for (std::int64_t& one : values) one = value();
      profile_.add_sample(profile_.add_stack(stack), values, labels());
    }
  }

  std::vector<Label> labels() {
    static constexpr const char* kKeys[] = {"handler", "request", "bytes", "latency", ""};
    static constexpr const char* kUnits[] = {"", "bytes", "milliseconds", "widgets"};
    std::vector<Label> made;
    const std::uint32_t count = dice_.chance(60) ? 0 : dice_.below(4);
    for (std::uint32_t i = 0; i < count; ++i) {
      Label label;
      label.key = text(kKeys[dice_.below(is_strange_ ? 5 : 4)]);
      if (dice_.chance(50)) {
        label.str = text("value" + std::to_string(dice_.below(4)));
        if (strange(10)) label.str = {};
        label.is_empty_text = label.str.index == 0;
        if (strange(10)) label.num = dice_.below(3);
      } else {
        label.num = static_cast<std::int64_t>(dice_.below(3000)) - 100;
        label.unit = text(kUnits[dice_.below(4)]);
      }
      made.push_back(label);
    }
    return made;
  }

  void add_header() {
    if (dice_.chance(70)) profile_.time_nanos = 1'795'370'151'000'000'000;
    if (dice_.chance(50)) profile_.duration_nanos = static_cast<std::int64_t>(dice_.number() >> 20);
    if (dice_.chance(50)) profile_.doc_url = text("https://example.org/doc");
    if (dice_.chance(40)) {
      const std::size_t index = dice_.below(profile_.sample_types.size());
      profile_.default_sample_type = profile_.sample_types[index].type;
    }
    if (dice_.chance(60)) {
      profile_.has_period_type = true;
      profile_.period_type = {text("cpu"), text("nanoseconds")};
      profile_.period = 10'000'000;
    }
    if (strange(30)) profile_.comments = {text("# hidden"), text("a comment"), text("")};
    if (strange(30)) profile_.drop_frames = text("main\\.f[0-2]");
    if (strange(15)) profile_.keep_frames = text("main\\.f1");
  }

  Dice dice_;
  const bool is_strange_;
  bool has_negative_values_ = false;
  bool has_huge_values_ = false;
  Profile profile_;
  std::vector<std::vector<LocationId>> stacks_;  // Root first.
};

inline Profile random_profile(std::uint32_t seed, Strangeness strangeness) {
  return RandomProfile(seed, strangeness).make();
}

}  // namespace plumb::test
