// SPDX-License-Identifier: Apache-2.0
// RawVector: a vector whose resize() leaves new elements uninitialized, for buffers that are filled
// right away.

#pragma once

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace plumb {

template <typename T>
struct RawAllocator : std::allocator<T> {
  static_assert(std::is_trivially_copyable_v<T>);
  template <typename U>
  struct rebind {
    using other = RawAllocator<U>;
  };
  RawAllocator() = default;
  template <typename U>
  explicit RawAllocator(const RawAllocator<U>& /*other*/) {}

  template <typename U>
  void construct(U* place) {
    ::new (static_cast<void*>(place)) U;
  }
  template <typename U, typename... Args>
  void construct(U* place, Args&&... args) {
    ::new (static_cast<void*>(place)) U(std::forward<Args>(args)...);
  }
};

template <typename T>
using RawVector = std::vector<T, RawAllocator<T>>;

}  // namespace plumb
