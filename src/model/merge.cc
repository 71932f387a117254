// SPDX-License-Identifier: Apache-2.0
#include "model/merge.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>
#include <string>
#include <utility>

#include "base/checked.h"
#include "base/dedup_table.h"
#include "base/hash.h"
#include "base/release.h"
#include "base/try.h"
#include "model/number_tables.h"
#include "model/sample_merger.h"
#include "model/sample_types.h"
#include "model/stack_reader.h"

namespace plumb {
namespace {

bool is_zero(std::span<const std::int64_t> values) {
  return std::ranges::all_of(values, [](std::int64_t value) { return value == 0; });
}

std::uint64_t mix_ids(std::uint64_t hash, StringId a, StringId b) {
  return hash_mix(hash, std::uint64_t{a.index} << 32 | b.index);
}

// The order in which labels are compared and written: strings, then numbers, each by key.
bool label_precedes(const Profile& profile, const Label& a, const Label& b) {
  if (a.is_string() != b.is_string()) return a.is_string();
  return a.key != b.key && profile.text(a.key) < profile.text(b.key);
}

// Adds profiles up into one.
class ProfileMerger {
 public:
  explicit ProfileMerger(std::size_t width) : samples_(width) {}

  // Requires: the sample types are those of the profiles before it.
  void add(Profile source) {
    source_ = &source;
    map_strings(source);
    functions_of_.assign(source.functions.size(), kNone);
    mappings_of_.assign(source.mappings.size(), kNone);
    locations_of_.assign(source.locations.size(), kNone);
    add_header();
    if (!is_first_ || !adopt(source)) {
      if (out_.mappings.empty() && !source.mappings.empty()) map_mapping({0});
      add_samples();
    }
    is_first_ = false;
    source_ = nullptr;
  }

  Profile take() {
    out_.set_samples(samples_.take());
    return std::move(out_);
  }

 private:
  // The first profile gives its strings away, with the ids that they have.
  void map_strings(Profile& source) {
    strings_.assign(source.strings.size(), kNone);
    if (!is_first_) return;
    std::iota(strings_.begin(), strings_.end(), 0);
    out_.strings = std::move(source.strings);
  }

  StringId map_string(StringId id) {
    std::uint32_t& known = strings_[id.index];
    if (known == kNone) known = out_.strings.intern(source_->text(id)).index;
    return {known};
  }

  ValueType map_type(const ValueType& type) {
    return {map_string(type.type), map_string(type.unit)};
  }

  void add_header() {
    const Profile& from = *source_;
    if (is_first_) {
      for (const ValueType& type : from.sample_types) out_.sample_types.push_back(map_type(type));
      out_.drop_frames = map_string(from.drop_frames);
      out_.keep_frames = map_string(from.keep_frames);
      out_.period_type = map_type(from.period_type);
      out_.has_period_type = from.has_period_type;
    }
    if (out_.time_nanos == 0 || from.time_nanos < out_.time_nanos) {
      out_.time_nanos = from.time_nanos;
    }
    out_.duration_nanos = add_wrapping(out_.duration_nanos, from.duration_nanos);
    if (out_.period == 0 || out_.period < from.period) out_.period = from.period;
    for (const StringId comment : from.comments) {
      const StringId mapped = map_string(comment);
      if (std::ranges::find(out_.comments, mapped) == out_.comments.end()) {
        out_.comments.push_back(mapped);
      }
    }
    if (out_.default_sample_type.index == 0) {
      out_.default_sample_type = map_string(from.default_sample_type);
    }
    if (out_.doc_url.index == 0) out_.doc_url = map_string(from.doc_url);
    out_.losses.insert(out_.losses.end(), from.losses.begin(), from.losses.end());
  }

  void add_samples() {
    samples_.reserve(*source_);
    StackReader stacks(*source_);
    const bool has_labels = source_->has_labels();
    for (std::size_t i = 0; i < source_->sample_count(); ++i) {
      if (is_zero(source_->values(i))) continue;
      add_stack(stacks.stack(i));
      if (has_labels) {
        finish_with_labels(i);
      } else {
        samples_.finish_later(source_->values(i));
      }
    }
    samples_.settle();
  }

  // Takes tables and samples as they are, if adding them would not change them. False if it would.
  bool adopt(Profile& source) {
    if (!has_samples_in_order(source) || !has_tables_in_order(source)) return false;
    swap_tables(source);
    if (!index_tables()) {
      swap_tables(source);
      forget_index();
      return false;
    }
    samples_.adopt(source.take_samples());
    return true;
  }

