// SPDX-License-Identifier: Apache-2.0
#include "leak/group_table.h"

#include <algorithm>
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

// The first frame of the most telling owner there is: the user's own, else a third party's, else
// the first outside the runtime, else the first.
template <typename Iterator>
std::ptrdiff_t find_telling(const StackGroups& groups, Iterator begin, Iterator end) {
  const auto find = [&](const auto& is_wanted) {
    return std::find_if(begin, end, [&](StackFrameId id) {
      const StackFrame& frame = groups.frame(id);
      return !frame.is_elided && is_wanted(frame.owner);
    });
  };
  Iterator at = find([](FrameOwner owner) { return owner == FrameOwner::User; });
  if (at == end) at = find([](FrameOwner owner) { return owner == FrameOwner::ThirdParty; });
  if (at == end) at = find([](FrameOwner owner) { return owner != FrameOwner::Runtime; });
  if (at == end) at = find([](FrameOwner) { return true; });
  return at == end ? -1 : at - begin;
}

void find_places(const StackGroups& groups, StackGroup& group) {
  const auto stack = groups.stack(group);
  const std::ptrdiff_t blocked = find_telling(groups, stack.begin(), stack.end());
  if (blocked < 0) return;
  group.blocked = static_cast<StackIndex>(blocked);
  const std::ptrdiff_t from_root = find_telling(groups, stack.rbegin(), stack.rend());
  group.entry = static_cast<StackIndex>(std::ssize(stack) - 1 - from_root);
}

}  // namespace

StackFrameId GroupTable::intern_frame(StackFrame frame) {
  const auto next = static_cast<std::uint32_t>(out_.frames.size());
  const std::uint32_t row = frame_index_.find_or_add(
      hash_frame(frame), next,
      [&](std::uint32_t at) { return same_frame(out_.frames[at], frame); });
  if (row != next) return {row};
  const std::string_view function = out_.text(frame.function);
  frame.owner = find_owner(function, out_.text(frame.file));
  frame.is_hidden = is_hidden_runtime(function);
  out_.frames.push_back(frame);
  return {row};
}

std::uint64_t GroupTable::hash_stack(const GroupKey& key,
                                     std::span<const StackFrameId> stack) const {
  const std::uint64_t range = key.is_range ? (*key.is_range ? 2u : 1u) : 0u;
  const std::uint64_t kind = range << 1 | (key.state_source == StateSource::Inferred ? 1u : 0u);
  std::uint64_t hash =
      hash_mix(kHashSeed ^ kind, std::uint64_t{key.state.index} << 32 | key.creator.index);
  const bool all = is_all_hidden(stack);
  for (const StackFrameId id : stack) {
    if (all || !frame(id).is_hidden) hash = hash_mix(hash, id.index);
  }
  return hash;
}

bool GroupTable::is_all_hidden(std::span<const StackFrameId> stack) const {
  return std::ranges::all_of(stack, [&](StackFrameId id) { return frame(id).is_hidden; });
}

bool GroupTable::same_stack(std::span<const StackFrameId> a,
                            std::span<const StackFrameId> b) const {
  std::size_t i = 0;
  std::size_t j = 0;
  if (is_all_hidden(a)) return std::ranges::equal(a, b);
  for (;;) {
    while (i < a.size() && frame(a[i]).is_hidden) ++i;
    while (j < b.size() && frame(b[j]).is_hidden) ++j;
    if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
    if (a[i++] != b[j++]) return false;
  }
}

StackGroup& GroupTable::find_group(const GroupKey& key, std::span<const StackFrameId> stack) {
  const auto next = static_cast<std::uint32_t>(out_.groups.size());
  const auto equals = [&](std::uint32_t row) {
    const StackGroup& group = out_.groups[row];
    return group.state == key.state && group.state_source == key.state_source &&
           group.is_range == key.is_range && group.creator == key.creator &&
           same_stack(out_.stack(group), stack);
  };
  const std::uint32_t row = group_index_.find_or_add(hash_stack(key, stack), next, equals);
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

StackGroups GroupTable::finish() && {
  std::vector<bool> is_profiler(out_.frames.size());
  for (std::size_t i = 0; i < out_.frames.size(); ++i) {
    is_profiler[i] = is_profiler_function(out_.text(out_.frames[i].function));
  }
  for (StackGroup& group : out_.groups) {
    find_places(out_, group);
    group.is_profiler = std::ranges::any_of(out_.stack(group),
                                            [&](StackFrameId id) { return is_profiler[id.index]; });
    std::ranges::sort(group.labels, [&](const LabelCount& a, const LabelCount& b) {
      if (a.count != b.count) return a.count > b.count;
      if (a.key != b.key) return out_.text(a.key) < out_.text(b.key);
      return out_.text(a.value) < out_.text(b.value);
    });
  }
  return std::move(out_);
}

}  // namespace plumb
