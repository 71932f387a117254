// SPDX-License-Identifier: Apache-2.0
// Source of the list of what is mapped: proc(5), /proc/[pid]/maps.
#include "rt/memory_search.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

#include "base/strings.h"

namespace plumb::rt::detail {
namespace {

/// Readable and writable memory as the kernel has it, as it was before the search began.
class MemoryMap {
 public:
  bool read() {
    if (!text_.allocate(kMaxBytes)) return false;
    const int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t count = 0;
    while (size_ < text_.size() && (count = ::read(fd, &text_[size_], text_.size() - size_)) > 0) {
      size_ += static_cast<std::size_t>(count);
    }
    close(fd);
    return size_ > 0 && size_ < text_.size() && count == 0;
  }

  template <typename Visit>
  void for_each(Visit visit) const {
    std::string_view rest(text_.data(), size_);
    while (!rest.empty()) {
      std::string_view line = take_until(rest, '\n');
      const auto start = parse_int<std::uintptr_t>(take_until(line, '-'), 16);
      const auto limit = parse_int<std::uintptr_t>(take_until(line, ' '), 16);
      const bool is_writable = line.starts_with("rw");
      const bool is_kernels = line.ends_with("[vvar]") || line.ends_with("[vsyscall]");
      if (start && limit && is_writable && !is_kernels) visit(AddressRange{*start, *limit});
    }
  }

  [[nodiscard]] AddressRange pages() const { return text_.range(); }

 private:
  static constexpr std::size_t kMaxBytes = std::size_t{32} << 20;

  Pages<char> text_;
  std::size_t size_ = 0;
};

class MemorySearch {
 public:
  MemorySearch(LeakTables& tables, const NotSearched& without)
      : tables_(tables), stack_top_(without.stack_top), ranges_(without.ranges) {}

  bool run() {
    // Until then the program stands still, and its threads are given all processors.
    if (!wait_for_stacks() || !allocate() || !list_not_searched()) return false;
    map_.for_each([&](const AddressRange& part) { search_part(part); });
    if (!find_waiters()) return false;
    note_pinned();
    spread();
    for (std::size_t i = 0; i < tables_.slots.size(); ++i) {
      if (tables_.verdicts[i] == Verdict::Candidate) tables_.verdicts[i] = Verdict::Leaked;
    }
    return true;
  }

 private:
  bool allocate() {
    const std::size_t slots = tables_.slots.size();
    return map_.read() && is_reached_.allocate(slots) &&
           is_channel_reached_.allocate(tables_.channels.size()) && work_.allocate(slots) &&
           channel_work_.allocate(tables_.channels.size());
  }

  // Sorted; slabs are not there in a copy.
  bool list_not_searched() {
    std::size_t slabs = 0;
    tables_.slots.for_each_slab([&](const AddressRange&) { ++slabs; });
    if (!not_searched_.allocate(slabs + ranges_.size() + 32)) return false;
    const auto add = [&](const AddressRange& range) { not_searched_[not_count_++] = range; };
    tables_.for_each_range(add);
    tables_.slots.for_each_slab(add);
    for (const AddressRange& range : ranges_) add(range);
    add(map_.pages());
    add(is_reached_.range());
    add(is_channel_reached_.range());
    add(work_.range());
    add(channel_work_.range());
    std::sort(not_searched_.data(), not_searched_.data() + not_count_,
              [](const AddressRange& a, const AddressRange& b) { return a.start < b.start; });
    return true;
  }

  void search_part(AddressRange part) {
    if (part.start <= stack_top_ && stack_top_ < part.limit) part.start = stack_top_;
    for (std::size_t i = 0; i < not_count_ && part.start < part.limit; ++i) {
      const AddressRange& hole = not_searched_[i];
      if (hole.limit <= part.start) continue;
      if (hole.start >= part.limit) break;
      if (hole.start > part.start) search({part.start, hole.start});
      part.start = hole.limit;
    }
    if (part.start < part.limit) search(part);
  }

  __attribute__((no_sanitize("address", "thread"))) void search(const AddressRange& part) {
    for (std::uintptr_t at = (part.start + 7) & ~std::uintptr_t{7}; at + 8 <= part.limit; at += 8) {
      const std::uintptr_t word = *reinterpret_cast<const std::uintptr_t*>(at) & kAddressMask;
      const std::uint32_t channel = tables_.channels.find(word);
      if (channel != ChannelIndex::kNone) reach_channel(channel);
      const std::uint32_t slot = tables_.slots.find(word);
      if (slot != SlotIndex::kNone) reach_slot(slot);
    }
  }