  // Locations are numbered as samples first use them, which is how Go's runtime writes profiles;
  // and there are no labels, no samples of zeros, no varints that are longer than they need be.
  static bool has_samples_in_order(const Profile& source) {
    std::uint32_t next = 0;
    StackReader stacks(source);
    for (std::size_t i = 0; i < source.sample_count(); ++i) {
      if (!source.labels(i).empty() || is_zero(source.values(i))) return false;
      const std::span<const std::uint8_t> bytes = source.stack(i).bytes();
      if (!bytes.empty() && std::memchr(bytes.data(), 0, bytes.size()) != nullptr) return false;
      for (const LocationId id : stacks.stack(i)) {
        if (!counts_on(id.index, next)) return false;
      }
    }
    return next == source.locations.size();
  }

  // Whether rows are numbered as they are first used: `next` is the first that was not, before.
  static bool counts_on(std::uint32_t index, std::uint32_t& next) {
    if (index > next) return false;
    next += index == next ? 1 : 0;
    return true;
  }

  // Functions and mappings are numbered as locations first use them, and the first mapping is that.
  static bool has_tables_in_order(const Profile& source) {
    std::uint32_t functions = 0;
    std::uint32_t mappings = source.mappings.empty() ? 0 : 1;
    for (const Location& location : source.locations) {
      const std::uint32_t mapping = location.mapping.index;
      if (mapping != kNone && !counts_on(mapping, mappings)) return false;
      for (const Line& line : source.lines_of(location)) {
        const std::uint32_t function = line.function.index;
        if (function != kNone && !counts_on(function, functions)) return false;
      }
    }
    return functions == source.functions.size() && mappings == source.mappings.size();
  }

  void swap_tables(Profile& source) {
    std::swap(out_.mappings, source.mappings);
    std::swap(out_.functions, source.functions);
    std::swap(out_.locations, source.locations);
    std::swap(out_.lines, source.lines);
  }

  // Makes the rows of out_ known. False if two of a table are the same.
  bool index_tables() {
    const auto count = [](const auto& rows) { return static_cast<std::uint32_t>(rows.size()); };
    // With room for what other profiles add, which is little.
    table_of_functions_.reserve(out_.functions.size() * 5 / 4);
    table_of_locations_.reserve(out_.locations.size() * 5 / 4);
    for (std::uint32_t i = 0; i < count(out_.mappings); ++i) {
      if (find_mapping(out_.mappings[i], i) != i) return false;
    }
    for (std::uint32_t i = 0; i < count(out_.functions); ++i) {
      if (find_function(out_.functions[i], i) != i) return false;
    }
    for (std::uint32_t i = 0; i < count(out_.locations); ++i) {
      const Location& row = out_.locations[i];
      if (find_location(row, out_.lines_of(row), i) != i) return false;
    }
    return true;
  }

  void forget_index() {
    table_of_mappings_ = {};
    table_of_functions_ = {};
    table_of_locations_ = {};
  }

  void add_stack(std::span<const LocationId> stack) {
    samples_.begin_stack(stack.size());
    for (const LocationId id : stack) samples_.add_frame(map_location(id));
  }

  void finish_with_labels(std::size_t i) {
    labels_.clear();
    for (Label label : source_->labels(i)) {
      label.key = map_string(label.key);
      label.str = map_string(label.str);
      label.unit = map_string(label.unit);
      if (label.is_string()) {
        label.num = 0;
        label.unit = {};
      }
      labels_.push_back(label);
    }
    if (labels_.size() > 1) {
      std::ranges::stable_sort(
          labels_, [this](const Label& a, const Label& b) { return label_precedes(out_, a, b); });
    }
    for (const Label& label : labels_) samples_.add_label(label);
    samples_.finish(source_->values(i));
  }

  FunctionId map_function(FunctionId id) {
    std::uint32_t& known = functions_of_[id.index];
    if (known != kNone) return {known};
    Function row = source_->function(id);
    row.name = map_string(row.name);
    row.system_name = map_string(row.system_name);
    row.file = map_string(row.file);
    const auto next = static_cast<std::uint32_t>(out_.functions.size());
    known = find_function(row, next);
    if (known == next) out_.functions.push_back(row);
    return {known};
  }

  // The number of the row that is the same as `row`; `next` if there is none.
  std::uint32_t find_function(const Function& row, std::uint32_t next) {
    std::uint64_t hash = mix_ids(kHashSeed, row.name, row.system_name);
    hash = hash_mix(hash ^ row.file.index, static_cast<std::uint64_t>(row.start_line));
    return table_of_functions_.find_or_add(hash, next, [&](std::uint32_t other) {
      const Function& a = out_.functions[other];
      return a.name == row.name && a.system_name == row.system_name && a.file == row.file &&
             a.start_line == row.start_line;
    });
  }

