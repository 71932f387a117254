// SPDX-License-Identifier: Apache-2.0
// PackedRows: a table of numbers that is only read from front to back.
//
// Of a row is kept what it differs in from the row before it: first two bits for each number, which
// say how many bytes the difference takes, then these bytes.
//
//   {1000, 7, 3}   16 D0 07 0E 06
//   {1004, 7, 2}   11 08 01
//
// Of more than four numbers the first three are written this way, and the others behind them only
// if they changed. A million goroutines with ids, waits and groups take 5 MB, where structs
// take 40.

#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "base/own_pages.h"

namespace plumb {

/// How rows of N numbers are written, one after the other. The first three are those that differ
/// often.
template <std::size_t N>
struct RowCodec {
  static_assert(N <= 11);
  static_assert(std::endian::native == std::endian::little);

  using Numbers = std::array<std::uint64_t, N>;

  /// So many bytes have to be there where a row is written or read, though it may need fewer.
  static constexpr std::size_t kMostBytes = 3 + (N + 1) * sizeof(std::uint64_t);

  /// The bytes that `row` takes behind `before`.
  static std::size_t size(const Numbers& before, const Numbers& row) {
    const std::size_t often = 1 + size_of<0, kOften>(before, row);
    if (!differs_further(before, row)) return often;
    return often + sizeof(std::uint16_t) + size_of<kOften, N>(before, row);
  }

  /// Writes `row` and returns where it ends.
  static char* write(char* out, const Numbers& before, const Numbers& row) {
    unsigned lengths = 0;
    char* at = write_numbers<0, kOften>(out + 1, before, row, lengths);
    if (differs_further(before, row)) {
      lengths |= kFurther;
      unsigned further = 0;
      char* const place = at;
      at = write_numbers<kOften, N>(at + sizeof(std::uint16_t), before, row, further);
      const auto stored = static_cast<std::uint16_t>(further);
      std::memcpy(place, &stored, sizeof stored);
    }
    *out = static_cast<char>(lengths);
    return at;
  }

  /// Makes `row`, which is the one before, the one at `at`. Returns where that ends.
  static const char* read(const char* at, Numbers& row) {
    const unsigned lengths = static_cast<unsigned char>(*at);
    at = read_numbers<0, kOften>(at + 1, lengths, row);
    if constexpr (kOften < N) {
      if ((lengths & kFurther) == 0) return at;
      std::uint16_t further = 0;
      std::memcpy(&further, at, sizeof further);
      at = read_numbers<kOften, N>(at + sizeof further, further, row);
    }
    return at;
  }

 private:
  static constexpr std::size_t kOften = N <= 4 ? N : 3;
  static constexpr unsigned kFurther = 1U << 2 * kOften;

  static constexpr std::array<std::uint8_t, 4> kBytes = {0, 1, 2, 8};
  static constexpr std::array<std::uint64_t, 4> kMasks = {0, 0xFF, 0xFFFF, ~std::uint64_t{0}};

  static bool differs_further(const Numbers& before, const Numbers& row) {
    std::uint64_t differences = 0;
    for (std::size_t i = kOften; i < N; ++i) differences |= row[i] ^ before[i];
    return differences != 0;
  }

  template <std::size_t kFrom, std::size_t kTo>
  static std::size_t size_of(const Numbers& before, const Numbers& row) {
    std::size_t bytes = 0;
    for (std::size_t i = kFrom; i < kTo; ++i) bytes += kBytes[length_of(fold(row[i] - before[i]))];
    return bytes;
  }

  template <std::size_t kFrom, std::size_t kTo>
  static char* write_numbers(char* at, const Numbers& before, const Numbers& row,
                             unsigned& lengths) {
    for (std::size_t i = kFrom; i < kTo; ++i) {
      const std::uint64_t difference = fold(row[i] - before[i]);
      const unsigned length = length_of(difference);
      std::memcpy(at, &difference, sizeof difference);
      at += kBytes[length];
      lengths |= length << 2 * (i - kFrom);
    }
    return at;
  }

  template <std::size_t kFrom, std::size_t kTo>
  static const char* read_numbers(const char* at, unsigned lengths, Numbers& row) {
    for (std::size_t i = kFrom; i < kTo; ++i) {
      const unsigned length = lengths >> 2 * (i - kFrom) & 3U;
      std::uint64_t difference = 0;
      std::memcpy(&difference, at, sizeof difference);
      difference &= kMasks[length];
      at += kBytes[length];
      row[i] += difference >> 1 ^ (0 - (difference & 1));
    }
    return at;
  }

  // Small in either direction.
  static std::uint64_t fold(std::uint64_t difference) {
    return difference << 1 ^ (0 - (difference >> 63));
  }

