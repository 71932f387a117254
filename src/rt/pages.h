// SPDX-License-Identifier: Apache-2.0
// Pages: an array in memory of its own. A leak scan must neither allocate from the heap, which a
// stopped thread may have locked, nor see its own notes.

#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace plumb::rt::detail {

/// A part of memory: [start, limit).
struct AddressRange {
  std::uintptr_t start = 0;
  std::uintptr_t limit = 0;
};

/// Zeroed. Elements that are not touched take no memory.
template <typename T>
class Pages {
 public:
  enum class Sharing : int { Private = MAP_PRIVATE, WithCopies = MAP_SHARED };

  Pages() = default;
  Pages(Pages&& other) noexcept : all_(std::exchange(other.all_, {})) {}
  Pages& operator=(Pages&& other) noexcept {
    std::swap(all_, other.all_);
    return *this;
  }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  ~Pages() {
    if (!all_.empty()) munmap(all_.data(), all_.size_bytes());
  }

  /// False without memory. `WithCopies`: what a copy of the process writes is seen here.
  bool allocate(std::size_t count, Sharing sharing = Sharing::Private) {
    count = std::max<std::size_t>(1, count);
    void* const pages = mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE,
                             static_cast<int>(sharing) | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) return false;
    *this = Pages();
    all_ = {static_cast<T*>(pages), count};
    return true;
  }

  [[nodiscard]] T& operator[](std::size_t index) const { return all_[index]; }
  [[nodiscard]] T* data() const { return all_.data(); }
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] AddressRange range() const {
    const auto start = reinterpret_cast<std::uintptr_t>(all_.data());
    return {start, start + (all_.size_bytes() + 4095) / 4096 * 4096};
  }

 private:
  std::span<T> all_;
};

}  // namespace plumb::rt::detail