  MappingId map_mapping(MappingId id) {
    if (id.index == kNone) return id;
    std::uint32_t& known = mappings_of_[id.index];
    if (known != kNone) return {known};
    Mapping row = source_->mappings[id.index];
    row.file = map_string(row.file);
    row.build_id = map_string(row.build_id);
    const auto next = static_cast<std::uint32_t>(out_.mappings.size());
    known = find_mapping(row, next);
    if (known == next) out_.mappings.push_back(row);
    return {known};
  }

  std::uint32_t find_mapping(const Mapping& row, std::uint32_t next) {
    const auto size = [](const Mapping& mapping) {
      constexpr std::uint64_t kPage = 4096;
      return (mapping.limit - mapping.start + kPage - 1) / kPage;
    };
    const auto name = [](const Mapping& mapping) {
      return mapping.build_id.index != 0 ? mapping.build_id : mapping.file;
    };
    const std::uint64_t hash =
        hash_mix(hash_mix(kHashSeed ^ size(row), row.offset), name(row).index);
    return table_of_mappings_.find_or_add(hash, next, [&](std::uint32_t other) {
      const Mapping& a = out_.mappings[other];
      return size(a) == size(row) && a.offset == row.offset && name(a) == name(row);
    });
  }

  LocationId map_location(LocationId id) {
    const std::uint32_t known = locations_of_[id.index];
    return known != kNone ? LocationId{known} : add_location(id);
  }

  LocationId add_location(LocationId id) {
    std::uint32_t& known = locations_of_[id.index];
    Location row = source_->location(id);
    if (row.mapping.index != kNone) {
      const std::uint64_t start = source_->mappings[row.mapping.index].start;
      row.mapping = map_mapping(row.mapping);
      row.address += out_.mappings[row.mapping.index].start - start;
    }
    lines_.clear();
    for (Line line : source_->lines_of(source_->location(id))) {
      line.function = map_function(line.function);
      lines_.push_back(line);
    }
    const auto next = static_cast<std::uint32_t>(out_.locations.size());
    known = find_location(row, lines_, next);
    if (known == next) out_.add_location(row, lines_);
    return {known};
  }

  std::uint32_t find_location(const Location& row, std::span<const Line> lines,
                              std::uint32_t next) {
    std::uint64_t hash = hash_mix(kHashSeed ^ row.address, row.mapping.index);
    hash = hash_mix(hash, row.is_folded ? 1 : 0);
    for (const Line& line : lines) {
      hash = hash_mix(hash ^ line.function.index, static_cast<std::uint64_t>(line.line));
    }
    return table_of_locations_.find_or_add(
        hash, next, [&](std::uint32_t other) { return is_same_location(other, row, lines); });
  }

  // Whether `row`, with `lines`, is the location `other`. As in pprof, of the columns only that of
  // the last line counts.
  [[nodiscard]] bool is_same_location(std::uint32_t other, const Location& row,
                                      std::span<const Line> lines) const {
    const Location& known = out_.locations[other];
    if (known.address != row.address || known.mapping != row.mapping ||
        known.is_folded != row.is_folded || known.line_count != lines.size()) {
      return false;
    }
    const auto same = [](const Line& a, const Line& b) {
      return a.function == b.function && a.line == b.line;
    };
    const auto lines_of_known = out_.lines_of(known);
    return std::ranges::equal(lines_of_known, lines, same) &&
           (lines.empty() || lines_of_known.back().column == lines.back().column);
  }

  Profile out_;
  bool is_first_ = true;
  SampleMerger samples_;
  DedupTable table_of_mappings_;  // The rows of out_.
  DedupTable table_of_functions_;
  DedupTable table_of_locations_;

