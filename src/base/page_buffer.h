// SPDX-License-Identifier: Apache-2.0
// Memory that starts on a page boundary, for the system to read files into.
//
// The kernel copies with one string instruction, which some processors (AMD since Zen 3) execute
// six times slower when source and destination differ in their place within a page by little. What
// malloc returns for large sizes lies 16 bytes behind a boundary, so that this is the usual case.

#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace plumb {

inline constexpr std::size_t kPageBytes = 4096;

struct PageDelete {
  void operator()(char* bytes) const { ::operator delete[](bytes, std::align_val_t{kPageBytes}); }
};

/// Owns bytes that start on a page boundary.
using PageBuffer = std::unique_ptr<char[], PageDelete>;

/// `count` bytes, not set to anything: pages that are never touched take no memory.
inline PageBuffer make_page_buffer(std::size_t count) {
  return PageBuffer(static_cast<char*>(::operator new[](count, std::align_val_t{kPageBytes})));
}

}  // namespace plumb
