// SPDX-License-Identifier: Apache-2.0
// SampleMerger: samples added up by stack and labels.

#pragma once

#include <algorithm>
#include <array>
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
    make_room(samples_.values, count * width_);
  }

  /// Starts with samples that are not copied. Requires: there are none yet; these have no labels,
  /// and varints of the fewest bytes.
  void adopt(SampleTable samples) {
    samples_ = std::move(samples);
    samples_.label_ends.clear();
    const std::size_t count = samples_.stack_starts.size();
    table_.reserve(count);
    // Of the samples ahead, whose slots come into the cache meanwhile.
    std::array<std::uint64_t, kAhead> hashes{};
    std::uint32_t rows = 0;
    for (std::size_t i = 0; i < count + kAhead; ++i) {
      if (i >= kAhead) adopt_row(i - kAhead, hashes[i % kAhead], rows);
      if (i >= count) continue;
      hashes[i % kAhead] = hash_of(stack_from(samples_.stack_starts[i]));
      table_.prefetch(hashes[i % kAhead]);
    }
    samples_.stack_starts.resize(rows);
    samples_.values.resize(rows * width_);
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
    stack_ = std::span<const std::uint8_t>(samples_.stack_bytes).subspan(start_);
    const auto next = static_cast<std::uint32_t>(samples_.stack_starts.size());
    const std::uint32_t row = find_row(hash(), next);
    if (row != next) {
      samples_.stack_bytes.resize(start_);
      samples_.labels.resize(first_label_);
      return add_values(row, values);
    }
    samples_.stack_starts.push_back(start_);
    samples_.values.append(values);
    if (samples_.labels.empty()) return;
    if (samples_.label_ends.empty()) samples_.label_ends.assign(next, 0);
    samples_.label_ends.push_back(samples_.labels.size());
  }

  /// As finish() of a sample without labels, but it counts only after settle(), which must come
  /// before any other finish(). The samples that are the same are looked for a block at a time, and
  /// come into the cache meanwhile.
  void finish_later(std::span<const std::int64_t> values) {
    const auto end = static_cast<std::size_t>(end_ - samples_.stack_bytes.data());
    samples_.stack_bytes.resize(end);
    const std::uint64_t hash =
        hash_of(std::span<const std::uint8_t>(samples_.stack_bytes).subspan(start_));
    table_.prefetch(hash);
    pending_.push_back({.start = start_, .size = end - start_, .hash = hash});
    pending_values_.insert(pending_values_.end(), values.begin(), values.end());
    if (pending_.size() == kMostPending) settle();
  }

  void settle() {
    if (pending_.empty()) return;
    prefetch_likely_rows();
    std::size_t to = pending_.front().start;  // Stacks that are new close the gaps of the others.
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      const Pending& sample = pending_[i];
      const auto values =
          std::span<const std::int64_t>(pending_values_).subspan(i * width_, width_);
      stack_ =
          std::span<const std::uint8_t>(samples_.stack_bytes).subspan(sample.start, sample.size);
      const auto next = static_cast<std::uint32_t>(samples_.stack_starts.size());
      const std::uint32_t row = find_row(sample.hash, next);
      if (row != next) {
        add_values(row, values);
        continue;
      }
      std::memmove(samples_.stack_bytes.data() + to, stack_.data(), stack_.size());
      samples_.stack_starts.push_back(to);
      samples_.values.append(values);
      if (!samples_.label_ends.empty()) samples_.label_ends.push_back(samples_.labels.size());
      to += sample.size;
    }
    samples_.stack_bytes.resize(to);
    pending_.clear();
    pending_values_.clear();
  }

  /// The samples in order of first appearance.
  SampleTable take() { return std::move(samples_); }

 private:
  // A stack at the end of the table.
  struct Pending {
    std::size_t start = 0;
    std::size_t size = 0;
    std::uint64_t hash = 0;
  };

  // What settle() is going to compare: what one step needs was fetched in the one before.
  void prefetch_likely_rows() {
    std::array<std::uint32_t, kMostPending> rows{};
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      rows[i] = table_.find(pending_[i].hash, [](std::uint32_t) { return true; });
      if (rows[i] == DedupTable::kNoRow) continue;
      __builtin_prefetch(samples_.stack_starts.data() + rows[i]);
      __builtin_prefetch(samples_.values.data() + rows[i] * width_, 1);
    }
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      if (rows[i] == DedupTable::kNoRow) continue;
      const std::uint8_t* const stack =
          samples_.stack_bytes.data() + samples_.stack_starts[rows[i]];
      __builtin_prefetch(stack);
      __builtin_prefetch(stack + kCacheLine);
    }
  }

  // Exact for one profile, and still in proportion for a thousand.
  template <typename Vector>
  static void make_room(Vector& vector, std::size_t more) {
    const std::size_t needed = vector.size() + more;
    if (needed > vector.capacity()) vector.reserve(std::max(needed, vector.capacity() * 3 / 2));
  }

  [[nodiscard]] std::span<const Label> new_labels() const {
    return std::span(samples_.labels).subspan(first_label_);
  }

  // All of the stack that starts there, with its size.
  [[nodiscard]] std::span<const std::uint8_t> stack_from(std::uint64_t start) const {
    const std::uint8_t* const begin = samples_.stack_bytes.data() + start;
    const std::span<const std::uint8_t> frames = PackedStack(begin).bytes();
    return {begin, frames.data() + frames.size()};
  }

  // Makes sample `i` the row `rows`, or adds it to the row before that is the same.
  void adopt_row(std::size_t i, std::uint64_t hash, std::uint32_t& rows) {
    start_ = samples_.stack_starts[i];
    stack_ = stack_from(start_);
    const std::uint32_t row = find_row(hash, rows);
    const std::int64_t* const values = samples_.values.data() + i * width_;
    if (row != rows) return add_values(row, {values, width_});
    samples_.stack_starts[rows] = start_;
    std::copy_n(values, width_, samples_.values.begin() + rows * width_);
    ++rows;
  }

  // The row with the new stack and the new labels; `next` if there is none.
  std::uint32_t find_row(std::uint64_t hash, std::uint32_t next) {
    return table_.find_or_add(hash, next, [this](std::uint32_t known) { return equals(known); });
  }

  void add_values(std::uint32_t row, std::span<const std::int64_t> values) {
    for (std::size_t i = 0; i < width_; ++i) {
      std::int64_t& sum = samples_.values[row * width_ + i];
      sum = add_wrapping(sum, values[i]);
    }
  }

  static std::uint64_t hash_of(std::span<const std::uint8_t> stack) {
    return hash_bytes({reinterpret_cast<const char*>(stack.data()), stack.size()});
  }

  [[nodiscard]] std::uint64_t hash() const {
    std::uint64_t hash = hash_of(stack_);
    for (const Label& label : new_labels()) {
      hash = hash_mix(hash, std::uint64_t{label.key.index} << 32 | label.str.index);
      hash = hash_mix(hash ^ label.unit.index, static_cast<std::uint64_t>(label.num));
    }
    return hash;
  }

  // The encoding of a stack starts with its length, so that none is the beginning of another.
  [[nodiscard]] bool equals(std::uint32_t row) const {
    const std::uint64_t known = samples_.stack_starts[row];
    if (samples_.stack_bytes.size() - known < stack_.size()) return false;
    const std::uint8_t* const bytes = samples_.stack_bytes.data() + known;
    if (std::memcmp(bytes, stack_.data(), stack_.size()) != 0) return false;
    return std::ranges::equal(labels_of(row), new_labels());
  }

  [[nodiscard]] std::span<const Label> labels_of(std::uint32_t row) const {
    const RawVector<std::uint64_t>& ends = samples_.label_ends;
    if (ends.empty()) return {};
    const std::size_t begin = row == 0 ? 0 : ends[row - 1];
    return std::span(samples_.labels).subspan(begin, ends[row] - begin);
  }

  static constexpr std::size_t kMaxIdBytes = 5;  // Of a varint of 33 bits.
  static constexpr std::size_t kAhead = 16;
  static constexpr std::size_t kMostPending = 64;
  static constexpr std::size_t kCacheLine = 64;

  const std::size_t width_;
  SampleTable samples_;
  DedupTable table_;
  std::uint64_t start_ = 0;              // Of the new stack.
  std::span<const std::uint8_t> stack_;  // All of it, in the table.
  std::uint8_t* end_ = nullptr;          // Of what there is of it.
  std::size_t first_label_ = 0;
  std::vector<Pending> pending_;
  std::vector<std::int64_t> pending_values_;
};

}  // namespace plumb
