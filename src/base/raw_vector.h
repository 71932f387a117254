// SPDX-License-Identifier: Apache-2.0
// RawVector: a vector for millions of rows that are filled right away. It leaves new elements
// uninitialized, and grows where it is: the C library moves the pages of large blocks instead of
// copying them, and pages nobody has written to yet are not there at all.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>

#include "base/out_of_memory.h"

namespace plumb {

/// As std::vector, with less of it. Pointers to elements hold until the vector grows.
template <typename T>
class RawVector {
 public:
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= alignof(std::max_align_t));
  using value_type = T;  // NOLINT(readability-identifier-naming): as in std.

  RawVector() = default;
  RawVector(const RawVector& other) { append(other); }
  RawVector(RawVector&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  RawVector& operator=(RawVector other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~RawVector() { std::free(data_); }

  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] T* begin() { return data_; }
  [[nodiscard]] T* end() { return data_ + size_; }
  [[nodiscard]] const T* begin() const { return data_; }
  [[nodiscard]] const T* end() const { return data_ + size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }

  void clear() { size_ = 0; }

  /// Without memory: out_of_memory().
  void reserve(std::size_t capacity) {
    if (capacity > capacity_) reallocate(capacity);
  }

  /// New elements are uninitialized.
  void resize(std::size_t size) {
    if (size > capacity_) grow(size);
    size_ = size;
  }

  void assign(std::size_t size, const T& value) {
    resize(size);
    std::fill_n(data_, size, value);
  }

  void push_back(T value) {
    if (size_ == capacity_) grow(size_ + 1);
    data_[size_++] = value;
  }

  /// Requires: `more` is not of this vector.
  void append(std::span<const T> more) {
    if (more.empty()) return;
    const std::size_t size = size_;
    resize(size + more.size());
    std::memcpy(data_ + size, more.data(), more.size_bytes());
  }

 private:
  [[gnu::noinline]] void grow(std::size_t size) {
    constexpr std::size_t kFewest = 64 / sizeof(T) + 1;
    reallocate(std::max({size, capacity_ + capacity_ / 2, kFewest}));
  }

  void reallocate(std::size_t capacity) {
    const bool fits = capacity <= static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(T);
    void* const moved =
        fits ? std::realloc(static_cast<void*>(data_), capacity * sizeof(T)) : nullptr;
    if (moved == nullptr) out_of_memory();
    data_ = static_cast<T*>(moved);
    capacity_ = capacity;
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace plumb
