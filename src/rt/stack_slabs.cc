// SPDX-License-Identifier: Apache-2.0
#include "rt/stack_slabs.h"

#include <sys/mman.h>

#if defined(PLUMB_RT_ASAN)
#include <sanitizer/lsan_interface.h>
#endif

#include <new>

#include "rt/valgrind.h"

namespace plumb::rt::detail {
namespace {

constexpr int kGuardInstall = 102;  // MADV_GUARD_INSTALL, which Debian 12's headers do not know.
constexpr std::size_t kMaxProtected = 16'000;

char* map_slab() {
  void* const slab = mmap(nullptr, StackSlabs::kSlabBytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (slab == MAP_FAILED) return nullptr;
  // A huge page would make every stack in it 64 KiB or more.
  static_cast<void>(madvise(slab, StackSlabs::kSlabBytes, MADV_NOHUGEPAGE));
  return static_cast<char*>(slab);
}

}  // namespace

void StackSlabs::guard(char* low) {
  if (has_guard_advice_ && madvise(low, kPageBytes, kGuardInstall) == 0) return;
  has_guard_advice_ = false;
  if (protected_ >= kMaxProtected) return;
  if (mprotect(low, kPageBytes, PROT_NONE) == 0) ++protected_;
}

Task* StackSlabs::make_slot() {
  const std::size_t index = used_.load(std::memory_order_relaxed);
  const std::size_t per_slab = kSlabBytes / slot_bytes_;
  const std::size_t slab = index / per_slab;
  if (index % per_slab == 0) {
    char* const fresh = slab < kMaxSlabs ? map_slab() : nullptr;
    if (fresh == nullptr) return nullptr;
    slabs_[slab].store(fresh, std::memory_order_release);
  }
  char* const low = slabs_[slab].load(std::memory_order_relaxed) + index % per_slab * slot_bytes_;
  guard(low);
  void* const place = low + slot_bytes_ - kTaskBytes;
  // cppcheck-suppress legacyUninitvar; it takes the new for something else
  auto* const task = ::new (place) Task();
  task->switching.stack_low = low + kPageBytes;
#if defined(PLUMB_RT_ASAN)
  // What a task holds is not leaked because the task waits.
  __lsan_register_root_region(low + kPageBytes, slot_bytes_ - kPageBytes);
#endif
  task->switching.stack_high = reinterpret_cast<char*>(task);
  register_stack_with_valgrind(task->switching.stack_low, place);
  used_.store(index + 1, std::memory_order_release);
  return task;
}

Task* StackSlabs::take() {
  const std::scoped_lock lock(mutex_);
  Task* task = free_.pop();
  if (task == nullptr) task = make_slot();
  if (task == nullptr) throw std::bad_alloc();
  return task;
}

void StackSlabs::take(TaskList& into, std::size_t count) {
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < count && !free_.empty(); ++i) into.push_front(free_.pop());
  if (!into.empty()) return;
  Task* const task = make_slot();
  if (task == nullptr) throw std::bad_alloc();
  into.push_front(task);
}

void StackSlabs::give(TaskList& from, std::size_t count) {
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < count && !from.empty(); ++i) free_.push_front(from.pop());
}

}  // namespace plumb::rt::detail
