// SPDX-License-Identifier: Apache-2.0
// Large tables get large pages. The first touch of a page costs more than what is then done with
// most of it, and a table of megabytes that is looked up anywhere needs more translations of
// addresses than a processor keeps: pages of 2 MiB make both rare. Linux gives them to those who
// ask. For small allocations all stays as it is.

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#if defined(__has_feature)
#define PLUMB_HAS_FEATURE(name) __has_feature(name)
#else
#define PLUMB_HAS_FEATURE(name) 0
#endif

// Sanitizers bring operators of their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !PLUMB_HAS_FEATURE(address_sanitizer) && !PLUMB_HAS_FEATURE(thread_sanitizer)

namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20;
constexpr std::size_t kLarge = 2 * kLargePage;

void* allocate(std::size_t size) {
  if (size < kLarge || size > SIZE_MAX - kLargePage) return std::malloc(size == 0 ? 1 : size);
  const std::size_t pages = (size + kLargePage - 1) / kLargePage;
  void* const memory = std::aligned_alloc(kLargePage, pages * kLargePage);
  // Whole pages only: what is behind them grows with its use.
  if (memory != nullptr) ::madvise(memory, size / kLargePage * kLargePage, MADV_HUGEPAGE);
  return memory;
}

}  // namespace

void* operator new(std::size_t size) {
  for (;;) {
    if (void* const memory = allocate(size)) return memory;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

#endif
