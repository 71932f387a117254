// SPDX-License-Identifier: Apache-2.0
#include "base/string_pool.h"

#include <algorithm>
#include <cstring>

#include "base/hash.h"

namespace plumb {
namespace {

constexpr std::size_t kFirstBlockBytes = 4096;
constexpr std::size_t kBlockBytes = std::size_t{256} << 10;

}  // namespace

StringPool::StringPool() : strings_(1), slots_(64) {
  slots_[find_slot({})] = 1;  // The empty string, id 0.
}

StringPool::StringPool(const StringPool& other)
    : strings_(other.strings_),
      slots_(other.slots_),
      blocks_(other.blocks_),
      block_bytes_(other.block_bytes_) {}

StringId StringPool::intern(std::string_view text) {
  const std::size_t slot = find_slot(text);
  if (slots_[slot] != 0) return {slots_[slot] - 1};
  const auto index = static_cast<std::uint32_t>(strings_.size());
  strings_.push_back(store(text));
  slots_[slot] = index + 1;
  if (strings_.size() * 2 > slots_.size()) grow();
  return {index};
}

StringId StringPool::find(std::string_view text) const {
  const std::uint32_t slot = slots_[find_slot(text)];
  return {slot == 0 ? 0 : slot - 1};
}

std::size_t StringPool::memory_bytes() const {
  return block_bytes_ + strings_.capacity() * sizeof(std::string_view) +
         slots_.capacity() * sizeof(std::uint32_t);
}

std::size_t StringPool::find_slot(std::string_view text) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash_bytes(text) & mask;
  while (slots_[slot] != 0 && strings_[slots_[slot] - 1] != text) slot = (slot + 1) & mask;
  return slot;
}

void StringPool::grow() {
  slots_.assign(slots_.size() * 2, 0);
  for (std::uint32_t index = 0; index < strings_.size(); ++index) {
    slots_[find_slot(strings_[index])] = index + 1;
  }
}

std::string_view StringPool::store(std::string_view text) {
  if (text.empty()) return {};
  if (text.size() > free_bytes_) {
    const std::size_t wanted = blocks_.empty() ? kFirstBlockBytes : kBlockBytes;
    const std::size_t size = std::max(wanted, text.size());
    blocks_.emplace_back(std::make_unique_for_overwrite<char[]>(size));
    free_ = blocks_.back().get();
    free_bytes_ = size;
    block_bytes_ += size;
  }
  std::memcpy(free_, text.data(), text.size());
  const std::string_view stored(free_, text.size());
  free_ += text.size();
  free_bytes_ -= text.size();
  return stored;
}

}  // namespace plumb
