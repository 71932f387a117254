// SPDX-License-Identifier: Apache-2.0
// Where tasks waited for each other, and how long: the block and mutex profiles.

#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "rt/task.h"

namespace plumb::rt::detail {

/// Like runtime.SetBlockProfileRate and SetMutexProfileFraction; 0: off.
extern std::atomic<std::int64_t> block_profile_rate_ns;
extern std::atomic<std::int64_t> mutex_profile_fraction;

/// Notes that the calling task has waited since `since_ns`, here.
void record_blocked(std::int64_t since_ns);
/// Notes that the calling task lets others go on who have waited for it for `waited_ns`, all
/// together.
void record_held(std::int64_t waited_ns);

/// Lives while its task waits; costs a load if nobody wants to know.
class BlockedTime {
 public:
  BlockedTime() {
    if (block_profile_rate_ns.load(std::memory_order_relaxed) > 0) since_ns_ = now_ns();
  }
  ~BlockedTime() {
    if (since_ns_ != 0) record_blocked(since_ns_);
  }
  BlockedTime(const BlockedTime&) = delete;
  BlockedTime& operator=(const BlockedTime&) = delete;

 private:
  std::int64_t since_ns_ = 0;
};

/// Events at one place.
struct Contention {
  std::vector<std::uintptr_t> pcs;  ///< Return addresses, leaf first.
  double count = 0;
  double delay_ns = 0;
};

enum class ContentionKind : std::uint8_t { Block, Mutex };

/// All places, the longest delay first.
std::vector<Contention> list_contention(ContentionKind kind);

}  // namespace plumb::rt::detail
