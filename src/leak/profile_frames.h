// SPDX-License-Identifier: Apache-2.0
// ProfileFrames: a profile's strings and locations in the terms of a GroupTable. Each is looked at
// once, when it is first met.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "leak/group_table.h"
#include "model/profile.h"

namespace plumb {

/// Not thread-safe.
class ProfileFrames {
 public:
  /// Both must outlive this.
  ProfileFrames(const Profile& profile, GroupTable& table)
      : profile_(profile),
        table_(table),
        strings_(profile.strings.size(), StringId{kNone}),
        locations_(profile.locations.size()) {}

  /// The id of a string of the profile in the table.
  StringId translate(StringId id) {
    StringId& known = strings_[id.index];
    if (known.index == kNone) known = table_.intern(profile_.text(id));
    return known;
  }

  /// Replaces `stack` with the frames of `locations`, leaf first, inlined ones included. A location
  /// without lines is a frame of which only the address is known.
  void read_stack(std::span<const LocationId> locations, std::vector<StackFrameId>& stack);

 private:
  // The frame of a location, or, where it has several, their place in expanded_.
  struct Frames {
    std::uint32_t first = 0;
    std::uint32_t count = 0;  // 0: not met yet.
  };

  Frames expand(LocationId id);
  void append_slowly(std::span<const LocationId> locations, std::vector<StackFrameId>& stack);
  StackFrameId translate(const Line& line);

  const Profile& profile_;
  GroupTable& table_;
  std::vector<StringId> strings_;  // By the profile's StringId; kNone: not met yet.
  std::vector<Frames> locations_;  // By LocationId.
  std::vector<StackFrameId> expanded_;
};

}  // namespace plumb
