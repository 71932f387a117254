// SPDX-License-Identifier: Apache-2.0
#include "rt/leak_scan.h"

#include <fcntl.h>
#include <plumb/rt/detail/chan_core.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

#include "base/hash.h"
#include "base/strings.h"
#include "rt/leak_count.h"
#include "rt/scheduler.h"
#include "rt/stop_world.h"

namespace plumb::rt::detail {
namespace {

constexpr std::uintptr_t kAddressMask = 0x0000'FFFF'FFFF'FFFF;

/// Memory that is not the heap's: the search must neither allocate nor see its own notes.
template <typename T>
std::span<T> map_pages(std::size_t count, int sharing) {
  void* const pages = mmap(nullptr, std::max<std::size_t>(1, count * sizeof(T)),
                           PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return pages == MAP_FAILED ? std::span<T>() : std::span<T>(static_cast<T*>(pages), count);
}

template <typename T>
void unmap_pages(std::span<T> pages) {
  if (!pages.empty()) munmap(pages.data(), pages.size_bytes());
}

enum class Verdict : std::uint8_t { None, Candidate, Live, Leaked };

/// What the copy tells the process.
struct Answer {
  std::span<Verdict> verdicts;  ///< Of slots.
  bool* is_finished;
};

/// Readable and writable memory as /proc/self/maps has it, as it was before the search began.
class MemoryMap {
 public:
  bool read() {
    text_ = map_pages<char>(kMaxBytes, MAP_PRIVATE);
    const int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || text_.empty()) return false;
    ssize_t count = 0;
    while (size_ < text_.size() && (count = ::read(fd, &text_[size_], text_.size() - size_)) > 0) {
      size_ += static_cast<std::size_t>(count);
    }
    close(fd);
    return size_ > 0 && size_ < text_.size() && count == 0;
  }

  /// Calls visit(start, limit) for each part; those that hold notes of ours are left out.
  template <typename Visit>
  void for_each(Visit visit) const {
    std::string_view rest(text_.data(), size_);
    while (!rest.empty()) {
      std::string_view line = take_until(rest, '\n');
      const auto start = parse_int<std::uintptr_t>(take_until(line, '-'), 16);
      const auto limit = parse_int<std::uintptr_t>(take_until(line, ' '), 16);
      const bool is_writable = line.starts_with("rw");
      const bool is_kernels = line.ends_with("[vvar]") || line.ends_with("[vsyscall]");
      const bool is_own = start && *start <= own() && limit && own() < *limit;
      if (start && limit && is_writable && !is_kernels && !is_own) visit(*start, *limit);
    }
  }

 private:
  static constexpr std::size_t kMaxBytes = std::size_t{32} << 20;

  [[nodiscard]] std::uintptr_t own() const {
    return reinterpret_cast<std::uintptr_t>(text_.data());
  }

  std::span<char> text_;
  std::size_t size_ = 0;
};

/// The channels that candidates wait for, by address. Open addressing.
class ChannelTable {
 public:
  struct Entry {
    std::uintptr_t address = 0;
    bool is_live = false;
  };

  bool allocate(std::size_t channels) {
    std::size_t size = 64;
    while (size < channels * 2) size *= 2;
    entries_ = map_pages<Entry>(size, MAP_PRIVATE);
    return !entries_.empty();
  }

  void add(std::uintptr_t address) {
    Entry& entry = slot_of(address);
    entry.address = address;
    entry.is_live = reinterpret_cast<const ChanCore*>(address)->is_pinned();
    low_ = std::min(low_, address);
    high_ = std::max(high_, address + sizeof(ChanCore));
  }

  /// The channel that holds `word`, or null.
  Entry* find(std::uintptr_t word) {
    if (word - low_ >= high_ - low_) return nullptr;
    // Channels are allocated on addresses divisible by 16: few can hold the word.
    for (std::uintptr_t at = word & ~std::uintptr_t{15}; at + sizeof(ChanCore) > word; at -= 16) {
      Entry& entry = slot_of(at);
      if (entry.address == at) return &entry;
    }
    return nullptr;
  }

 private:
  Entry& slot_of(std::uintptr_t address) {
    const std::size_t mask = entries_.size() - 1;
    std::size_t at = hash_mix(address, 0) & mask;
    while (entries_[at].address != 0 && entries_[at].address != address) at = (at + 1) & mask;
    return entries_[at];
  }

  std::span<Entry> entries_;
  std::uintptr_t low_ = UINTPTR_MAX;
  std::uintptr_t high_ = 0;
};

/// The search, in the copy of the process. Nothing here allocates from the heap.
class LeakScan {
 public:
  LeakScan(const StackSlabs& slabs, const Answer& answer, std::uintptr_t own_stack)
      : slabs_(slabs), answer_(answer), own_stack_(own_stack) {}