  static unsigned length_of(std::uint64_t difference) {
    return (difference > 0 ? 1U : 0U) + (difference > kMasks[1] ? 1U : 0U) +
           (difference > kMasks[2] ? 1U : 0U);
  }
};

/// Rows of a struct that has `numbers()`, an array, and `from(numbers)`. Move-only. Not
/// thread-safe.
template <typename Row>
class PackedRows {
  using Numbers = decltype(std::declval<const Row&>().numbers());
  using Codec = RowCodec<std::tuple_size_v<Numbers>>;

  static constexpr std::size_t kFirstBlock = std::size_t{1} << 10;
  static constexpr std::size_t kLargestBlock = std::size_t{64} << 10;

  // Small tables are many, of large ones what was drained is to be gone.
  struct Block {
    std::unique_ptr<char[]> few_bytes;
    OwnPages pages;
    std::size_t rows = 0;

    explicit Block(std::size_t size) {
      if (size < kLargestBlock) {
        few_bytes = std::make_unique_for_overwrite<char[]>(size);
      } else {
        pages = OwnPages(size);
      }
    }
    [[nodiscard]] char* bytes() const { return few_bytes ? few_bytes.get() : pages.data(); }
    void free() {
      few_bytes.reset();
      pages = {};
    }
  };

 public:
  PackedRows() = default;
  PackedRows(std::initializer_list<Row> rows) {
    for (const Row& row : rows) push_back(row);
  }
  PackedRows(const PackedRows&) = delete;
  PackedRows& operator=(const PackedRows&) = delete;
  PackedRows(PackedRows&& other) noexcept { swap(other); }
  PackedRows& operator=(PackedRows&& other) noexcept {
    PackedRows moved(std::move(other));
    swap(moved);
    return *this;
  }
  ~PackedRows() = default;

  void push_back(const Row& row) {
    if (free_bytes() < Codec::kMostBytes) add_block();
    const Numbers numbers = row.numbers();
    free_ = Codec::write(free_, last_, numbers);
    last_ = numbers;
    ++blocks_.back().rows;
    ++size_;
  }

  void clear() { *this = PackedRows(); }

  /// Calls `visit(row)` for each row, in order, and frees them on the way.
  template <typename Visit>
  void drain(Visit visit) {
    Numbers numbers{};
    for (Block& block : blocks_) {
      const char* at = block.bytes();
      for (; block.rows > 0; --block.rows) {
        at = Codec::read(at, numbers);
        visit(Row::from(numbers));
      }
      block.free();
    }
    clear();
  }

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t memory_bytes() const { return bytes_; }

  /// Requires: not empty.
  [[nodiscard]] Row back() const { return Row::from(last_); }

  /// Complexity: linear in `i`.
  [[nodiscard]] Row operator[](std::size_t i) const {
    Iterator at = begin();
    for (; i > 0; --i) ++at;
    return *at;
  }

  class Iterator {
   public:
    Iterator() = default;
    explicit Iterator(const PackedRows& rows) : block_(rows.blocks_.data()), left_(rows.size_) {
      if (left_ == 0) return;
      enter();
      read();
    }

    const Row& operator*() const { return row_; }
    const Row* operator->() const { return &row_; }
    Iterator& operator++() {
      if (--left_ == 0) return *this;
      if (left_in_block_ == 0) {
        ++block_;
        enter();
      }
      read();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return left_ == 0; }

   private:
    void enter() {
      at_ = block_->bytes();
      left_in_block_ = block_->rows;
    }
    void read() {
      at_ = Codec::read(at_, numbers_);
      row_ = Row::from(numbers_);
      --left_in_block_;
    }

    Numbers numbers_{};
    Row row_;
    const Block* block_ = nullptr;
    const char* at_ = nullptr;
    std::size_t left_in_block_ = 0;
    std::size_t left_ = 0;  // With the one at hand.
  };

  /// Invalid once a row is added.
  [[nodiscard]] Iterator begin() const { return Iterator(*this); }
  [[nodiscard]] std::default_sentinel_t end() const { return {}; }

 private:
  [[nodiscard]] std::size_t free_bytes() const { return static_cast<std::size_t>(end_ - free_); }

  // Blocks are not moved as the table grows.
  void add_block() {
    const std::size_t size = std::min(kLargestBlock, std::max(kFirstBlock, bytes_));
    blocks_.emplace_back(size);
    free_ = blocks_.back().bytes();
    end_ = free_ + size;
    bytes_ += size;
  }

  void swap(PackedRows& other) noexcept {
    std::swap(blocks_, other.blocks_);
    std::swap(last_, other.last_);
    std::swap(free_, other.free_);
    std::swap(end_, other.end_);
    std::swap(size_, other.size_);
    std::swap(bytes_, other.bytes_);
  }

  std::vector<Block> blocks_;
  Numbers last_{};
  char* free_ = nullptr;  // In the last block.
  char* end_ = nullptr;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;  // Of all blocks.
};

}  // namespace plumb
