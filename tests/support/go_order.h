// SPDX-License-Identifier: Apache-2.0
// Serialises a profile in the order of Go's runtime: each location, with the functions it needs,
// before the first sample that uses it; mappings and strings at the end.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/profile.h"
#include "support/proto_message.h"

namespace plumb::test {

class GoOrderEncoder {
 public:
  explicit GoOrderEncoder(const Profile& profile)
      : profile_(profile),
        function_done_(profile.functions.size()),
        location_done_(profile.locations.size()) {}

  std::string encode() {
    for (const ValueType& type : profile_.sample_types) out_.message(1, value_type(type));
    if (profile_.has_period_type) out_.message(11, value_type(profile_.period_type));
    put(out_, 12, static_cast<std::uint64_t>(profile_.period));
    put(out_, 9, static_cast<std::uint64_t>(profile_.time_nanos));
    put(out_, 10, static_cast<std::uint64_t>(profile_.duration_nanos));
    std::vector<LocationId> stack;
    for (std::size_t i = 0; i < profile_.sample_count(); ++i) {
      profile_.read_stack(i, stack);
      for (const LocationId id : stack) add_location(id.index);
      add_sample(i, stack);
    }
    for (std::uint32_t i = 0; i < profile_.locations.size(); ++i) add_location(i);
    for (std::uint32_t i = 0; i < profile_.functions.size(); ++i) add_function(i);
    for (std::size_t i = 0; i < profile_.mappings.size(); ++i) add_mapping(i);
    put(out_, 7, profile_.drop_frames.index);
    put(out_, 8, profile_.keep_frames.index);
    put(out_, 14, profile_.default_sample_type.index);
    put(out_, 15, profile_.doc_url.index);
    for (const StringId comment : profile_.comments) out_.number(13, comment.index);
    for (std::uint32_t i = 0; i < profile_.strings.size(); ++i) {
      out_.bytes(6, profile_.text({i}));
    }
    return out_.text();
  }

 private:
  static void put(ProtoMessage& message, std::uint64_t field, std::uint64_t value) {
    if (value != 0) message.number(field, value);
  }

  static ProtoMessage value_type(const ValueType& type) {
    ProtoMessage message;
    put(message, 1, type.type.index);
    put(message, 2, type.unit.index);
    return message;
  }

  void add_function(std::uint32_t i) {
    if (function_done_[i]) return;
    function_done_[i] = true;
    const Function& function = profile_.functions[i];
    ProtoMessage message;
    message.number(1, i + 1);
    put(message, 2, function.name.index);
    put(message, 3, function.system_name.index);
    put(message, 4, function.file.index);
    put(message, 5, static_cast<std::uint64_t>(function.start_line));
    out_.message(5, message);
  }

  void add_location(std::uint32_t i) {
    if (location_done_[i]) return;
    location_done_[i] = true;
    const Location& location = profile_.locations[i];
    ProtoMessage message;
    message.number(1, i + 1);
    if (location.mapping.index != kNone) message.number(2, location.mapping.index + 1);
    put(message, 3, location.address);
    for (const Line& line : profile_.lines_of(location)) {
      ProtoMessage part;
      part.number(1, line.function.index + 1);
      put(part, 2, static_cast<std::uint64_t>(line.line));
      put(part, 3, static_cast<std::uint64_t>(line.column));
      message.message(4, part);
    }
    put(message, 5, location.is_folded ? 1 : 0);
    out_.message(4, message);
    // The runtime writes functions behind the first location that needs them.
    for (const Line& line : profile_.lines_of(location)) add_function(line.function.index);
  }

  void add_sample(std::size_t i, const std::vector<LocationId>& stack) {
    ProtoMessage message;
    std::vector<std::uint64_t> ids;
    for (const LocationId id : stack) ids.push_back(id.index + 1);
    std::vector<std::uint64_t> values;
    for (const std::int64_t value : profile_.values(i)) {
      values.push_back(static_cast<std::uint64_t>(value));
    }
    message.packed(1, ids).packed(2, values);
    for (const Label& label : profile_.labels(i)) {
      ProtoMessage part;
      put(part, 1, label.key.index);
      put(part, 2, label.str.index);
      put(part, 3, static_cast<std::uint64_t>(label.num));
      put(part, 4, label.unit.index);
      message.message(3, part);
    }
    out_.message(2, message);
  }

  void add_mapping(std::size_t i) {
    const Mapping& mapping = profile_.mappings[i];
    ProtoMessage message;
    message.number(1, i + 1);
    put(message, 2, mapping.start);
    put(message, 3, mapping.limit);
    put(message, 4, mapping.offset);
    put(message, 5, mapping.file.index);
    put(message, 6, mapping.build_id.index);
    put(message, 7, mapping.has_functions ? 1 : 0);
    put(message, 8, mapping.has_filenames ? 1 : 0);
    put(message, 9, mapping.has_line_numbers ? 1 : 0);
    put(message, 10, mapping.has_inline_frames ? 1 : 0);
    out_.message(3, message);
  }

  const Profile& profile_;
  ProtoMessage out_;
  std::vector<bool> function_done_;
  std::vector<bool> location_done_;
};

inline std::string encode_in_go_order(const Profile& profile) {
  return GoOrderEncoder(profile).encode();
}

}  // namespace plumb::test
