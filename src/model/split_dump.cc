// SPDX-License-Identifier: Apache-2.0
#include "model/split_dump.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

namespace plumb {
namespace {

constexpr std::uint64_t kMainGoroutine = 1;

// Without its goroutines, and what only some of them have.
GoroutineDump copy_tables(const GoroutineDump& from) {
  GoroutineDump copy;
  copy.strings = StringPool(from.strings);
  copy.frames = from.frames;
  copy.stacks = from.stacks;
  copy.labels = from.labels;
  copy.groups = from.groups;
  for (GoroutineGroup& group : copy.groups) {
    group.count = group.first_id = group.first_creator_id = 0;
    group.has_many_creators = false;
    group.waits.clear();
    group.creators = {};
  }
  return copy;
}

void count(GoroutineGroup& group, const Goroutine& goroutine) {
  if (group.count++ == 0) {
    group.first_id = goroutine.id;
    group.first_creator_id = goroutine.creator_id;
  }
  group.has_many_creators |= group.first_creator_id != goroutine.creator_id;
  const auto at = std::ranges::lower_bound(group.waits, goroutine.wait_minutes, {},
                                           [](const WaitCount& wait) { return wait.minutes; });
  if (at != group.waits.end() && at->minutes == goroutine.wait_minutes) {
    ++at->goroutines;
  } else {
    group.waits.insert(at, {goroutine.wait_minutes, 1});
  }
}

// Deals the goroutines out to the dumps that they are of.
class Splitter {
 public:
  explicit Splitter(const GoroutineDump& dump)
      : dump_(dump), processes_(std::max<std::size_t>(dump.processes.size(), 1)) {}

  void add(const Goroutine& goroutine) {
    Process& process = processes_[process_of(goroutine)];
    const bool is_main = goroutine.id == kMainGoroutine;
    if (process.parts.empty() || (is_main && process.has_main)) begin_part(process);
    put_held(process);
    process.has_main |= is_main;
    // The goroutine that makes a dump stands in front of main, if it is not that.
    if (is_main || !may_make_dumps(goroutine)) {
      put(process, goroutine);
    } else {
      process.held = goroutine;
    }
  }

  std::vector<DumpPart> take() {
    std::vector<DumpPart> parts;
    for (Process& process : processes_) {
      put_held(process);
      if (!process.parts.empty()) give_creators(process.parts.back().dump);
      std::ranges::move(process.parts, std::back_inserter(parts));
    }
    if (parts.size() < 2) return {};
    std::ranges::stable_sort(parts, {}, &DumpPart::round);
    for (std::size_t i = 0; i < processes_.size(); ++i) give_rest(i, parts);
    parts.back().dump.pointers = dump_.pointers;
    return parts;
  }

 private:
  struct Process {
    std::vector<DumpPart> parts;
    bool has_main = false;          // The last part.
    std::optional<Goroutine> held;  // Of that part, or the first of the next one.
  };

  [[nodiscard]] std::size_t process_of(const Goroutine& goroutine) const {
    const auto& all = dump_.processes;
    if (all.empty()) return 0;
    const auto next = std::ranges::upper_bound(all, goroutine.group, {}, &DumpProcess::first_group);
    return static_cast<std::size_t>(next - all.begin()) - 1;
  }

  // It runs, or is that of a signal.
  [[nodiscard]] bool may_make_dumps(const Goroutine& goroutine) const {
    return goroutine.id == 0 || dump_.text(dump_.groups[goroutine.group].state) == "running";
  }

  void begin_part(Process& process) {
    process.parts.push_back({copy_tables(dump_),
                             static_cast<std::uint32_t>(&process - processes_.data()),
                             static_cast<std::uint32_t>(process.parts.size())});
    process.has_main = false;
  }

  void put_held(Process& process) {
    if (process.held) put(process, *std::exchange(process.held, std::nullopt));
  }

  static void put(Process& process, const Goroutine& goroutine) {
    GoroutineDump& part = process.parts.back().dump;
    part.goroutines.push_back(goroutine);
    ++part.goroutine_count;
    count(part.groups[goroutine.group], goroutine);
  }

  void give_creators(GoroutineDump& part) const {
    for (std::size_t i = 0; i < part.groups.size(); ++i) {
      if (part.groups[i].count > 0) part.groups[i].creators = dump_.groups[i].creators;
    }
  }

  // What is said of a process is said of its last dump; of the last one of all if it has none.
  void give_rest(std::size_t process, std::vector<DumpPart>& parts) const {
    const auto own = std::find_if(parts.rbegin(), parts.rend(), [process](const DumpPart& part) {
      return part.process == process;
    });
    GoroutineDump& last = (own == parts.rend() ? parts.back() : *own).dump;
    const bool is_first = process == 0;
    const bool is_last = process + 1 >= dump_.processes.size();
    const auto give = [&](const auto& all, std::size_t DumpProcess::*first, auto& to) {
      const auto begin = is_first ? 0 : dump_.processes[process].*first;
      const auto end = is_last ? all.size() : dump_.processes[process + 1].*first;
      to.insert(to.end(), all.begin() + static_cast<std::ptrdiff_t>(begin),
                all.begin() + static_cast<std::ptrdiff_t>(end));
    };
    give(dump_.crash_text, &DumpProcess::first_crash_line, last.crash_text);
    give(dump_.losses, &DumpProcess::first_loss, last.losses);
  }

  const GoroutineDump& dump_;
  std::vector<Process> processes_;
};

}  // namespace

bool holds_several_dumps(const GoroutineDump& dump) {
  if (dump.processes.size() > 1) return true;
  std::uint64_t mains = 0;
  for (const GoroutineGroup& group : dump.groups) {
    if (group.first_id == kMainGoroutine) mains += group.count;
  }
  return mains > 1;
}

std::vector<DumpPart> split_dump(const GoroutineDump& dump) {
  if (!holds_several_dumps(dump)) return {};
  Splitter splitter(dump);
  for (const Goroutine& goroutine : dump.goroutines) splitter.add(goroutine);
  return splitter.take();
}

}  // namespace plumb
