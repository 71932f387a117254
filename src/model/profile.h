// SPDX-License-Identifier: Apache-2.0
// The profile model every reader fills and every report reads.
//
// Terms follow profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto): a
// sample is a stack of locations plus one value per sample type; a location is an address in a
// mapping with one line per inlined function. Tables are flat vectors addressed by typed ids, which
// are dense and local to one Profile; strings live in one pool. There is no allocation per sample:
// values and labels lie end to end, and stacks are varints of location indices end to end, about
// two bytes a frame, which several samples may share. A copy shares all of these until it is
// changed, so that an interactive front end can filter a copy for each report.

#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/copy_on_write.h"
#include "base/raw_vector.h"
#include "base/string_pool.h"
#include "base/varint.h"
#include "model/loss.h"
#include "model/row_numbers.h"

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
  bool is_empty_unit = false;  ///< The input does say the unit, and it is empty.
  bool is_derived = false;     ///< Not of the input: inferred from the stack.

  [[nodiscard]] bool is_string() const { return str.index != 0 || is_empty_text; }
  friend bool operator==(const Label&, const Label&) = default;
};

/// A stack as it is stored, leaf first: `for (const LocationId id : profile.stack(i))`.
/// Lifetime: until the profile changes.
class PackedStack {
 public:
  class Iterator {
   public:
    Iterator(const std::uint8_t* at, std::uint64_t left) : at_(at), left_(left) { read(); }
    LocationId operator*() const { return id_; }
    Iterator& operator++() {
      --left_;
      read();
      return *this;
    }
    /// Only good for comparing with the end.
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.left_ == b.left_; }

   private:
    void read() {
      if (left_ != 0) id_.index = static_cast<std::uint32_t>(read_varint_trusted(at_) - 1);
    }

    const std::uint8_t* at_;
    std::uint64_t left_;
    LocationId id_;
  };

  /// `at`: frame count, then index + 1 of each location, as varints.
  explicit PackedStack(const std::uint8_t* at) : frames_(at) {
    size_ = read_varint_trusted(frames_);
  }

  /// The varints of the frames. Complexity: linear in the frames.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const {
    const std::uint8_t* end = frames_;
    std::uint64_t left = size_;
    // So many varints have at least as many bytes.
    for (std::uint64_t word = 0; left >= sizeof word; end += sizeof word) {
      std::memcpy(&word, end, sizeof word);
      left -= count_varint_ends(word);
    }
    while (left > 0) left -= *end++ < 0x80 ? 1 : 0;
    return {frames_, end};
  }

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Iterator begin() const { return {frames_, size_}; }
  [[nodiscard]] static Iterator end() { return {nullptr, 0}; }

 private:
  const std::uint8_t* frames_;
  std::uint64_t size_;
};

/// All samples of a profile, for code that builds them.
struct SampleTable {
  /// Frame count, then index + 1 of each, as varints, leaf first. May hold bytes that no sample
  /// uses.
  RawVector<std::uint8_t> stack_bytes;
  RawVector<std::uint64_t> stack_starts;  ///< Per sample, into stack_bytes.
  RawVector<std::int64_t> values;         ///< Row by row.
  RawVector<std::uint64_t> label_ends;    ///< Per sample, into labels; empty if there are none.
  std::vector<Label> labels;
};

/// What Profile::edit_stacks() does with a stack.
enum class StackEdit : std::uint8_t {
  Keep,
  Replace,
  Drop,  ///< Takes out the samples that have it.
};

/// Where a goroutine's state comes from: printed in the input, or guessed from its leaf frames.
enum class StateSource : std::uint8_t { Read, Inferred };

/// A profile in memory. Owns everything it shows. Moved, or copied by copy(). Not thread-safe, but
/// copies may live on other threads.
class Profile {
 public:
  Profile() = default;
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

  RowNumbers mapping_numbers;  ///< By which the input calls them.
  RowNumbers function_numbers;
  RowNumbers location_numbers;

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

  /// A profile that says the same, to be changed independently. Samples are shared until either
  /// changes them. Complexity: linear in the tables, constant in the samples.
  [[nodiscard]] Profile copy() const { return Profile(*this); }

  /// A profile of the same samples, shared, which has no tables but the sample types.
  [[nodiscard]] Profile copy_samples() const;

  /// True if samples with the same stack_key() have the same stack in both.
  [[nodiscard]] bool shares_stacks_with(const Profile& other) const {
    return &stack_bytes_.read() == &other.stack_bytes_.read();
  }

  [[nodiscard]] std::size_t sample_count() const { return stack_starts_.read().size(); }

  /// The values of sample `i`, one per sample type.
  [[nodiscard]] std::span<const std::int64_t> values(std::size_t i) const {
    const std::size_t width = sample_types.size();
    return std::span(values_.read()).subspan(i * width, width);
  }

  [[nodiscard]] std::span<const Label> labels(std::size_t i) const {
    const RawVector<std::uint64_t>& ends = label_ends_.read();
    if (ends.empty()) return {};
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return std::span(labels_.read()).subspan(begin, ends[i] - begin);
  }

  /// Whether any sample may have labels.
  [[nodiscard]] bool has_labels() const { return !label_ends_.read().empty(); }

  [[nodiscard]] PackedStack stack(std::size_t i) const {
    return PackedStack(stack_bytes_.read().data() + stack_starts_.read()[i]);
  }

