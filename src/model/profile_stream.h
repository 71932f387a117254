// SPDX-License-Identifier: Apache-2.0
// ProfileStream: the parts of a profile as they go by, for reports that need not hold it.
//
// Ids and string indices are those of the input. Nothing promises an order: Go's runtime writes a
// location before the first sample that uses it and all strings last; other writers differ.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/raw_vector.h"

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

/// Samples, their stacks end to end.
struct StreamedSamples {
  RawVector<std::uint32_t> locations;  ///< Of each stack, leaf first.
  RawVector<std::size_t> ends;         ///< By sample: where its stack ends in `locations`.
  RawVector<std::int64_t> values;      ///< By sample: `width` numbers.
  RawVector<std::uint64_t> hashes;  ///< By sample: of its stack; only if the receiver makes them.
  std::size_t width = 0;
  bool have_labels = false;  ///< Any of them.

  [[nodiscard]] std::size_t size() const { return ends.size(); }
  [[nodiscard]] std::span<const std::uint32_t> stack(std::size_t sample) const {
    const std::size_t begin = sample == 0 ? 0 : ends[sample - 1];
    return std::span<const std::uint32_t>(locations).subspan(begin, ends[sample] - begin);
  }
  void clear() {
    locations.clear();
    ends.clear();
    values.clear();
    hashes.clear();
    have_labels = false;
  }
};

/// What one block of the input holds: each kind in the order of the input.
struct StreamedParts {
  struct ValueType {
    std::uint32_t type = 0;
    std::uint32_t unit = 0;
  };
  struct Location {
    std::uint32_t id = 0;
    std::size_t lines_end = 0;  ///< Where its lines end in `lines`.
  };
  struct Function {
    std::uint32_t id = 0;
    std::uint32_t name = 0;
    std::uint32_t system_name = 0;  ///< As in the binary.
  };

  std::vector<ValueType> sample_types;
  std::vector<Location> locations;
  std::vector<std::uint32_t> lines;  ///< Functions; of each location the innermost inlined first.
  std::vector<Function> functions;
  std::string text;  ///< The strings, end to end.
  std::vector<std::size_t> text_ends;
  StreamedSamples samples;
  std::string fields;  ///< For wants_fields(): all but the samples, as a profile that has none.

  /// Calls `visit(id, lines) -> bool` for each location, until that is false; then it is, too.
  template <typename Visit>
  bool for_each_location(Visit&& visit) const {
    std::size_t begin = 0;
    for (const Location& location : locations) {
      if (!visit(location.id, std::span(lines).subspan(begin, location.lines_end - begin))) {
        return false;
      }
      begin = location.lines_end;
    }
    return true;
  }

  void clear() {
    sample_types.clear();
    locations.clear();
    lines.clear();
    functions.clear();
    text.clear();
    text_ends.clear();
    samples.clear();
    fields.clear();
  }
};

/// Takes the parts. A callback that returns false ends the stream: the receiver cannot use this
/// profile in passing.
class ProfileStream {
 public:
  ProfileStream() = default;
  ProfileStream(const ProfileStream&) = delete;
  ProfileStream& operator=(const ProfileStream&) = delete;
  virtual ~ProfileStream() = default;

  /// Whether StreamedParts::fields is of use in this pass.
  [[nodiscard]] virtual bool wants_fields() const { return false; }
  /// The next parts of the input, on the thread that reads them, before on_parts() gets them on
  /// another: for work that is better done there.
  virtual bool on_read(StreamedParts& parts) {
    static_cast<void>(parts);
    return true;
  }
  /// The next parts, as on_read() left them; gone after the call.
  virtual bool on_parts(const StreamedParts& parts) = 0;
  /// Last, once all of the input was seen.
  virtual bool on_end(const StreamedHeader& header) = 0;
};

}  // namespace plumb
