// SPDX-License-Identifier: Apache-2.0
#include "rt/goroutine_profile.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/hash.h"
#include "base/strings.h"
#include "model/dump_profile.h"
#include "rt/profile_builder.h"
#include "rt/snapshot.h"
#include "rt/stack_text.h"
#include "rt/symbolizer.h"
#include "rt/tab_align.h"

namespace plumb::rt::detail {
namespace {

constexpr std::size_t kPartBytes = std::size_t{256} << 10;
constexpr std::int64_t kMinuteNs = 60'000'000'000;

// "chan send (leaked)".
std::string state_of(const TaskView& task) {
  std::string state;
  switch (task.state) {
    case TaskState::Fresh:
    case TaskState::Runnable:
      state = "runnable";
      break;
    case TaskState::Waiting:
      state = to_string(task.reason);
      break;
    default:
      state = task.is_in_kernel ? "syscall" : "running";
  }
  return task.is_leaked ? state + " (leaked)" : state;
}

// Unless the program has such a label.
void add_state(Labels& labels, const TaskView& task) {
  const auto at =
      std::ranges::lower_bound(labels, dump_label::kState, {}, &Labels::value_type::first);
  if (at != labels.end() && at->first == dump_label::kState) return;
  labels.emplace(at, dump_label::kState, state_of(task));
}

enum class WithStates : bool { No, Yes };

StackCounts count_stacks(Tasks which, WithStates with_states) {
  StackCounts counts;
  std::vector<std::uintptr_t> pcs;
  Labels labels;
  visit_tasks(WithStacks::Yes, [&](const TaskView& task) {
    if (which == Tasks::Leaked && !task.is_leaked) return;
    // Everything else is a return address: so is what looks like one.
    pcs.assign(task.pcs.begin(), task.pcs.end());
    if (task.is_interrupted && !pcs.empty()) ++pcs.front();
    labels = task.labels != nullptr ? task.labels->labels : Labels();
    if (with_states == WithStates::Yes) add_state(labels, task);
    counts.add(pcs, &labels);
  });
  return counts;
}

std::string_view name_of(Tasks which) {
  return which == Tasks::All ? "goroutine" : "goroutineleak";
}

void resolve_calls(std::span<const std::uintptr_t> pcs) {
  std::vector<std::uintptr_t> calls;
  for (const std::uintptr_t pc : pcs) calls.push_back(pc - 1);
  Symbolizer::get().resolve(calls);
}

// "7 [chan send (leaked), 2 minutes] {key: value}".
void append_header(std::string& out, const TaskView& task) {
  out += "goroutine " + std::to_string(task.id) + " [" + state_of(task);
  const std::int64_t minutes = task.waited_ns / kMinuteNs;
  if (task.state == TaskState::Waiting && minutes > 0) {
    out += ", " + std::to_string(minutes) + " minutes";
  }
  if (task.kind == TaskKind::Thread) out += ", locked to thread";
  out += ']';
}

// A word is quoted if it has more than letters, digits and "./_" in it.
void append_word(std::string& out, std::string_view word) {
  const bool is_plain = std::ranges::all_of(word, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '/' || c == '_';
  });
  out += is_plain ? std::string(word) : go_quoted(word);
}

void append_labels(std::string& out, const LabelSet* set) {
  if (set == nullptr || set->labels.empty()) return;
  out += " {";
  for (const auto& [key, value] : set->labels) {
    if (&key != &set->labels.front().first) out += ", ";
    append_word(out, key);
    out += ": ";
    append_word(out, value);
  }
  out += '}';
}

/// Writes tasks; remembers the texts of stacks, of which there are few.
class DumpWriter {
 public:
  void append(std::string& out, const TaskView& task) {
    append_header(out, task);
    append_labels(out, task.labels);
    out += ":\n";
    if (!task.has_stack) {
      out += "\tgoroutine running on other thread; stack unavailable\n";
    } else if (task.is_interrupted) {
      append_dump_frames(out, task.pcs, true);
    } else {
      out += frames_of(task.pcs);
    }
    append_creator(out, task.created_by, task.creator_id);
  }