  void reach_slot(std::uint32_t slot) {
    if (is_reached_[slot]) return;
    is_reached_[slot] = true;
    work_[work_count_++] = slot;
  }

  void reach_channel(std::uint32_t channel) {
    if (is_channel_reached_[channel]) return;
    is_channel_reached_[channel] = true;
    channel_work_[channel_work_count_++] = channel;
  }

  [[nodiscard]] bool wait_for_stacks() const {
    while (tables_.stacks_done[0].load(std::memory_order_acquire) == 0) {
      const timespec pause = {0, 500'000};
      nanosleep(&pause, nullptr);
    }
    return tables_.stacks_done[0].load() == 1;
  }

  template <typename Visit>
  void for_each_wait(Visit visit) const {
    for (std::uint32_t slot = 0; slot < tables_.slots.size(); ++slot) {
      if (tables_.verdicts[slot] != Verdict::Candidate) continue;
      const Part& waits = tables_.waits[slot];
      for (std::uint64_t i = waits.first; i < waits.first + waits.count; ++i) {
        visit(slot, tables_.channels.find(tables_.wait_channels[i]));
      }
    }
  }

  // Who waits for each channel: counted, then filled in.
  bool find_waiters() {
    const std::size_t channels = tables_.channels.size();
    if (!first_waiter_.allocate(channels + 2)) return false;
    std::size_t count = 0;
    for_each_wait([&](std::uint32_t, std::uint32_t channel) {
      ++first_waiter_[channel + 2];
      ++count;
    });
    for (std::size_t i = 2; i < channels + 2; ++i) first_waiter_[i] += first_waiter_[i - 1];
    if (!waiters_.allocate(count)) return false;
    for_each_wait([&](std::uint32_t slot, std::uint32_t channel) {
      waiters_[first_waiter_[channel + 1]++] = slot;
    });
    return true;
  }

  // Only of those that a candidate waits for: others may be gone.
  void note_pinned() {
    tables_.channels.for_each([&](std::uint32_t channel, std::uintptr_t address) {
      if (first_waiter_[channel] == first_waiter_[channel + 1]) return;
      if (reinterpret_cast<const ChanCore*>(address)->is_pinned()) reach_channel(channel);
    });
  }

  // What is live leads to more, until nothing becomes live any more.
  void spread() {
    for (std::uint32_t slot = 0; slot < tables_.slots.size(); ++slot) {
      if (tables_.verdicts[slot] == Verdict::Root) reach_slot(slot);
    }
    while (work_count_ > 0 || channel_work_count_ > 0) {
      if (work_count_ > 0) {
        leave_slot(work_[--work_count_]);
      } else {
        leave_channel(channel_work_[--channel_work_count_]);
      }
    }
  }

  void leave_slot(std::uint32_t slot) {
    Verdict& verdict = tables_.verdicts[slot];
    if (verdict == Verdict::None) return;
    if (verdict == Verdict::Candidate) {
      verdict = Verdict::Live;
      const Part& waits = tables_.waits[slot];  // Once woken, it may use them again.
      for (std::uint64_t i = waits.first; i < waits.first + waits.count; ++i) {
        reach_channel(tables_.channels.find(tables_.wait_channels[i]));
      }
    }
    const Part& leads = tables_.leads[slot];
    for (std::uint64_t i = leads.first; i < leads.first + leads.count; ++i) {
      const Target target = tables_.targets[i];
      if ((target & kIsChannel) != 0) {
        reach_channel(target & ~kIsChannel);
      } else {
        reach_slot(target);
      }
    }
  }

  void leave_channel(std::uint32_t channel) {
    for (std::uint32_t i = first_waiter_[channel]; i < first_waiter_[channel + 1]; ++i) {
      reach_slot(waiters_[i]);
    }
  }

  LeakTables& tables_;
  const std::uintptr_t stack_top_;
  const std::span<const AddressRange> ranges_;
  MemoryMap map_;
  Pages<AddressRange> not_searched_;
  std::size_t not_count_ = 0;
  Pages<bool> is_reached_;
  Pages<bool> is_channel_reached_;
  Pages<std::uint32_t> work_;  // Slots that were reached, to be left.
  std::size_t work_count_ = 0;
  Pages<std::uint32_t> channel_work_;
  std::size_t channel_work_count_ = 0;
  Pages<std::uint32_t> first_waiter_;  // Of each channel, in waiters_.
  Pages<std::uint32_t> waiters_;
};

}  // namespace

bool search_memory(LeakTables& tables, const NotSearched& without) {
  return MemorySearch(tables, without).run();
}

}  // namespace plumb::rt::detail
