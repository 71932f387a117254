// SPDX-License-Identifier: Apache-2.0
#include "model/join_dumps.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace plumb {
namespace {

// Gives what `from` has a place in `to`.
class Joiner {
 public:
  Joiner(GoroutineDump& to, const GoroutineDump& from)
      : to_(to),
        from_(from),
        first_frame_(static_cast<std::uint32_t>(to.frames.size())),
        first_stack_(static_cast<std::uint32_t>(to.stacks.size())),
        first_label_(static_cast<std::uint32_t>(to.labels.size())) {}

  void add_tables() {
    for (DumpFrame frame : from_.frames) {
      frame.function = intern(frame.function);
      frame.file = intern(frame.file);
      to_.frames.push_back(frame);
    }
    for (const DumpFrameId id : from_.stacks) to_.stacks.push_back({id.index + first_frame_});
    for (Label label : from_.labels) {
      label.key = intern(label.key);
      label.str = intern(label.str);
      to_.labels.push_back(label);
    }
  }

  void add_group(GoroutineGroup group) {
    group.state = intern(group.state);
    group.bubble = intern(group.bubble);
    group.first_frame += first_stack_;
    group.first_label += first_label_;
    to_.groups.push_back(std::move(group));
  }

 private:
  StringId intern(StringId id) { return to_.strings.intern(from_.text(id)); }

  GoroutineDump& to_;
  const GoroutineDump& from_;
  const std::uint32_t first_frame_;
  const std::uint32_t first_stack_;
  const std::uint32_t first_label_;
};

}  // namespace

void append_dump(GoroutineDump& dump, GoroutineDump more) {
  const auto first_group = static_cast<std::uint32_t>(dump.groups.size());
  Joiner joiner(dump, more);
  joiner.add_tables();
  for (GoroutineGroup& group : more.groups) joiner.add_group(std::move(group));
  more.goroutines.drain([&](Goroutine goroutine) {
    goroutine.group += first_group;
    dump.goroutines.push_back(goroutine);
  });
  dump.goroutine_count += more.goroutine_count;
  dump.pointers = std::move(more.pointers);
  std::ranges::move(more.crash_text, std::back_inserter(dump.crash_text));
  std::ranges::move(more.losses, std::back_inserter(dump.losses));
}

void join_dump(GoroutineDump& dump, GoroutineDump more) {
  if (dump.processes.empty()) dump.processes.emplace_back();
  dump.processes.push_back({static_cast<std::uint32_t>(dump.groups.size()), dump.losses.size(),
                            dump.crash_text.size(), ""});
  append_dump(dump, std::move(more));
  dump.pointers.clear();
}

}  // namespace plumb