  // Of the profile that is being added: from its ids to those of out_.
  const Profile* source_ = nullptr;
  std::vector<std::uint32_t> strings_;
  std::vector<std::uint32_t> functions_of_;
  std::vector<std::uint32_t> mappings_of_;
  std::vector<std::uint32_t> locations_of_;
  std::vector<Line> lines_;    // Of the location that is being added.
  std::vector<Label> labels_;  // Of the sample that is being added.
};

// pprof gives all locations of a profile without mappings one that says nothing.
void add_missing_mapping(Profile& profile) {
  if (!profile.mappings.empty()) return;
  profile.mappings.emplace_back();
  for (Location& location : profile.locations) location.mapping = {0};
}

std::string go_type(const Profile& profile, const ValueType& type) {
  return "&{" + std::string(profile.text(type.type)) + " " + std::string(profile.text(type.unit)) +
         " 0 0}";
}

// Requires: unify_units() was called. What is left that may differ is an s at the end of the name
// of the period's type.
Result<void> check_periods(const Profile& a, const Profile& b) {
  if (a.text(a.period_type.type) == b.text(b.period_type.type)) return {};
  return Error(ErrorCode::Malformed, "incompatible period types " + go_type(a, a.period_type) +
                                         " and " + go_type(b, b.period_type));
}

// Takes out the samples of nothing but zeros, and what only these referred to.
void drop_zeros(Profile& profile) {
  std::vector<std::uint8_t> kept(profile.sample_count());
  bool are_all = true;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const bool is_kept = !is_zero(profile.values(i));
    kept[i] = is_kept ? 1 : 0;
    are_all = are_all && is_kept;
  }
  if (are_all) return;
  profile.keep_samples(kept);
  number_tables_by_use(profile);
}

Profile add_up(std::vector<Profile> profiles) {
  return_free_memory();  // Of those who read them.
  ProfileMerger merger(profiles.front().sample_types.size());
  for (Profile& profile : profiles) {
    add_missing_mapping(profile);
    merger.add(std::move(profile));  // Each is large: gone afterwards.
  }
  return merger.take();
}

Result<Profile> merge_profiles(std::vector<Profile> profiles) {
  for (const Profile& profile : profiles) TRY(check_periods(profiles.front(), profile));
  Profile merged = add_up(std::move(profiles));
  drop_zeros(merged);
  return merged;
}

// Gives all samples the label of a diff's base.
void mark_as_base(Profile& profile) {
  Label mark;
  mark.key = profile.strings.intern(kDiffBaseKey);
  mark.str = profile.strings.intern(kDiffBaseValue);
  SampleTable samples = profile.take_samples();
  std::vector<Label> labels;
  labels.reserve(samples.labels.size() + samples.stack_starts.size());
  if (samples.label_ends.empty()) samples.label_ends.assign(samples.stack_starts.size(), 0);
  std::size_t from = 0;
  for (std::uint64_t& end : samples.label_ends) {
    for (; from < end; ++from) {
      const Label& label = samples.labels[from];
      if (label.key != mark.key || !label.is_string()) labels.push_back(label);
    }
    labels.push_back(mark);
    end = labels.size();
  }
  samples.labels = std::move(labels);
  profile.set_samples(std::move(samples));
}

std::vector<std::int64_t> sums_of(const Profile& profile) {
  std::vector<std::int64_t> sums(profile.sample_types.size());
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    const auto values = profile.values(i);
    for (std::size_t type = 0; type < sums.size(); ++type) {
      sums[type] = add_wrapping(sums[type], values[type]);
    }
  }
  return sums;
}

// Scales `profile` so that its sums become those of `base`.
Result<void> normalize(Profile& profile, const Profile& base) {
  const auto type_text = [](const Profile& from, const ValueType& type) {
    return std::pair(from.text(type.type), from.text(type.unit));
  };
  const bool same_periods =
      type_text(profile, profile.period_type) == type_text(base, base.period_type);
  if (!same_periods) {
    return Error(ErrorCode::Malformed, "incompatible period types " +
                                           go_type(profile, profile.period_type) + " and " +
                                           go_type(base, base.period_type));
  }
  const bool same_types = std::ranges::equal(profile.sample_types, base.sample_types,
                                             [&](const ValueType& a, const ValueType& b) {
                                               return type_text(profile, a) == type_text(base, b);
                                             });
  if (!same_types) return Error(ErrorCode::Malformed, "incompatible sample types");
  const std::vector<std::int64_t> ours = sums_of(profile);
  const std::vector<std::int64_t> theirs = sums_of(base);
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ratios.push_back(ours[i] == 0 ? 0.0
                                  : static_cast<double>(theirs[i]) / static_cast<double>(ours[i]));
  }
  scale_values(profile, ratios);
  return {};
}

}  // namespace

Result<Profile> combine_profiles(std::vector<Profile> profiles) {
  TRY(unify_sample_types(profiles));
  TRY(unify_units(profiles));
  if (profiles.size() == 1) return std::move(profiles.front());
  return merge_profiles(std::move(profiles));
}

Result<Profile> subtract_profile(Profile profile, Profile base, const DiffOptions& options) {
  if (options.keep_apart) mark_as_base(base);
  if (options.normalize) TRY(normalize(profile, base));
  scale_values(base, std::vector<double>(base.sample_types.size(), -1.0));
  std::vector<Profile> both;
  both.push_back(std::move(profile));
  both.push_back(std::move(base));
  return combine_profiles(std::move(both));
}

void combine_equal_stacks(Profile& profile) {
  SampleMerger merger(profile.sample_types.size());
  merger.reserve(profile);
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    const PackedStack stack = profile.stack(i);
    merger.begin_stack(stack.size());
    for (const LocationId id : stack) merger.add_frame(id);
    merger.finish(profile.values(i));
  }
  profile.set_samples(merger.take());
}

}  // namespace plumb