 private:
  static constexpr std::size_t kMaxTexts = 10'000;

  const std::string& frames_of(std::span<const std::uintptr_t> pcs) {
    key_.assign(pcs.begin(), pcs.end());
    if (texts_.size() >= kMaxTexts && !texts_.contains(key_)) texts_.clear();
    const auto [known, is_new] = texts_.try_emplace(key_);
    if (is_new) append_dump_frames(known->second, pcs, false);
    return known->second;
  }

  struct Hash {
    std::size_t operator()(const std::vector<std::uintptr_t>& pcs) const {
      std::uint64_t hash = kHashSeed;
      for (const std::uintptr_t pc : pcs) hash = hash_mix(hash, pc);
      return hash;
    }
  };

  std::vector<std::uintptr_t> key_;
  std::unordered_map<std::vector<std::uintptr_t>, std::string, Hash> texts_;
};

// One that could not be looked at has no addresses; such a record is not read by pprof.
void append_record(std::string& text, std::span<const std::uintptr_t> pcs,
                   const StackCounts::Record& record) {
  constexpr std::uintptr_t kUnknown = 0;
  const auto shown = pcs.empty() ? std::span(&kUnknown, 1) : pcs;
  text += std::to_string(record.count) + ' ' + record_text(shown, record.labels) + '\n';
  if (pcs.empty()) {
    text += "#\t0x0\n\n";
  } else {
    append_record_frames(text, pcs, ShowAll::No);
  }
}

// All names at once, so that tasks are not looked at with long pauses in between.
void resolve_all() {
  StackCounts counts;
  std::unordered_set<std::uintptr_t> created_by;
  visit_tasks(WithStacks::Yes, [&](const TaskView& task) {
    counts.add(task.pcs, nullptr);
    if (task.created_by != 0) created_by.insert(task.created_by);
  });
  std::vector<std::uintptr_t> pcs(created_by.begin(), created_by.end());
  pcs.insert(pcs.end(), counts.all_pcs().begin(), counts.all_pcs().end());
  resolve_calls(pcs);
}

}  // namespace

Profile goroutine_profile(Tasks which) {
  const StackCounts counts = count_stacks(which, WithStates::No);
  ProfileBuilder builder(counts.all_pcs());
  builder.add_sample_type(name_of(which), "count");
  builder.set_period(name_of(which), "count", 1);
  for (const StackCounts::Record* const record : counts.sorted()) {
    const auto count = static_cast<std::int64_t>(record->count);
    builder.add(counts.pcs(*record), std::span(&count, 1), record->labels);
  }
  return builder.finish();
}

std::string goroutine_text(Tasks which, std::string_view note) {
  const StackCounts counts = count_stacks(which, WithStates::Yes);
  resolve_calls(counts.all_pcs());
  std::string text(name_of(which));
  text += " profile: total " + std::to_string(counts.total()) + '\n';
  if (!note.empty()) text.append("# ").append(note) += '\n';
  for (const StackCounts::Record* const record : counts.sorted()) {
    append_record(text, counts.pcs(*record), *record);
  }
  return align_with_tabs(text);
}

void write_goroutine_dump(const TextSink& sink) {
  resolve_all();
  std::string part;
  bool is_wanted = true;
  bool is_first = true;
  DumpWriter writer;
  visit_tasks(WithStacks::Yes, [&](const TaskView& task) {
    if (!is_wanted) return;
    if (!is_first) part += '\n';
    is_first = false;
    writer.append(part, task);
    // While threads are looked at, none may end: that is no time to wait for a reader.
    if (part.size() < kPartBytes || task.kind == TaskKind::Thread) return;
    is_wanted = sink(part);
    part.clear();
  });
  if (is_wanted && !part.empty()) sink(part);
}

}  // namespace plumb::rt::detail
