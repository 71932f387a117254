// SPDX-License-Identifier: Apache-2.0
#include "model/profile.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "base/parallel.h"
#include "base/window.h"
#include "model/stack_reader.h"

namespace plumb {

namespace {

constexpr std::uint64_t kDropped = UINT64_MAX;

using StackBytes = RawVector<std::uint8_t>;
using StackEditor = std::function<StackEdit(PackedStack, std::vector<LocationId>&)>;

// Edits the stacks at ascending places. `to` may be `from`: nothing is written where a stack still
// has to be read, because none grows.
class StackMover {
 public:
  StackMover(const std::uint8_t* from, std::uint8_t* to, const StackEditor& edit)
      : from_(from), to_(to), edit_(edit) {}

  // Replaces each of `starts` by the new place of its stack, or kDropped. The last stack ends at
  // `limit` or before. Returns the end of what is in use.
  std::uint64_t move_all(std::span<std::uint64_t> starts, std::uint64_t limit) {
    if (!starts.empty()) end_ = starts[0];
    for (std::size_t i = 0; i < starts.size();) {
      const std::uint64_t start = starts[i];
      std::size_t next = i + 1;
      while (next < starts.size() && starts[next] == start) ++next;
      const std::uint64_t moved = move(start, next < starts.size() ? starts[next] : limit);
      for (; i < next; ++i) starts[i] = moved;
    }
    return end_;
  }

 private:
  std::uint64_t move(std::uint64_t start, std::uint64_t limit) {
    const std::uint64_t moved = end_;
    edited_.clear();
    switch (edit_(PackedStack(from_ + start), edited_)) {
      case StackEdit::Keep:
        if (from_ + start != to_ + moved) std::memmove(to_ + moved, from_ + start, limit - start);
        end_ += limit - start;
        return moved;
      case StackEdit::Replace:
        put(edited_.size());
        for (const LocationId id : edited_) put(std::uint64_t{id.index} + 1);
        return moved;
      case StackEdit::Drop:
        break;
    }
    return kDropped;
  }

  void put(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) to_[end_++] = static_cast<std::uint8_t>(value | 0x80);
    to_[end_++] = static_cast<std::uint8_t>(value);
  }

  const std::uint8_t* from_;
  std::uint8_t* to_;
  const StackEditor& edit_;
  std::uint64_t end_ = 0;
  std::vector<LocationId> edited_;
};

// As StackMover::move_all() for all of `starts`, in two parts. Returns the size of `to` in use.
std::uint64_t move_stacks(std::span<std::uint64_t> starts, const StackBytes& from, StackBytes& to,
                          const StackEditor& edit) {
  std::size_t middle = starts.size() / 2;
  while (middle > 0 && starts[middle] == starts[middle - 1]) --middle;  // Shared stacks: one part.
  const std::uint64_t middle_start = middle < starts.size() ? starts[middle] : from.size();
  std::uint64_t end = 0;
  for_two_parts(middle, starts.size(), kSamplesWorthAThread,
                [&](std::size_t first, std::size_t last) {
                  StackMover mover(from.data(), to.data(), edit);
                  const bool is_second = last == starts.size();
                  const std::uint64_t used = mover.move_all(starts.subspan(first, last - first),
                                                            is_second ? from.size() : middle_start);
                  if (is_second) end = used;
                });
  return end;
}

// Writes stacks over those they replace. What does not fit in yet, because numbers have become
// longer, waits.
class StackRewriter {
 public:
  // `at`: where the first of the stacks starts, `to`: all of them.
  StackRewriter(StackBytes& to, std::uint64_t at) : to_(to), end_(at) {}

  // Where it will start. `limit`: to where `to` has been read.
  std::uint64_t write(std::span<const LocationId> stack, std::span<const std::uint32_t> numbers,
                      std::uint64_t limit) {
    const std::uint64_t start = end_ + (waiting_.size() - first_);
    const std::size_t size = waiting_.size();
    waiting_.resize(size + (stack.size() + 1) * kMaxVarintBytes);
    std::uint8_t* at = write_varint(waiting_.data() + size, stack.size());
    for (const LocationId id : stack) at = write_varint(at, std::uint64_t{numbers[id.index]} + 1);
    waiting_.resize(static_cast<std::size_t>(at - waiting_.data()));
    const std::size_t fits = std::min<std::size_t>(waiting_.size() - first_, limit - end_);
    std::memcpy(to_.data() + end_, waiting_.data() + first_, fits);
    end_ += fits;
    first_ += fits;
    if (first_ >= waiting_.size() - first_) forget_written();
    return start;
  }

