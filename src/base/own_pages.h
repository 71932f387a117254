// SPDX-License-Identifier: Apache-2.0
// OwnPages: memory that goes back to the system the moment it is freed. What malloc frees of blocks
// that are not large stays with the process, for whoever asks for as much next.

#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <utility>

#include "base/out_of_memory.h"

namespace plumb {

/// Bytes in pages of their own, 0 at first; pages that are never touched take no memory. Move-only.
class OwnPages {
 public:
  OwnPages() = default;
  /// Without memory: out_of_memory().
  explicit OwnPages(std::size_t size) : size_(size) {
    void* const pages =
        mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) out_of_memory();
    data_ = static_cast<char*>(pages);
  }
  OwnPages(OwnPages&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  OwnPages& operator=(OwnPages other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  OwnPages(const OwnPages&) = delete;
  ~OwnPages() {
    if (data_ != nullptr) munmap(data_, size_);
  }

  /// Null if there are none.
  [[nodiscard]] char* data() const { return data_; }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace plumb
