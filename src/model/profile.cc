// SPDX-License-Identifier: Apache-2.0
#include "model/profile.h"

#include <unordered_map>

#include "base/varint.h"

namespace plumb {

namespace {

void unpack_stack(const std::uint8_t* at, std::vector<LocationId>& stack) {
  const std::uint64_t count = read_varint_trusted(at);
  stack.resize(count);
  for (LocationId& id : stack) {
    id.index = static_cast<std::uint32_t>(read_varint_trusted(at) - 1);
  }
}

}  // namespace

void Profile::read_stack(std::size_t i, std::vector<LocationId>& stack) const {
  unpack_stack(stack_bytes_.data() + stack_starts_[i], stack);
}

LocationId Profile::add_location(Location location, std::span<const Line> lines_of_location) {
  location.first_line = static_cast<std::uint32_t>(lines.size());
  location.line_count = static_cast<std::uint32_t>(lines_of_location.size());
  lines.insert(lines.end(), lines_of_location.begin(), lines_of_location.end());
  locations.push_back(location);
  return {static_cast<std::uint32_t>(locations.size() - 1)};
}

std::uint64_t Profile::add_stack(std::span<const LocationId> stack) {
  const std::uint64_t key = stack_bytes_.size();
  append_varint(stack_bytes_, stack.size());
  for (const LocationId id : stack) append_varint(stack_bytes_, std::uint64_t{id.index} + 1);
  return key;
}

std::uint64_t Profile::add_packed_stack(std::uint64_t frame_count, std::string_view packed) {
  const std::uint64_t key = stack_bytes_.size();
  append_varint(stack_bytes_, frame_count);
  stack_bytes_.insert(stack_bytes_.end(), packed.begin(), packed.end());
  return key;
}

void Profile::add_sample(std::uint64_t stack_key, std::span<const std::int64_t> values,
                         std::span<const Label> labels) {
  stack_starts_.push_back(stack_key);
  values_.insert(values_.end(), values.begin(), values.end());
  labels_.insert(labels_.end(), labels.begin(), labels.end());
  label_ends_.push_back(labels_.size());
}

bool Profile::remap_stacks(const std::function<std::uint32_t(std::uint64_t)>& map) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(stack_bytes_.size());
  std::unordered_map<std::uint64_t, std::uint64_t> moved;  // Shared stacks are rewritten once.
  for (std::uint64_t& start : stack_starts_) {
    const auto [known, is_new] = moved.try_emplace(start, bytes.size());
    if (is_new) {
      const std::uint8_t* at = stack_bytes_.data() + start;
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
  stack_bytes_ = std::move(bytes);
  return true;
}

void Profile::rewrite_stacks(const std::function<void(std::vector<LocationId>&)>& rewrite) {
  std::vector<std::uint8_t> old_bytes;
  old_bytes.swap(stack_bytes_);
  stack_bytes_.reserve(old_bytes.size());
  std::unordered_map<std::uint64_t, std::uint64_t> moved;
  std::vector<LocationId> stack;
  for (std::uint64_t& start : stack_starts_) {
    const auto [known, is_new] = moved.try_emplace(start, stack_bytes_.size());
    if (is_new) {
      unpack_stack(old_bytes.data() + start, stack);
      rewrite(stack);
      add_stack(stack);
    }
    start = known->second;
  }
}

void Profile::keep_sample_types(const std::vector<bool>& kept) {
  const std::size_t width = kept.size();
  std::size_t out = 0;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (kept[i % width]) values_[out++] = values_[i];
  }
  values_.resize(out);
  std::size_t i = 0;
  std::erase_if(sample_types, [&](const ValueType&) { return !kept[i++]; });
}

std::size_t Profile::memory_bytes() const {
  return strings.memory_bytes() + sample_types.capacity() * sizeof(ValueType) +
         mappings.capacity() * sizeof(Mapping) + locations.capacity() * sizeof(Location) +
         lines.capacity() * sizeof(Line) + functions.capacity() * sizeof(Function) +
         comments.capacity() * sizeof(StringId) + stack_bytes_.capacity() +
         stack_starts_.capacity() * sizeof(std::uint64_t) +
         values_.capacity() * sizeof(std::int64_t) +
         label_ends_.capacity() * sizeof(std::uint64_t) + labels_.capacity() * sizeof(Label);
}

}  // namespace plumb
