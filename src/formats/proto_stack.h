// SPDX-License-Identifier: Apache-2.0
// ProtoStack: the location ids of one sample of profile.proto, as the model keeps them: varints end
// to end. Nearly always they are one packed field, whose bytes are taken as they stand.

#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/packed_ids.h"
#include "formats/proto_wire.h"

namespace plumb {

/// Not thread-safe.
class ProtoStack {
 public:
  /// Begins the next sample.
  void clear() {
    packed_ = {};
    frames_ = 0;
  }

  /// Appends the ids of a field of the sample. Errors: NotRecognized on another type of field,
  /// those of a varint.
  Result<void> add(const WireField& field) {
    if (field.type == kWireBytes && packed_.empty()) {
      frames_ = count_plain_ids(field.bytes, seen_limit());
      if (frames_ != 0) {
        packed_ = field.bytes;
        return {};
      }
    }
    return add_rare(field);
  }

  /// Views the fields that were added, or this.
  [[nodiscard]] std::string_view packed() const { return packed_; }
  [[nodiscard]] std::uint64_t frames() const { return frames_; }

  /// True if all ids of all samples were from 1 to `count`.
  [[nodiscard]] bool all_within(std::uint64_t count) const { return most_ <= count && least_ > 0; }

 private:
  Result<void> add_rare(const WireField& field);
  void note(std::span<const std::uint32_t> ids);
  std::string& joined();

  // Ids from 1 to this need not be noted.
  [[nodiscard]] std::uint32_t seen_limit() const {
    return least_ == 0 ? 0 : static_cast<std::uint32_t>(std::min<std::uint64_t>(most_, UINT32_MAX));
  }

  std::string_view packed_;  // Of the input, or joined_.
  std::uint64_t frames_ = 0;
  std::uint64_t most_ = 0;
  std::uint64_t least_ = UINT64_MAX;
  std::string joined_;
  std::vector<std::uint32_t> scratch_;
  std::vector<std::uint64_t> wide_ids_;
};

}  // namespace plumb
