// SPDX-License-Identifier: Apache-2.0
#include "rt/contention.h"

#include <plumb/rt/profile.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "rt/own_stack.h"
#include "rt/random.h"

namespace plumb::rt {
namespace detail {

std::atomic<std::int64_t> block_profile_rate_ns{0};
std::atomic<std::int64_t> mutex_profile_fraction{0};

namespace {

struct Sum {
  double count = 0;
  double delay_ns = 0;
};

struct Table {
  std::mutex mutex;
  std::map<std::vector<std::uintptr_t>, Sum> sums;
};

Table& table_of(ContentionKind kind) {
  static std::array<Table, 2>* const tables = new std::array<Table, 2>;
  return (*tables)[static_cast<std::size_t>(kind)];
}

void add(ContentionKind kind, double count, double delay_ns) {
  const std::vector<std::uintptr_t> pcs = own_stack();
  Table& table = table_of(kind);
  const std::scoped_lock lock(table.mutex);
  Sum& sum = table.sums[pcs];
  sum.count += count;
  sum.delay_ns += delay_ns;
}

}  // namespace

// One in rate / delay of the short waits is taken, and stands for all of them.
void record_blocked(std::int64_t since_ns) {
  const std::int64_t rate = block_profile_rate_ns.load(std::memory_order_relaxed);
  const std::int64_t delay = std::max<std::int64_t>(1, now_ns() - since_ns);
  if (rate <= 0) return;
  if (delay >= rate) return add(ContentionKind::Block, 1, static_cast<double>(delay));
  const auto chance = static_cast<std::int64_t>(random_below(static_cast<std::size_t>(rate)));
  if (chance >= delay) return;
  const double weight = static_cast<double>(rate) / static_cast<double>(delay);
  add(ContentionKind::Block, weight, weight * static_cast<double>(delay));
}

void record_held(std::int64_t waited_ns) {
  const std::int64_t fraction = mutex_profile_fraction.load(std::memory_order_relaxed);
  if (fraction <= 0 || waited_ns <= 0) return;
  if (random_below(static_cast<std::size_t>(fraction)) != 0) return;
  const auto weight = static_cast<double>(fraction);
  add(ContentionKind::Mutex, weight, weight * static_cast<double>(waited_ns));
}

std::vector<Contention> list_contention(ContentionKind kind) {
  std::vector<Contention> list;
  {
    Table& table = table_of(kind);
    const std::scoped_lock lock(table.mutex);
    for (const auto& [pcs, sum] : table.sums) list.push_back({pcs, sum.count, sum.delay_ns});
  }
  std::ranges::stable_sort(list, std::greater<>(), &Contention::delay_ns);
  return list;
}

}  // namespace detail

void set_block_profile_rate(std::chrono::nanoseconds rate) {
  detail::block_profile_rate_ns.store(std::clamp<std::int64_t>(rate.count(), 0, UINT32_MAX),
                                      std::memory_order_relaxed);
}

void set_mutex_profile_fraction(std::uint32_t fraction) {
  detail::mutex_profile_fraction.store(fraction, std::memory_order_relaxed);
}

}  // namespace plumb::rt
