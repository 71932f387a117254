// SPDX-License-Identifier: Apache-2.0
// SampleMerger: samples added up by stack and labels.

#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/checked.h"
#include "base/dedup_table.h"
#include "base/hash.h"
#include "base/varint.h"
#include "model/profile.h"

namespace plumb {

/// Collects samples; those with the same stack and the same labels become one. A sample is given by
/// begin_stack(), add_frame() from the leaf, add_label(), and finish(). Not thread-safe.
class SampleMerger {
 public:
  explicit SampleMerger(std::size_t width) : width_(width) {}

  /// Makes room for the samples of `profile`, which need not all come. Without it the vectors would
  /// be copied as they grow, and be twice as large as needed in the end.
  void reserve(const Profile& profile) {
    const std::size_t count = profile.sample_count();
    table_.reserve(samples_.stack_starts.size() + count);
    make_room(samples_.stack_bytes, profile.stack_byte_count());
    make_room(samples_.stack_starts, count);
    make_room(samples_.label_ends, count);
    make_room(samples_.values, count * width_);
  }

  void begin_stack(std::uint64_t frame_count) {
    start_ = samples_.stack_bytes.size();
    samples_.stack_bytes.resize(start_ + kMaxVarintBytes + frame_count * kMaxIdBytes);
    end_ = write_varint(samples_.stack_bytes.data() + start_, frame_count);
    first_label_ = samples_.labels.size();
  }

  /// Requires: no more frames than begin_stack() said.
  void add_frame(LocationId id) { end_ = write_varint(end_, std::uint64_t{id.index} + 1); }

  /// The same labels have to come in the same order.
  void add_label(const Label& label) { samples_.labels.push_back(label); }

  void finish(std::span<const std::int64_t> values) {
    samples_.stack_bytes.resize(static_cast<std::size_t>(end_ - samples_.stack_bytes.data()));
    const auto next = static_cast<std::uint32_t>(samples_.stack_starts.size());
    const std::uint32_t row =
        table_.find_or_add(hash(), next, [this](std::uint32_t known) { return equals(known); });
    if (row == next) {
      samples_.stack_starts.push_back(start_);
      samples_.label_ends.push_back(samples_.labels.size());
      samples_.values.insert(samples_.values.end(), values.begin(), values.end());
      return;
    }
    samples_.stack_bytes.resize(start_);
    samples_.labels.resize(first_label_);
    for (std::size_t i = 0; i < width_; ++i) {
      std::int64_t& sum = samples_.values[row * width_ + i];
      sum = add_wrapping(sum, values[i]);
    }
  }

  /// The samples in order of first appearance.
  SampleTable take() { return std::move(samples_); }

 private:
  // Exact for one profile, and still in proportion for a thousand.
  template <typename Vector>
  static void make_room(Vector& vector, std::size_t more) {
    const std::size_t needed = vector.size() + more;
    if (needed > vector.capacity()) vector.reserve(std::max(needed, vector.capacity() * 3 / 2));
  }

  [[nodiscard]] std::span<const Label> new_labels() const {
    return std::span(samples_.labels).subspan(first_label_);
  }

  [[nodiscard]] std::uint64_t hash() const {
    const RawVector<std::uint8_t>& bytes = samples_.stack_bytes;
    std::uint64_t hash =
        hash_bytes({reinterpret_cast<const char*>(bytes.data() + start_), bytes.size() - start_});
    for (const Label& label : new_labels()) {
      hash = hash_mix(hash, std::uint64_t{label.key.index} << 32 | label.str.index);
      hash = hash_mix(hash ^ label.unit.index, static_cast<std::uint64_t>(label.num));
    }
    return hash;
  }

  // The encoding of a stack starts with its length, so that none is the beginning of another.
  [[nodiscard]] bool equals(std::uint32_t row) const {
    const std::uint8_t* const bytes = samples_.stack_bytes.data();
    const std::size_t size = samples_.stack_bytes.size() - start_;
    const std::uint64_t known = samples_.stack_starts[row];
    if (start_ - known < size || std::memcmp(bytes + known, bytes + start_, size) != 0)
      return false;
    const std::size_t begin = row == 0 ? 0 : samples_.label_ends[row - 1];
    const auto labels = std::span(samples_.labels).subspan(begin, samples_.label_ends[row] - begin);
    return std::ranges::equal(labels, new_labels());
  }

  static constexpr std::size_t kMaxIdBytes = 5;  // Of a varint of 33 bits.

  const std::size_t width_;
  SampleTable samples_;
  DedupTable table_;
  std::uint64_t start_ = 0;      // Of the new stack.
  std::uint8_t* end_ = nullptr;  // Of what there is of it.
  std::size_t first_label_ = 0;
};

}  // namespace plumb
