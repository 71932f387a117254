// SPDX-License-Identifier: Apache-2.0
#include "base/string_pool.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/hash.h"

namespace plumb {
namespace {

constexpr std::size_t kFirstBlockBytes = 4096;
constexpr std::size_t kBlockBytes = std::size_t{256} << 10;

std::uint32_t hash_of(std::string_view text) {
  return static_cast<std::uint32_t>(hash_bytes(text));
}

}  // namespace

StringPool::StringPool() : slots_(64) {
  intern({});  // Id 0.
}

StringPool::StringPool(const StringPool& other)
    : strings_(other.strings_),
      slots_(other.slots_),
      blocks_(other.blocks_),
      block_bytes_(other.block_bytes_) {}

StringId StringPool::intern(std::string_view text) {
  const std::uint32_t hash = hash_of(text);
  std::uint32_t& slot = slots_[find_slot(text, hash)];
  if (slot != 0) return {slot - 1};
  const auto index = static_cast<std::uint32_t>(strings_.size());
  strings_.push_back({store(text), static_cast<std::uint32_t>(text.size()), hash});
  slot = index + 1;
  if (strings_.size() * 2 > slots_.size()) grow();
  return {index};
}

StringId StringPool::find(std::string_view text) const {
  const std::uint32_t slot = slots_[find_slot(text, hash_of(text))];
  return {slot == 0 ? 0 : slot - 1};
}

std::size_t StringPool::memory_bytes() const {
  return block_bytes_ + strings_.capacity() * sizeof(Stored) +
         slots_.capacity() * sizeof(std::uint32_t);
}

std::size_t StringPool::find_slot(std::string_view text, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const std::uint32_t slot = slots_[at];
    if (slot == 0) return at;
    const Stored& stored = strings_[slot - 1];
    if (stored.hash == hash && stored.view() == text) return at;
  }
}

void StringPool::grow() {
  slots_.assign(slots_.size() * 2, 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t index = 0; index < strings_.size(); ++index) {
    std::size_t at = strings_[index].hash & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = index + 1;
  }
}

const char* StringPool::store(std::string_view text) {
  if (text.empty()) return nullptr;
  if (text.size() > free_bytes_) {
    const std::size_t wanted = blocks_.empty() ? kFirstBlockBytes : kBlockBytes;
    const std::size_t size = std::max(wanted, text.size());
    blocks_.emplace_back(std::make_unique_for_overwrite<char[]>(size));
    free_ = blocks_.back().get();
    free_bytes_ = size;
    block_bytes_ += size;
  }
  std::memcpy(free_, text.data(), text.size());
  free_bytes_ -= text.size();
  return std::exchange(free_, free_ + text.size());
}

}  // namespace plumb
