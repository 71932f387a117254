// SPDX-License-Identifier: Apache-2.0
// ProfileStream: the parts of a profile as they go by, for reports that need not hold it.
//
// Ids and string indices are those of the input. Nothing promises an order: Go's runtime writes a
// location before the first sample that uses it and all strings last; other writers differ.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace plumb {

/// The small fields of a profile; the numbers of strings are indices into the string table.
struct StreamedHeader {
  std::int64_t time_nanos = 0;
  std::int64_t duration_nanos = 0;
  std::uint32_t drop_frames = 0;
  std::uint32_t default_sample_type = 0;
  std::uint32_t doc_url = 0;
  std::uint32_t first_mapping_file = 0;
  std::uint32_t first_mapping_build_id = 0;
  bool has_mapping = false;
  bool has_comments = false;
};

/// Takes the parts. A callback that returns false ends the stream: the receiver cannot use this
/// profile in passing. Views and spans are gone after the call.
class ProfileStream {
 public:
  ProfileStream() = default;
  ProfileStream(const ProfileStream&) = delete;
  ProfileStream& operator=(const ProfileStream&) = delete;
  virtual ~ProfileStream() = default;

  virtual bool on_sample_type(std::uint32_t type, std::uint32_t unit) = 0;
  /// `functions`: of the location's lines, innermost inlined first.
  virtual bool on_location(std::uint32_t id, std::span<const std::uint32_t> functions) = 0;
  /// `system_name`: as in the binary.
  virtual bool on_function(std::uint32_t id, std::uint32_t name, std::uint32_t system_name) = 0;
  /// `locations`: leaf first.
  virtual bool on_sample(std::span<const std::uint32_t> locations,
                         std::span<const std::int64_t> values) = 0;
  virtual bool on_string(std::string_view text) = 0;
  /// Last, once all of the input was seen.
  virtual bool on_end(const StreamedHeader& header) = 0;
};

}  // namespace plumb