  bool run() {
    work_ = map_pages<std::uint32_t>(answer_.verdicts.size(), MAP_PRIVATE);
    if (!map_.read() || work_.empty() || !sort_slabs() || !note_candidates()) return false;
    search_tasks();
    map_.for_each([&](std::uintptr_t start, std::uintptr_t limit) { search_root(start, limit); });
    spread();
    for (Verdict& verdict : answer_.verdicts) {
      if (verdict == Verdict::Candidate) verdict = Verdict::Leaked;
    }
    return true;
  }

 private:
  // Waiting for a channel, or in a select without a timeout.
  static bool is_candidate(const Task& task) {
    if (task.kind != TaskKind::Go || task.state.load() != TaskState::Waiting) return false;
    switch (task.reason.load()) {
      case WaitReason::ChanSend:
      case WaitReason::ChanReceive:
        return true;
      case WaitReason::Select:
        return task.select.load() != nullptr;
      default:
        return false;
    }
  }

  template <typename Visit>
  static void for_each_channel(const Task& task, Visit visit) {
    const SelectClaim* const select = task.select.load();
    if (select == nullptr) return visit(reinterpret_cast<std::uintptr_t>(task.object.load()));
    for (std::size_t i = 0; i < select->case_count; ++i) {
      const ChanCore* const chan = select->cases[i].chan;
      if (chan != nullptr) visit(reinterpret_cast<std::uintptr_t>(chan));
    }
  }

  template <typename Visit>
  void for_each_task(Visit visit) const {
    std::size_t index = 0;
    slabs_.for_each([&](Task& task) {
      if (index < answer_.verdicts.size()) visit(index, task);
      ++index;
    });
  }

  bool note_candidates() {
    std::size_t channels = 0;
    for_each_task([&](std::size_t index, const Task& task) {
      if (!is_candidate(task)) return;
      answer_.verdicts[index] = Verdict::Candidate;
      for_each_channel(task, [&](std::uintptr_t) { ++channels; });
    });
    if (!channels_.allocate(channels)) return false;
    for_each_task([&](std::size_t index, const Task& task) {
      if (answer_.verdicts[index] != Verdict::Candidate) return;
      for_each_channel(task, [&](std::uintptr_t chan) { channels_.add(chan); });
    });
    return true;
  }

  struct Slab {
    std::uintptr_t start = 0;
    std::size_t first_slot = 0;
  };

  bool sort_slabs() {
    const std::size_t per_slab = StackSlabs::kSlabBytes / slabs_.slot_bytes();
    sorted_ = map_pages<Slab>(slabs_.used() / per_slab + 1, MAP_PRIVATE);
    if (sorted_.empty()) return false;
    std::size_t count = 0;
    slabs_.for_each_slab([&](std::uintptr_t start) {
      if (count < sorted_.size()) sorted_[count] = {start, count * per_slab};
      ++count;
    });
    sorted_ = sorted_.first(std::min(count, sorted_.size()));
    std::sort(sorted_.begin(), sorted_.end(),
              [](const Slab& a, const Slab& b) { return a.start < b.start; });
    return true;
  }

  // The slot that holds `word`, but not in its guard page.
  [[nodiscard]] std::optional<std::size_t> slot_of(std::uintptr_t word) const {
    const auto behind =
        std::upper_bound(sorted_.begin(), sorted_.end(), word,
                         [](std::uintptr_t value, const Slab& slab) { return value < slab.start; });
    if (behind == sorted_.begin()) return std::nullopt;
    const Slab& slab = *(behind - 1);
    const std::uintptr_t offset = word - slab.start;
    const bool is_inside =
        offset < StackSlabs::kSlabBytes && offset % slabs_.slot_bytes() >= StackSlabs::kPageBytes;
    if (!is_inside) return std::nullopt;
    return slab.first_slot + offset / slabs_.slot_bytes();
  }

  // What a task keeps: its stack from where it stands, what it was made of, and its Task.
  void search_stack(const Task& task) {
    const auto low = reinterpret_cast<std::uintptr_t>(task.switching.stack_low);
    const auto end = (low - StackSlabs::kPageBytes) + slabs_.slot_bytes();
    auto from = reinterpret_cast<std::uintptr_t>(task.switching.context.load());
    // One that runs stands below its context, who knows where.
    if (task.state.load() == TaskState::Running || from < low || from > end) from = low;
    search(from, end);
  }

  // All that are there and no candidates; those that are free only have stale words.
  void search_tasks() {
    for_each_task([&](std::size_t index, const Task& task) {
      if (answer_.verdicts[index] == Verdict::Candidate) return;
      if (task.state.load() != TaskState::Free) search_stack(task);
    });
  }

  // A part of memory without what is in it of our stacks.
  void search_root(std::uintptr_t start, std::uintptr_t limit) {
    // Below the caller of the search there is nothing but the search.
    if (start <= own_stack_ && own_stack_ < limit) start = own_stack_;
    for (const Slab& slab : sorted_) {
      const std::uintptr_t behind = slab.start + StackSlabs::kSlabBytes;
      if (slab.start >= limit) break;
      if (behind <= start) continue;
      if (slab.start > start) search(start, slab.start);
      start = std::min(limit, behind);
    }
    search(start, limit);
  }