  void finish() {
    to_.resize(end_);
    to_.append(std::span<const std::uint8_t>(waiting_).subspan(first_));
  }

 private:
  void forget_written() {
    const std::size_t left = waiting_.size() - first_;
    std::memmove(waiting_.data(), waiting_.data() + first_, left);
    waiting_.resize(left);
    first_ = 0;
  }

  StackBytes& to_;
  std::uint64_t end_;   // Of what is written.
  StackBytes waiting_;  // Of it, what is before first_ is written.
  std::size_t first_ = 0;
};

// Takes out the rows of `width` elements for which `kept` is 0.
template <typename T>
void keep_rows(CopyOnWrite<RawVector<T>>& table, std::size_t width,
               std::span<const std::uint8_t> kept, std::size_t kept_count) {
  RawVector<T> fresh;
  const bool in_place = table.is_only_owner();
  if (!in_place) fresh.resize(kept_count * width);
  const T* const from = table.read().data();
  T* to = in_place ? table.write().data() : fresh.data();
  for (std::size_t row = 0; row < kept.size(); ++row) {
    if (kept[row] == 0) continue;
    for (std::size_t i = 0; i < width; ++i) *to++ = from[row * width + i];
  }
  if (in_place) {
    table.write().resize(kept_count * width);
  } else {
    table.set(std::move(fresh));
  }
}

}  // namespace

void Profile::read_stack(std::size_t i, std::vector<LocationId>& stack) const {
  const std::uint8_t* at = stack_bytes_.read().data() + stack_starts_.read()[i];
  stack.resize(read_varint_trusted(at));
  for (LocationId& id : stack) {
    // Nearly all take one to three bytes.
    const std::uint32_t first = at[0];
    if (first < 0x80) {
      id.index = first - 1;
      ++at;
    } else if (at[1] < 0x80) {
      id.index = ((first & 0x7F) | std::uint32_t{at[1]} << 7) - 1;
      at += 2;
    } else if (at[2] < 0x80) {
      id.index = ((first & 0x7F) | (at[1] & 0x7FU) << 7 | std::uint32_t{at[2]} << 14) - 1;
      at += 3;
    } else {
      id.index = static_cast<std::uint32_t>(read_varint_trusted(at) - 1);
    }
  }
}

std::string_view Profile::stack_bytes_between(std::size_t begin, std::size_t end) const {
  const RawVector<std::uint64_t>& starts = stack_starts_.read();
  const StackBytes& bytes = stack_bytes_.read();
  if (bytes.size() - starts[end] < Window::kSlackBytes) return {};
  const char* const text = reinterpret_cast<const char*>(bytes.data());
  return {text + starts[begin], text + starts[end]};
}

LocationId Profile::add_location(Location location, std::span<const Line> lines_of_location) {
  location.first_line = static_cast<std::uint32_t>(lines.size());
  location.line_count = static_cast<std::uint32_t>(lines_of_location.size());
  lines.insert(lines.end(), lines_of_location.begin(), lines_of_location.end());
  locations.push_back(location);
  return {static_cast<std::uint32_t>(locations.size() - 1)};
}

std::uint64_t Profile::add_stack(std::span<const LocationId> stack) {
  StackBytes& bytes = stack_bytes_.write();
  const std::uint64_t key = bytes.size();
  append_varint(bytes, stack.size());
  for (const LocationId id : stack) append_varint(bytes, std::uint64_t{id.index} + 1);
  return key;
}

std::uint64_t Profile::add_packed_stack(std::uint64_t frame_count, std::string_view packed) {
  StackBytes& bytes = stack_bytes_.write();
  const std::uint64_t key = bytes.size();
  bytes.resize(key + kMaxVarintBytes + packed.size());
  std::uint8_t* const at = write_varint(bytes.data() + key, frame_count);
  if (!packed.empty()) std::memcpy(at, packed.data(), packed.size());
  bytes.resize(static_cast<std::size_t>(at - bytes.data()) + packed.size());
  return key;
}