  /// Replaces `stack` with the locations of sample `i`, leaf first.
  void read_stack(std::size_t i, std::vector<LocationId>& stack) const;

  /// What is stored from the stack of sample `begin` to before that of `end`: of each stack the
  /// frame count, then index + 1 of each frame, as varints; and maybe bytes that are no stack's.
  /// Empty if fewer than Window::kSlackBytes bytes follow. Requires: both are samples, and begin's
  /// key is less than end's.
  [[nodiscard]] std::string_view stack_bytes_between(std::size_t begin, std::size_t end) const;

  /// How many bytes all stacks take.
  [[nodiscard]] std::size_t stack_byte_count() const { return stack_bytes_.read().size(); }

  /// Two samples with the same key share one stored stack. Samples with different keys may still
  /// have equal stacks.
  [[nodiscard]] std::uint64_t stack_key(std::size_t i) const { return stack_starts_.read()[i]; }

  [[nodiscard]] std::span<const Line> lines_of(const Location& location) const {
    return std::span(lines).subspan(location.first_line, location.line_count);
  }
  [[nodiscard]] const Location& location(LocationId id) const { return locations[id.index]; }
  [[nodiscard]] const Function& function(FunctionId id) const { return functions[id.index]; }
  [[nodiscard]] std::string_view text(StringId id) const { return strings.view(id); }
  /// Of the program, whose file is the first mapping; empty if it is not known.
  [[nodiscard]] std::string_view build_id() const {
    return mappings.empty() ? std::string_view() : text(mappings.front().build_id);
  }

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

  /// Moves all samples out: the profile has none afterwards. Copies what is shared.
  SampleTable take_samples();

  /// Replaces all samples. Requires: `samples` fits the tables, and has a value per sample type.
  void set_samples(SampleTable samples);

  /// Rewrites the location indices of all stacks. `map` takes what add_packed_stack() stored (an
  /// index + 1) and returns a location's index; if it returns kNone the rewriting stops with false
  /// and the profile is of no use any more.
  bool remap_stacks(const std::function<std::uint32_t(std::uint64_t)>& map);

  /// Gives the locations other numbers in all stacks: `numbers` has the new one by the old one.
  void renumber_locations(std::span<const std::uint32_t> numbers);

  /// Replaces every stack by what `edit` makes of it, shared stacks once. `edit` puts the frames of
  /// StackEdit::Replace, leaf first, into its second argument, which is empty when it is called.
  ///
  /// Requires: `edit` only takes out frames, and may be called on two threads at a time.
  void edit_stacks(const std::function<StackEdit(PackedStack, std::vector<LocationId>&)>& edit);

  /// Adds frames to every stack. `add` puts those of sample `i`, leaf first, into `roots` and
  /// `leaves`, which are empty when it is called. Stacks are not shared afterwards.
  void extend_stacks(const std::function<void(std::size_t i, std::vector<LocationId>& roots,
                                              std::vector<LocationId>& leaves)>& add);

  /// Takes out the samples for which `kept` is 0.
  void keep_samples(std::span<const std::uint8_t> kept);

  /// Replaces the sample types by those with the given indices, with their values.
  void select_sample_types(std::span<const std::size_t> chosen);

  /// The values of all samples, row by row. Lifetime: until the profile changes or is copied.
  std::span<std::int64_t> mutable_values() { return values_.write(); }

  /// Calls `update(Label&)` for every label of every sample.
  template <typename Update>
  void update_labels(Update&& update) {
    for (Label& label : labels_.write()) update(label);
  }

  /// Adds labels. `add` puts those of sample `i` into `more`, which is empty when it is called. It
  /// may read the profile.
  void extend_labels(const std::function<void(std::size_t i, std::vector<Label>& more)>& add);

  /// Takes out the labels for which `keep(std::size_t sample, const Label&)` is false.
  template <typename Keep>
  void keep_labels(Keep&& keep);

  /// Heap bytes held by the tables, for limits.
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  Profile(const Profile&) = default;

  // Frame count, then index + 1 of each, as varints. Edited stacks leave unused bytes.
  CopyOnWrite<RawVector<std::uint8_t>> stack_bytes_;
  CopyOnWrite<RawVector<std::uint64_t>> stack_starts_;  // Per sample, into stack_bytes_.
  CopyOnWrite<RawVector<std::int64_t>> values_;         // Row by row.
  CopyOnWrite<RawVector<std::uint64_t>> label_ends_;    // Per sample, into labels_, or empty.
  CopyOnWrite<std::vector<Label>> labels_;
};

template <typename Keep>
void Profile::keep_labels(Keep&& keep) {
  if (labels_.read().empty()) return;
  const bool in_place = labels_.is_only_owner();
  std::vector<Label> fresh;
  if (!in_place) fresh.reserve(labels_.read().size());
  std::vector<Label>& to = in_place ? labels_.write() : fresh;
  const std::vector<Label>& from = labels_.read();
  std::size_t read = 0;
  std::size_t kept = 0;
  RawVector<std::uint64_t>& ends = label_ends_.write();
  for (std::size_t sample = 0; sample < ends.size(); ++sample) {
    for (; read < ends[sample]; ++read) {
      if (!keep(sample, from[read])) continue;
      if (in_place) {
        to[kept] = from[read];
      } else {
        to.push_back(from[read]);
      }
      ++kept;
    }
    ends[sample] = kept;
  }
  to.resize(kept);
  if (!in_place) labels_.set(std::move(fresh));
}

}  // namespace plumb
