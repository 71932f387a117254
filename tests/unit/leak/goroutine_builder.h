// SPDX-License-Identifier: Apache-2.0
// Builds small profiles and dumps of goroutines for tests.

#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "model/goroutine_dump.h"
#include "model/profile.h"

namespace plumb {

/// One line of a stack. Without a function only `address` counts.
struct TestFrame {
  std::string_view function;
  std::string_view file = "/srv/app/main.go";
  std::int64_t line = 1;
  std::uint64_t address = 0;
  FrameKind kind = FrameKind::Call;
};
using TestStack = std::vector<TestFrame>;

struct TestLabel {
  std::string_view key;
  std::string_view str;
  std::int64_t num = 0;
};

/// A profile with one sample type; every frame becomes a location of its own.
class ProfileBuilder {
 public:
  explicit ProfileBuilder(std::string_view type = "goroutine", std::string_view unit = "count") {
    profile.sample_types.push_back({profile.strings.intern(type), profile.strings.intern(unit)});
  }

  ProfileBuilder& add(std::int64_t count, const TestStack& stack,
                      const std::vector<TestLabel>& labels = {}) {
    std::vector<LocationId> locations;
    for (const TestFrame& frame : stack) locations.push_back(location_of(frame));
    std::vector<Label> made;
    for (const TestLabel& label : labels) {
      made.push_back({profile.strings.intern(label.key), profile.strings.intern(label.str),
                      label.num, StringId{}});
    }
    const std::uint64_t key = profile.add_stack(locations);
    profile.add_sample(key, std::span(&count, 1), made);
    return *this;
  }

  Profile profile;

 private:
  LocationId location_of(const TestFrame& frame) {
    Location location;
    location.address = frame.address;
    if (frame.function.empty()) return profile.add_location(location, {});
    const StringId name = profile.strings.intern(frame.function);
    profile.functions.push_back({name, name, profile.strings.intern(frame.file), 0});
    const FunctionId function{static_cast<std::uint32_t>(profile.functions.size() - 1)};
    const Line line{function, frame.line, 0};
    return profile.add_location(location, std::span(&line, 1));
  }
};

/// A dump; every goroutine added is a group of its own, or several equal ones.
class DumpBuilder {
 public:
  /// Appends a group and returns it for the test to complete.
  GoroutineGroup& add(std::string_view state, const TestStack& stack,
                      const std::vector<WaitCount>& waits = {{0, 1}},
                      const std::vector<TestLabel>& labels = {}) {
    GoroutineGroup group;
    group.state = dump.strings.intern(state);
    group.first_id = next_id_++;
    group.first_frame = static_cast<std::uint32_t>(dump.stacks.size());
    group.frame_count = static_cast<std::uint32_t>(stack.size());
    for (const TestFrame& frame : stack) add_frame(frame);
    group.first_label = static_cast<std::uint32_t>(dump.labels.size());
    group.label_count = static_cast<std::uint32_t>(labels.size());
    for (const TestLabel& label : labels) {
      dump.labels.push_back(
          {dump.strings.intern(label.key), dump.strings.intern(label.str), 0, StringId{}});
    }
    group.waits = waits;
    for (const WaitCount& wait : waits) group.count += wait.goroutines;
    dump.goroutine_count += group.count;
    dump.groups.push_back(group);
    return dump.groups.back();
  }

  GoroutineDump dump;

 private:
  void add_frame(const TestFrame& frame) {
    dump.stacks.push_back({static_cast<std::uint32_t>(dump.frames.size())});
    dump.frames.push_back({dump.strings.intern(frame.function), dump.strings.intern(frame.file),
                           frame.line, 0, frame.kind});
  }

  std::uint64_t next_id_ = 1;
};

}  // namespace plumb