void Profile::add_sample(std::uint64_t stack_key, std::span<const std::int64_t> values,
                         std::span<const Label> labels) {
  stack_starts_.write().push_back(stack_key);
  values_.write().append(values);
  if (labels.empty() && label_ends_.read().empty()) return;
  std::vector<Label>& all_labels = labels_.write();
  all_labels.insert(all_labels.end(), labels.begin(), labels.end());
  RawVector<std::uint64_t>& ends = label_ends_.write();
  if (ends.empty()) ends.assign(sample_count() - 1, 0);
  ends.push_back(all_labels.size());
}

SampleTable Profile::take_samples() {
  return {std::exchange(stack_bytes_.write(), {}), std::exchange(stack_starts_.write(), {}),
          std::exchange(values_.write(), {}), std::exchange(label_ends_.write(), {}),
          std::exchange(labels_.write(), {})};
}

void Profile::set_samples(SampleTable samples) {
  stack_bytes_.set(std::move(samples.stack_bytes));
  stack_starts_.set(std::move(samples.stack_starts));
  values_.set(std::move(samples.values));
  label_ends_.set(std::move(samples.label_ends));
  labels_.set(std::move(samples.labels));
}

bool Profile::remap_stacks(const std::function<std::uint32_t(std::uint64_t)>& map) {
  StackBytes bytes;
  bytes.reserve(stack_bytes_.read().size());
  std::unordered_map<std::uint64_t, std::uint64_t> moved;  // Shared stacks are rewritten once.
  for (std::uint64_t& start : stack_starts_.write()) {
    const auto [known, is_new] = moved.try_emplace(start, bytes.size());
    if (is_new) {
      const std::uint8_t* at = stack_bytes_.read().data() + start;
      std::uint64_t left = read_varint_trusted(at);
      append_varint(bytes, left);
      for (; left > 0; --left) {
        const std::uint32_t index = map(read_varint_trusted(at));
        if (index == kNone) return false;
        append_varint(bytes, std::uint64_t{index} + 1);
      }
    }
    start = known->second;
  }
  stack_bytes_.set(std::move(bytes));
  return true;
}

void Profile::renumber_locations(std::span<const std::uint32_t> numbers) {
  const RawVector<std::uint64_t>& read = stack_starts_.read();
  const bool is_in_order =
      std::ranges::adjacent_find(read, std::ranges::greater_equal()) == read.end();
  if (!is_in_order || read.empty()) {
    remap_stacks([&](std::uint64_t stored) { return numbers[stored - 1]; });
    return;
  }
  StackBytes& bytes = stack_bytes_.write();
  RawVector<std::uint64_t>& starts = stack_starts_.write();
  StackReader stacks(*this);  // Has decoded a stack before it is overwritten.
  StackRewriter rewriter(bytes, starts[0]);
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::span<const LocationId> stack = stacks.stack(i);
    const std::uint64_t limit = i + 1 < starts.size() ? starts[i + 1] : bytes.size();
    starts[i] = rewriter.write(stack, numbers, limit);
  }
  rewriter.finish();
}

void Profile::edit_stacks(const StackEditor& edit) {
  if (sample_count() == 0) return;
  RawVector<std::uint64_t>& starts = stack_starts_.write();
  StackBytes fresh;
  const bool in_place = stack_bytes_.is_only_owner();
  if (!in_place) fresh.resize(stack_bytes_.read().size());
  StackBytes& to = in_place ? stack_bytes_.write() : fresh;
  if (std::ranges::is_sorted(starts)) {
    to.resize(move_stacks(starts, stack_bytes_.read(), to, edit));
  } else {
    std::vector<std::uint64_t> before(starts.begin(), starts.end());
    std::ranges::sort(before);
    before.erase(std::unique(before.begin(), before.end()), before.end());
    std::vector<std::uint64_t> after = before;
    to.resize(move_stacks(after, stack_bytes_.read(), to, edit));
    for (std::uint64_t& start : starts) {
      start = after[std::ranges::lower_bound(before, start) - before.begin()];
    }
  }
  if (!in_place) stack_bytes_.set(std::move(fresh));
  std::vector<std::uint8_t> kept(starts.size());
  for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = starts[i] != kDropped;
  keep_samples(kept);
}

