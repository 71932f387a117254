// SPDX-License-Identifier: Apache-2.0
// The profile model every reader fills and every report reads.
//
// Terms follow profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto): a
// sample is a stack of locations plus one value per sample type; a location is an address in a
// mapping with one line per inlined function. Tables are flat vectors addressed by typed ids, which
// are dense and local to one Profile; strings live in one pool. There is no allocation per sample:
// values and labels lie end to end, and stacks are varints of location indices end to end, about
// two bytes a frame, which several samples may share.

#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/string_pool.h"
#include "model/loss.h"

namespace plumb {

using FunctionId = Id<struct FunctionTag>;
using LocationId = Id<struct LocationTag>;
using MappingId = Id<struct MappingTag>;

/// "No such row" in any table.
inline constexpr std::uint32_t kNone = UINT32_MAX;

/// What one column of sample values measures, e.g. {"cpu", "nanoseconds"}.
struct ValueType {
  StringId type;
  StringId unit;  ///< "nanoseconds", "bytes", "count"; empty when the input does not say.
};

struct Mapping {
  std::uint64_t start = 0;
  std::uint64_t limit = 0;
  std::uint64_t offset = 0;
  StringId file;
  StringId build_id;
  bool has_functions = false;
  bool has_filenames = false;
  bool has_line_numbers = false;
  bool has_inline_frames = false;
};

struct Function {
  StringId name;         ///< As shown, demangled.
  StringId system_name;  ///< As in the binary.
  StringId file;
  std::int64_t start_line = 0;  ///< 0: not known.
};

struct Line {
  FunctionId function{kNone};
  std::int64_t line = 0;    ///< 0: not known.
  std::int64_t column = 0;  ///< 0: not known.
};

/// An address with the lines it stands for: innermost inlined first, outermost last.
struct Location {
  std::uint64_t address = 0;
  MappingId mapping{kNone};
  std::uint32_t first_line = 0;  ///< In Profile::lines.
  std::uint32_t line_count = 0;
  bool is_folded = false;
};

/// One label of one sample: a string, or a number with its unit.
struct Label {
  StringId key;
  StringId str;
  std::int64_t num = 0;
  StringId unit;               ///< Of `num`; empty when the input does not say.
  bool is_empty_text = false;  ///< A string label whose text is empty.

  [[nodiscard]] bool is_string() const { return str.index != 0 || is_empty_text; }
};

/// Where a goroutine's state comes from: printed in the input, or guessed from its leaf frames.
enum class StateSource : std::uint8_t { Read, Inferred };

/// A profile in memory. Owns everything it shows. Move-only. Not thread-safe.
class Profile {
 public:
  Profile() = default;
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;
  Profile(Profile&&) noexcept = default;
  Profile& operator=(Profile&&) noexcept = default;
  ~Profile() = default;

  StringPool strings;
  std::vector<ValueType> sample_types;
  std::vector<Mapping> mappings;
  std::vector<Function> functions;
  std::vector<Location> locations;
  std::vector<Line> lines;  ///< Of all locations, end to end.

  StringId default_sample_type;
  StringId drop_frames;  ///< Regular expression of whole function names.
  StringId keep_frames;
  StringId doc_url;
  std::vector<StringId> comments;
  std::int64_t time_nanos = 0;  ///< Since 1970 UTC; 0: not known.
  std::int64_t duration_nanos = 0;
  ValueType period_type;
  std::int64_t period = 0;
  bool has_period_type = false;

  std::vector<Loss> losses;  ///< What the reader passed over.

  [[nodiscard]] std::size_t sample_count() const { return stack_starts_.size(); }

  /// The values of sample `i`, one per sample type.
  [[nodiscard]] std::span<const std::int64_t> values(std::size_t i) const {
    const std::size_t width = sample_types.size();
    return std::span(values_).subspan(i * width, width);
  }

  [[nodiscard]] std::span<const Label> labels(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : label_ends_[i - 1];
    return std::span(labels_).subspan(begin, label_ends_[i] - begin);
  }

  /// Replaces `stack` with the locations of sample `i`, leaf first.
  void read_stack(std::size_t i, std::vector<LocationId>& stack) const;

  /// Two samples with the same key share one stored stack. Samples with different keys may still
  /// have equal stacks.
  [[nodiscard]] std::uint64_t stack_key(std::size_t i) const { return stack_starts_[i]; }

  [[nodiscard]] std::span<const Line> lines_of(const Location& location) const {
    return std::span(lines).subspan(location.first_line, location.line_count);
  }
  [[nodiscard]] const Location& location(LocationId id) const { return locations[id.index]; }
  [[nodiscard]] const Function& function(FunctionId id) const { return functions[id.index]; }
  [[nodiscard]] std::string_view text(StringId id) const { return strings.view(id); }

  /// Appends a location with `lines_of_location` and returns its id.
  LocationId add_location(Location location, std::span<const Line> lines_of_location);

  /// Stores a stack (leaf first) for add_sample(); several samples may use the returned key.
  std::uint64_t add_stack(std::span<const LocationId> stack);

  /// Stores a stack of `frame_count` locations given as varints of location index + 1, the form
  /// in which profile.proto packs dense ids. The locations may be added later.
  std::uint64_t add_packed_stack(std::uint64_t frame_count, std::string_view packed);

  /// Appends a sample. All samples have the same number of values: that of the sample types, which
  /// may be added later.
  void add_sample(std::uint64_t stack_key, std::span<const std::int64_t> values,
                  std::span<const Label> labels);

  /// Rewrites the location indices of all stacks. `map` takes what add_packed_stack() stored (an
  /// index + 1) and returns a location's index; if it returns kNone the rewriting stops with false
  /// and the profile is of no use any more.
  bool remap_stacks(const std::function<std::uint32_t(std::uint64_t)>& map);

  /// Replaces every stack (leaf first) by what `rewrite` makes of it, shared stacks once.
  void rewrite_stacks(const std::function<void(std::vector<LocationId>&)>& rewrite);

  /// Takes out the sample types for which `kept` is false, with their values.
  void keep_sample_types(const std::vector<bool>& kept);

  /// Calls `update(Label&)` for every label of every sample.
  template <typename Update>
  void update_labels(Update&& update) {
    for (Label& label : labels_) update(label);
  }

  /// Heap bytes held by the tables, for limits.
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  std::vector<std::uint8_t> stack_bytes_;    // Frame count, then index + 1 of each, as varints.
  std::vector<std::uint64_t> stack_starts_;  // Per sample, into stack_bytes_.
  std::vector<std::int64_t> values_;         // Row by row.
  std::vector<std::uint64_t> label_ends_;    // Per sample, into labels_.
  std::vector<Label> labels_;
};

}  // namespace plumb