  __attribute__((no_sanitize("address", "thread"))) void search(std::uintptr_t start,
                                                                std::uintptr_t limit) {
    for (std::uintptr_t at = (start + 7) & ~std::uintptr_t{7}; at + 8 <= limit; at += 8) {
      look_at(*reinterpret_cast<const std::uintptr_t*>(at) & kAddressMask);
    }
  }

  void look_at(std::uintptr_t word) {
    const std::uintptr_t low = sorted_.front().start;
    if (word - low < sorted_.back().start + StackSlabs::kSlabBytes - low) {
      const auto index = slot_of(word);
      if (index) revive(*index);
    }
    ChannelTable::Entry* const channel = channels_.find(word);
    if (channel != nullptr) channel->is_live = true;
  }

  void revive(std::size_t index) {
    if (index >= answer_.verdicts.size()) return;
    if (answer_.verdicts[index] != Verdict::Candidate) return;
    answer_.verdicts[index] = Verdict::Live;
    work_[work_count_++] = static_cast<std::uint32_t>(index);
  }

  // Searches what is live until nothing becomes live any more.
  void spread() {
    do {
      while (work_count_ > 0) search_stack(slabs_.task(work_[--work_count_]));
      for_each_task([&](std::size_t index, const Task& task) {
        if (answer_.verdicts[index] != Verdict::Candidate) return;
        for_each_channel(task, [&](std::uintptr_t chan) {
          const ChannelTable::Entry* const entry = channels_.find(chan);
          if (entry != nullptr && entry->is_live) revive(index);
        });
      });
    } while (work_count_ > 0);
  }

  const StackSlabs& slabs_;
  const Answer answer_;
  const std::uintptr_t own_stack_;
  MemoryMap map_;
  ChannelTable channels_;
  std::span<std::uint32_t> work_;  // Live tasks to be searched.
  std::size_t work_count_ = 0;
  std::span<Slab> sorted_;  // By address.
};

// Stops all threads, makes the copy, and lets them go on. The copy never returns.
pid_t start_copy(const StackSlabs& slabs, const Answer& answer, std::uintptr_t own_stack) {
  if (!stop_world()) return -1;
  const pid_t child = _Fork();
  if (child == 0) {
    *answer.is_finished = LeakScan(slabs, answer, own_stack).run();
    syscall(SYS_exit_group, 0);
  }
  resume_world();
  return child;
}

std::size_t mark_leaked(Scheduler& scheduler, std::span<const Verdict> verdicts) {
  std::size_t count = 0;
  std::size_t index = 0;
  scheduler.slabs().for_each([&](Task& task) {
    const bool is_leaked = index < verdicts.size() && verdicts[index] == Verdict::Leaked;
    if (is_leaked && !task.is_leaked.load()) {
      report_leak(task, task.object.load(), task.reason.load(), LeakProof::ByScan);
      ++count;
    }
    ++index;
  });
  return count;
}

// Its frame holds the registers of the caller; what is below it is ours.
[[gnu::noinline]] Result<std::size_t> scan_from_here(Scheduler& scheduler) {
  __builtin_unwind_init();
  const auto own_stack = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - 64;
  const std::span<Verdict> verdicts = map_pages<Verdict>(scheduler.slabs().used(), MAP_SHARED);
  const std::span<bool> is_finished = map_pages<bool>(1, MAP_SHARED);
  if (is_finished.empty()) return Error(ErrorCode::Io, "no memory for a leak scan");
  const Answer answer{verdicts, is_finished.data()};
  const pid_t child = start_copy(scheduler.slabs(), answer, own_stack);
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  Result<std::size_t> result =
      Error(ErrorCode::Io, child > 0 ? "the copy of the process did not finish its leak scan"
                                     : "the threads did not stop in time for a leak scan");
  if (child > 0 && is_finished[0]) result = mark_leaked(scheduler, verdicts);
  unmap_pages(verdicts);
  unmap_pages(is_finished);
  return result;
}

}  // namespace

Result<std::size_t> scan_for_leaks() {
  // Sanitizers keep notes about memory that are no part of the program, and hold signals back.
#if defined(PLUMB_RT_ASAN) || defined(PLUMB_RT_TSAN)
  constexpr bool kIsPossible = false;
#else
  constexpr bool kIsPossible = true;
#endif
  if (!kIsPossible) return Error(ErrorCode::Io, "no leak scan under a sanitizer");
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  Scheduler* const scheduler = Scheduler::find();
  if (scheduler == nullptr || scheduler->slabs().used() == 0) return std::size_t{0};
  constexpr int kTries = 3;  // On a busy machine a thread may not get to its signal in time.
  for (int i = 1; i < kTries; ++i) {
    Result<std::size_t> result = scan_from_here(*scheduler);
    if (result) return result;
  }
  return scan_from_here(*scheduler);
}

}  // namespace plumb::rt::detail