void Profile::extend_stacks(const std::function<void(std::size_t, std::vector<LocationId>&,
                                                     std::vector<LocationId>&)>& add) {
  StackBytes bytes;
  bytes.reserve(stack_bytes_.read().size() + 8 * sample_count());
  std::vector<LocationId> roots;
  std::vector<LocationId> leaves;
  RawVector<std::uint64_t>& starts = stack_starts_.write();
  for (std::size_t i = 0; i < starts.size(); ++i) {
    roots.clear();
    leaves.clear();
    add(i, roots, leaves);
    const PackedStack old = stack(i);
    starts[i] = bytes.size();
    append_varint(bytes, leaves.size() + old.size() + roots.size());
    for (const LocationId id : leaves) append_varint(bytes, std::uint64_t{id.index} + 1);
    bytes.append(old.bytes());
    for (const LocationId id : roots) append_varint(bytes, std::uint64_t{id.index} + 1);
  }
  stack_bytes_.set(std::move(bytes));
}

Profile Profile::copy_samples() const {
  Profile copy;
  copy.sample_types = sample_types;
  copy.stack_bytes_ = stack_bytes_;
  copy.stack_starts_ = stack_starts_;
  copy.values_ = values_;
  copy.label_ends_ = label_ends_;
  copy.labels_ = labels_;
  return copy;
}

void Profile::keep_samples(std::span<const std::uint8_t> kept) {
  const auto count = static_cast<std::size_t>(std::ranges::count_if(kept, std::identity()));
  if (count == kept.size()) return;
  keep_labels([&](std::size_t sample, const Label&) { return kept[sample] != 0; });
  if (!label_ends_.read().empty()) keep_rows(label_ends_, 1, kept, count);
  keep_rows(stack_starts_, 1, kept, count);
  keep_rows(values_, sample_types.size(), kept, count);
}

void Profile::select_sample_types(std::span<const std::size_t> chosen) {
  const std::size_t width = sample_types.size();
  std::vector<ValueType> types;
  for (const std::size_t type : chosen) types.push_back(sample_types[type]);
  RawVector<std::int64_t> values;
  values.reserve(sample_count() * chosen.size());
  for (std::size_t row = 0; row < sample_count(); ++row) {
    for (const std::size_t type : chosen) values.push_back(values_.read()[row * width + type]);
  }
  sample_types = std::move(types);
  values_.set(std::move(values));
}

void Profile::extend_labels(
    const std::function<void(std::size_t i, std::vector<Label>& more)>& add) {
  std::vector<Label> all;
  RawVector<std::uint64_t> ends;
  all.reserve(labels_.read().size() + sample_count());
  ends.reserve(sample_count());
  std::vector<Label> more;
  for (std::size_t i = 0; i < sample_count(); ++i) {
    const auto own = labels(i);
    all.insert(all.end(), own.begin(), own.end());
    more.clear();
    add(i, more);
    all.insert(all.end(), more.begin(), more.end());
    ends.push_back(all.size());
  }
  labels_.set(std::move(all));
  label_ends_.set(std::move(ends));
}

std::size_t Profile::memory_bytes() const {
  return strings.memory_bytes() + sample_types.capacity() * sizeof(ValueType) +
         mappings.capacity() * sizeof(Mapping) + locations.capacity() * sizeof(Location) +
         lines.capacity() * sizeof(Line) + functions.capacity() * sizeof(Function) +
         comments.capacity() * sizeof(StringId) + stack_bytes_.read().capacity() +
         stack_starts_.read().capacity() * sizeof(std::uint64_t) +
         values_.read().capacity() * sizeof(std::int64_t) +
         label_ends_.read().capacity() * sizeof(std::uint64_t) +
         labels_.read().capacity() * sizeof(Label) + mapping_numbers.memory_bytes() +
         function_numbers.memory_bytes() + location_numbers.memory_bytes();
}

}  // namespace plumb
