// SPDX-License-Identifier: Apache-2.0
#include "report/streamed_base.h"

#include <algorithm>
#include <utility>

#include "base/byte_source.h"
#include "base/checked.h"
#include "base/dedup_table.h"
#include "base/hash.h"
#include "formats/profile_proto.h"
#include "model/prepare.h"

namespace plumb {
namespace {

// Of the hash table: most stacks of the profile are looked for in vain, which takes long in a full
// one.
constexpr std::size_t kRoomPerStack = 3;
// Address space, not memory: growing by copies would need both.
constexpr std::size_t kUsualSamples = std::size_t{1} << 20;
constexpr std::size_t kAhead = 16;  // Whose places in it are fetched.

std::uint64_t hash_of(std::span<const std::uint32_t> stack) {
  return hash_bytes({reinterpret_cast<const char*>(stack.data()), stack.size_bytes()});
}

bool have_lines(const Profile& profile) {
  return std::ranges::all_of(profile.locations,
                             [](const Location& location) { return location.line_count != 0; });
}

// Adds a sample with every location in the order of the table.
void add_all_locations(Profile& profile) {
  std::vector<LocationId> all;
  for (std::uint32_t i = 0; i < profile.locations.size(); ++i) all.push_back({i});
  const std::vector<std::int64_t> values(profile.sample_types.size(), 1);
  profile.add_sample(profile.add_stack(all), values, {});
}

// Whether the first sample still is that one: no location was the same as another.
bool has_all_locations(const Profile& difference, std::size_t count) {
  if (difference.sample_count() == 0 || difference.stack(0).size() != count) return false;
  std::uint32_t next = 0;
  for (const LocationId id : difference.stack(0)) {
    if (id.index != next++) return false;
  }
  return std::ranges::all_of(difference.values(0), [](std::int64_t value) { return value == 1; });
}

bool is_deeper_than(const Profile& profile, std::size_t frames) {
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    if (profile.stack(i).size() > frames) return true;
  }
  return false;
}

using TypeTexts = std::vector<std::pair<std::string, std::string>>;

TypeTexts texts_of_types(const Profile& profile) {
  TypeTexts texts;
  for (const ValueType& type : profile.sample_types) {
    texts.emplace_back(profile.text(type.type), profile.text(type.unit));
  }
  texts.emplace_back(profile.text(profile.default_sample_type), "");
  return texts;
}

}  // namespace

StreamedBase::StreamedBase(Profile base, const DiffOptions& options, const Limits& limits)
    : base_(std::move(base)), options_(options), limits_(limits) {
  restart();
}

bool StreamedBase::can_stream(const Profile& base, const DiffOptions& options) {
  const bool may_cancel = !options.keep_apart;
  return !options.normalize && !(may_cancel && base.has_labels()) && have_lines(base);
}

void StreamedBase::hash_stacks(StreamedSamples& samples) {
  samples.hashes.resize(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) samples.hashes[i] = hash_of(samples.stack(i));
}

bool StreamedBase::note(const StreamedSamples& samples, std::size_t column) {
  std::int64_t all_bits = 0;  // Of values and of their total, none of which may be negative.
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::int64_t value = samples.values[i * samples.width + column];
    noted_ = add_wrapping(noted_, value);
    all_bits |= value | noted_;
    if (!options_.keep_apart) values_.push_back(value);
  }
  if (all_bits < 0) return false;
  if (options_.keep_apart) return true;
  hashes_.append(std::span<const std::uint64_t>(samples.hashes));
  const std::size_t bytes = values_.size() * (sizeof values_[0] + sizeof hashes_[0]);
  return !samples.have_labels && bytes <= limits_.model_bytes;
}

void StreamedBase::restart() {
  forget_notes();
  if (!options_.keep_apart) {
    hashes_.reserve(kUsualSamples);
    values_.reserve(kUsualSamples);
  }
}

void StreamedBase::forget_notes() {
  hashes_ = {};
  values_ = {};
  noted_ = 0;
}

bool StreamedBase::subtract(std::string_view fields, std::size_t column) {
  MemorySource source(fields);
  ReadOptions read;
  read.limits = limits_;
  auto profile = read_profile_proto(source, read);
  if (!profile || !profile->location_numbers.are_usual()) return false;
  own_location_count_ = profile->locations.size();
  if (own_location_count_ == 0 || is_deeper_than(base_, own_location_count_ - 1)) return false;
  const TypeTexts types = texts_of_types(*profile);
  add_all_locations(*profile);
  auto difference = subtract_profile(*std::move(profile), std::move(base_), options_);
  if (!difference || !prepare_profile(*difference)) return false;
  if (texts_of_types(*difference) != types) return false;
  if (!has_all_locations(*difference, own_location_count_)) return false;
  difference_ = *std::move(difference);
  column_ = column;
  own_values_.resize(difference_.sample_count());
  return options_.keep_apart || match_stacks();
}

// False if two stacks of the base have the same hash.
bool StreamedBase::match_stacks() {
  const std::size_t count = difference_.sample_count();
  std::vector<std::uint64_t> hashes(1);  // By sample.
  DedupTable table;
  table.reserve(kRoomPerStack * count);
  const bool are_distinct =
      for_each_stack(Stacks::All, [&](std::span<const std::uint32_t> stack, std::int64_t) {
        const auto sample = static_cast<std::uint32_t>(hashes.size());
        hashes.push_back(hash_of(stack));
        const auto equals = [&](std::uint32_t row) { return hashes[row] == hashes[sample]; };
        return table.find_or_add(hashes[sample], sample, equals) == sample;
      });
  if (!are_distinct) return false;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (i + kAhead < values_.size()) table.prefetch(hashes_[i + kAhead]);
    const auto equals = [&](std::uint32_t row) { return hashes[row] == hashes_[i]; };
    const std::uint32_t row = table.find(hashes_[i], equals);
    if (row != DedupTable::kNoRow) own_values_[row] = add_wrapping(own_values_[row], values_[i]);
  }
  forget_notes();
  return true;
}

std::optional<std::int64_t> StreamedBase::total(std::int64_t total) const {
  std::int64_t of_base = 0;
  for (std::size_t i = 1; i < difference_.sample_count(); ++i) {
    const std::int64_t left = abs_wrapping(add_wrapping(own_values_[i], value(i)));
    total = add_wrapping(total, subtract_wrapping(left, own_values_[i]));
    of_base = add_wrapping(of_base, abs_wrapping(value(i)));
  }
  if (!options_.keep_apart) return total;
  return of_base > 0 ? std::optional(of_base) : std::nullopt;
}

}  // namespace plumb
