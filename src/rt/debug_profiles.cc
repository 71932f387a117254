// SPDX-License-Identifier: Apache-2.0
#include "rt/debug_profiles.h"

#include <plumb/rt/go.h>
#include <plumb/rt/leak.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/strings.h"
#include "rt/contention.h"
#include "rt/heap_profile.h"
#include "rt/profile_builder.h"
#include "rt/stack_text.h"
#include "rt/tab_align.h"
#include "rt/threads.h"

namespace plumb::rt::detail {
namespace {

// The goroutine profiles.

void write_goroutines(int debug, const TextSink& sink) {
  if (debug >= 2) return write_goroutine_dump(sink);
  sink(goroutine_text(Tasks::All));
}

// Empty, or a sentence for who reads the profile: it has only what was proved before, then.
std::string scan_for_profile() {
  std::string error;
  return find_leaks(&error) >= 0 ? "" : "no scan: " + error;
}

Profile take_leaks() {
  const std::string note = scan_for_profile();
  Profile profile = goroutine_profile(Tasks::Leaked);
  if (!note.empty()) profile.comments.push_back(profile.strings.intern(note));
  return profile;
}

// The note stands where readers pass over it: as a comment, and as what a program has printed.
void write_leaks(int debug, const TextSink& sink) {
  const std::string note = scan_for_profile();
  if (debug < 2) {
    sink(goroutine_text(Tasks::Leaked, note));
  } else if (note.empty() || sink(note + "\n\n")) {
    write_goroutine_dump(sink);
  }
}

// Threads: those that the library has made have a stack, the others do not.

StackCounts count_threads() {
  StackCounts counts;
  for (const auto& stack : created_threads()) counts.add(stack, nullptr);
  const std::size_t all = thread_ids().size();
  while (counts.total() < all) counts.add({}, nullptr);
  return counts;
}

Profile take_threads() {
  const StackCounts counts = count_threads();
  ProfileBuilder builder(counts.all_pcs());
  builder.add_sample_type("threadcreate", "count");
  builder.set_period("threadcreate", "count", 1);
  for (const StackCounts::Record* const record : counts.sorted()) {
    const auto count = static_cast<std::int64_t>(record->count);
    builder.add(counts.pcs(*record), std::span(&count, 1), record->labels);
  }
  return builder.finish();
}

void write_threads(int, const TextSink& sink) {
  const StackCounts counts = count_threads();
  std::string text = "threadcreate profile: total " + std::to_string(counts.total()) + '\n';
  for (const StackCounts::Record* const record : counts.sorted()) {
    // A record without addresses is not read by pprof; Go writes 0x0.
    const std::span<const std::uintptr_t> pcs = counts.pcs(*record);
    text += std::to_string(record->count) + ' ' +
            (pcs.empty() ? "@ 0x0" : record_text(pcs, record->labels)) + '\n';
    if (pcs.empty()) {
      text += "#\t0x0\n\n";
    } else {
      append_record_frames(text, pcs, ShowAll::No);
    }
  }
  sink(align_with_tabs(text));
}

// Contention. One cycle is a nanosecond.

template <ContentionKind kKind>
std::size_t count_contention() {
  return list_contention(kKind).size();
}

template <ContentionKind kKind>
Profile take_contention() {
  const std::vector<Contention> list = list_contention(kKind);
  std::vector<std::uintptr_t> pcs;
  for (const Contention& one : list) pcs.insert(pcs.end(), one.pcs.begin(), one.pcs.end());
  ProfileBuilder builder(pcs, HiddenLeaf::Internals);
  builder.add_sample_type("contentions", "count");
  builder.add_sample_type("delay", "nanoseconds");
  builder.set_period("contentions", "count", 1);
  for (const Contention& one : list) {
    const std::array<std::int64_t, 2> values = {std::llround(one.count),
                                                std::llround(one.delay_ns)};
    builder.add(one.pcs, values, {});
  }
  return builder.finish();
}

template <ContentionKind kKind>
void write_contention(int, const TextSink& sink) {
  std::string text = kKind == ContentionKind::Block ? "--- contention:\n" : "--- mutex:\n";
  text += "cycles/second=1000000000\n";
  if (kKind == ContentionKind::Mutex) {
    text += "sampling period=" + std::to_string(mutex_profile_fraction.load()) + '\n';
  }
  for (const Contention& one : list_contention(kKind)) {
    const auto pcs = std::span(one.pcs).subspan(cut_leaf(one.pcs, HiddenLeaf::Internals).calls);
    text += std::to_string(std::llround(one.delay_ns)) + ' ' +
            std::to_string(std::llround(one.count)) + ' ' + record_text(pcs, {}) + '\n';
    append_record_frames(text, pcs, ShowAll::Yes);
  }
  sink(align_with_tabs(text));
}

// The heap.

template <bool kAllocs>
Profile take_heap() {
  return heap_profile(kAllocs ? "alloc_space" : "");
}

void write_heap(int, const TextSink& sink) {
  sink(heap_text());
}

constexpr std::array<NamedProfile, 7> kProfiles = {{
    {"allocs", "A sampling of all past memory allocations", heap_record_count, take_heap<true>,
     write_heap},
    {"block", "Stack traces that led to blocking on synchronization primitives",
     count_contention<ContentionKind::Block>, take_contention<ContentionKind::Block>,
     write_contention<ContentionKind::Block>},
    {"goroutine",
     "Stack traces of all current goroutines. Use debug=2 as a query parameter to export in the "
     "same format as an unrecovered panic.",
     task_count_unattached, [] { return goroutine_profile(Tasks::All); }, write_goroutines},
    {"goroutineleak",
     "Stack traces of all leaked goroutines. Use debug=2 as a query parameter to export in the "
     "same format as an unrecovered panic.",
     leak_count, take_leaks, write_leaks},
    {"heap",
     "A sampling of memory allocations of live objects. You can specify the gc GET parameter to "
     "run GC before taking the heap sample.",
     heap_record_count, take_heap<false>, write_heap},
    {"mutex", "Stack traces of holders of contended mutexes",
     count_contention<ContentionKind::Mutex>, take_contention<ContentionKind::Mutex>,
     write_contention<ContentionKind::Mutex>},
    {"threadcreate", "Stack traces that led to the creation of new OS threads",
     [] { return thread_ids().size(); }, take_threads, write_threads},
}};

}  // namespace

std::span<const NamedProfile> named_profiles() {
  return kProfiles;
}

const NamedProfile* find_profile(std::string_view name) {
  const auto* const found = std::ranges::find(kProfiles, name, &NamedProfile::name);
  return found != kProfiles.end() ? found : nullptr;
}

}  // namespace plumb::rt::detail
