// SPDX-License-Identifier: Apache-2.0
#include "leak/group_table.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/checked.h"
#include "base/hash.h"

namespace plumb {
namespace {

bool same_frame(const StackFrame& a, const StackFrame& b) {
  return a.function == b.function && a.file == b.file && a.line == b.line &&
         a.address == b.address && a.elided == b.elided && a.is_elided == b.is_elided;
}

std::uint64_t hash_frame(const StackFrame& frame) {
  std::uint64_t hash = hash_mix(kHashSeed ^ (frame.is_elided ? 1u : 0u),
                                std::uint64_t{frame.function.index} << 32 | frame.file.index);
  hash = hash_mix(hash, static_cast<std::uint64_t>(frame.line) ^ frame.elided);
  return hash_mix(hash, frame.address);
}

std::uint64_t hash_group(const GroupKey& key, std::span<const StackFrameId> stack) {
  const std::uint64_t range = key.is_range ? (*key.is_range ? 2u : 1u) : 0u;
  const std::uint64_t kind = range << 1 | (key.state_source == StateSource::Inferred ? 1u : 0u);
  const std::uint64_t hash =
      hash_mix(kHashSeed ^ kind, std::uint64_t{key.state.index} << 32 | key.creator.index);
  static_assert(sizeof(StackFrameId) == sizeof(std::uint32_t));
  const auto* bytes = reinterpret_cast<const char*>(stack.data());
  return hash_bytes({bytes, stack.size_bytes()}, hash);
}

// How much a frame tells a person who looks for the place in their own code; 0: most.
int rank_of(const StackFrame& frame) {
  switch (frame.owner) {
    case FrameOwner::User:
      return 0;
    case FrameOwner::ThirdParty:
      return 1;
    case FrameOwner::Standard:
      return 2;
    case FrameOwner::Native:
    case FrameOwner::Runtime:
      break;
  }
  return frame.is_plumbing ? 4 : 3;
}

// The first frame that tells most, or -1.
template <typename Iterator>
std::ptrdiff_t find_telling(const StackGroups& groups, Iterator begin, Iterator end) {
  std::ptrdiff_t best = -1;
  int best_rank = std::numeric_limits<int>::max();
  for (Iterator at = begin; at != end && best_rank > 0; ++at) {
    const StackFrame& frame = groups.frame(*at);
    if (frame.is_elided) continue;
    const int rank = rank_of(frame);
    if (rank >= best_rank) continue;
    best = at - begin;
    best_rank = rank;
  }
  return best;
}

void find_places(const StackGroups& groups, StackGroup& group) {
  const auto stack = groups.stack(group);
  const std::ptrdiff_t blocked = find_telling(groups, stack.begin(), stack.end());
  if (blocked < 0) return;
  group.blocked = static_cast<StackIndex>(blocked);
  const std::ptrdiff_t from_root = find_telling(groups, stack.rbegin(), stack.rend());
  group.entry = static_cast<StackIndex>(std::ssize(stack) - 1 - from_root);
  // Of a stack that is all the library's, what the program called tells more than where that parks,
  // or which system call that makes.
  const StackFrame& frame = groups.frame(group, group.blocked);
  const std::string_view function = groups.text(frame.function);
  const bool is_cxx = frame.is_plumbing && is_of_cxx_runtime(function, groups.text(frame.file));
  if (is_cxx || function.starts_with("syscall.")) group.blocked = group.entry;
}

}  // namespace

StackFrameId GroupTable::intern_frame(StackFrame frame) {
  const auto next = static_cast<std::uint32_t>(out_.frames.size());
  const std::uint32_t row = frame_index_.find_or_add(
      hash_frame(frame), next,
      [&](std::uint32_t at) { return same_frame(out_.frames[at], frame); });
  if (row != next) return {row};
  const std::string_view function = out_.text(frame.function);
  const std::string_view file = out_.text(frame.file);
  const bool is_cxx = is_of_cxx_runtime(function, file);
  frame.owner = find_owner(function, file);
  frame.is_hidden = is_hidden_in_dumps(function) || is_cxx;
  frame.is_plumbing = is_plumbing(function) || is_cxx;
  out_.frames.push_back(frame);
  out_.has_elided_frames |= frame.is_elided;
  is_hidden_.push_back(frame.is_hidden ? 1 : 0);
  return {row};
}

// All of a stack of which nothing is visible.
void GroupTable::find_visible(std::span<const StackFrameId> stack) {
  visible_.resize(stack.size());
  std::size_t count = 0;
  for (const StackFrameId id : stack) {
    visible_[count] = id;
    count += 1u - is_hidden_[id.index];
  }
  visible_.resize(count);
  if (visible_.empty()) visible_.assign(stack.begin(), stack.end());
}

bool GroupTable::is_visible_part(std::span<const StackFrameId> stack) const {
  if (!visible_.empty() && is_hidden_[visible_.front().index] != 0) {
    return std::ranges::equal(stack, visible_);
  }
  std::size_t matched = 0;
  for (const StackFrameId id : stack) {
    if (is_hidden_[id.index] != 0) continue;
    if (matched == visible_.size() || visible_[matched] != id) return false;
    ++matched;
  }
  return matched == visible_.size();
}

StackGroup& GroupTable::find_group(GroupKey key, std::span<const StackFrameId> stack) {
  if (compares_stacks_only_) {
    key.state_source = StateSource::Read;
    key.is_range.reset();
    key.creator = StackFrameId{kNone};
  }
  find_visible(stack);
  const auto equals = [&](std::uint32_t row) {
    const StackGroup& group = out_.groups[row];
    return group.state == key.state && group.state_source == key.state_source &&
           group.is_range == key.is_range && group.creator == key.creator &&
           is_visible_part(out_.stack(group));
  };
  const auto next = static_cast<std::uint32_t>(out_.groups.size());
  const std::uint32_t row = group_index_.find_or_add(hash_group(key, visible_), next, equals);
  if (row != next) return out_.groups[row];
  StackGroup& group = out_.groups.emplace_back();
  group.state = key.state;
  group.state_source = key.state_source;
  group.is_range = key.is_range;
  group.creator = key.creator;
  group.first_frame = out_.stacks.size();
  group.frame_count = static_cast<std::uint32_t>(stack.size());
  out_.stacks.insert(out_.stacks.end(), stack.begin(), stack.end());
  return group;
}

void GroupTable::add_label(StackGroup& group, StringId key, StringId value, std::int64_t count) {
  for (LabelCount& label : group.labels) {
    if (label.key != key || label.value != value) continue;
    label.count = add_saturating(label.count, count);
    return;
  }
  if (group.labels.size() < kMaxGroupLabels) {
    group.labels.push_back({key, value, count});
  } else {
    group.more_labels = add_saturating(group.more_labels, count);
  }
}

void GroupTable::add_goroutines(std::int64_t count) {
  out_.goroutine_count = add_saturating(out_.goroutine_count, count);
}

void GroupTable::start_snapshot() {
  out_.goroutine_count = 0;
  for (StackGroup& group : out_.groups) {
    group.count = group.leaked = group.locked = group.bubbled = group.more_labels = 0;
    group.waits = {};
    group.labels.clear();
    group.has_many_creators = false;
  }
}

GroupTable::Counts GroupTable::set_aside() {
  Counts counts{out_.groups, out_.goroutine_count};
  start_snapshot();
  return counts;
}

void GroupTable::put_back(Counts counts) {
  start_snapshot();
  out_.goroutine_count = counts.goroutines;
  std::ranges::move(counts.groups, out_.groups.begin());
}

StackGroups GroupTable::finish() && {
  for (StackGroup& group : out_.groups) {
    find_places(out_, group);
    std::ranges::sort(group.labels, [&](const LabelCount& a, const LabelCount& b) {
      if (a.count != b.count) return a.count > b.count;
      if (a.key != b.key) return out_.text(a.key) < out_.text(b.key);
      return out_.text(a.value) < out_.text(b.value);
    });
  }
  return std::move(out_);
}

}  // namespace plumb
