// SPDX-License-Identifier: Apache-2.0
#include "model/stack_reader.h"

#include <algorithm>
#include <cstring>

#include "base/packed_ids.h"
#include "base/varint.h"

namespace plumb {
namespace {

constexpr std::size_t kBlockBytes = 4096;  // Few enough for the ids to stay near the core.
constexpr std::size_t kMostBytes = 16 * kBlockBytes;  // Where little of it is of samples.
constexpr std::size_t kBlockSamples = 256;
// Where less than a quarter is of samples it is quicker to read one stack after the other.
constexpr std::size_t kSparseBlocks = 16;
constexpr std::size_t kWordBytes = 8;

// How many of the first `size` bytes at `at` end a varint. Requires: eight readable bytes; size
// <= 8.
std::uint32_t count_ends(const char* at, std::size_t size = kWordBytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  if (size < kWordBytes) word |= ~std::uint64_t{0} << 8 * size;  // These do not.
  return count_varint_ends(word);
}

}  // namespace

void StackReader::read_block(std::size_t begin) {
  block_begin_ = begin;
  const std::size_t end = end_of_block(begin);
  stacks_.assign(std::max(end, begin + 1) - begin, {.start = kAlone});
  if (end - begin < 2) return;
  if (sparse_blocks_left_ > 0) {
    --sparse_blocks_left_;
  } else if (!decode_block(end)) {
    std::ranges::fill(stacks_, Place{.start = kAlone});
  }
}

// The stacks of a block stand in memory in the order of their samples; that of sample `end` is
// behind them.
std::size_t StackReader::end_of_block(std::size_t begin) const {
  const std::size_t last = std::min(profile_.sample_count(), begin + kBlockSamples);
  const std::uint64_t first = profile_.stack_key(begin);
  std::size_t end = begin;
  std::uint64_t key = first;
  while (end + 1 < last && key < first + kBlockBytes) {
    const std::uint64_t next = profile_.stack_key(end + 1);
    if (next <= key || next > first + kMostBytes) break;
    key = next;
    ++end;
  }
  return end;
}

// Decodes all that is stored from the first stack of the block to that of sample `end`, and finds
// the stacks in it. False if what is no stack cannot be told from them.
bool StackReader::decode_block(std::size_t end) {
  const std::string_view bytes = profile_.stack_bytes_between(block_begin_, end);
  if (bytes.empty()) return false;
  if (ids_.size() < bytes.size() + kPackedIdsSlack) ids_.resize(bytes.size() + kPackedIdsSlack);
  std::uint32_t* const ids = &ids_.data()->index;
  const std::uint32_t* const ids_end = decode_packed_ids(bytes, ids);
  if (ids_end == nullptr) return false;
  const auto count = static_cast<std::size_t>(ids_end - ids);
  for (LocationId& id : std::span(ids_).first(count)) --id.index;
  count_varints(bytes);
  const std::uint64_t first_key = profile_.stack_key(block_begin_);
  std::size_t used = 0;
  for (std::size_t i = 0; i < stacks_.size(); ++i) {
    const std::size_t at = profile_.stack_key(block_begin_ + i) - first_key;
    const bool is_start = at == 0 || static_cast<std::uint8_t>(bytes[at - 1]) < 0x80;
    const std::uint32_t before = varints_before(bytes, at);
    const std::uint32_t size = ids_[before].index + 1;
    if (!is_start || size >= count - before) return false;
    stacks_[i] = {.start = before + 1, .size = size};
    used += size;
  }
  if (used < count / 4) sparse_blocks_left_ = kSparseBlocks;
  return true;
}

void StackReader::count_varints(std::string_view bytes) {
  counts_.resize(bytes.size() / kWordBytes + 1);
  std::uint32_t count = 0;
  const char* at = bytes.data();
  for (std::uint32_t& before : counts_) {
    before = count;
    count += count_ends(at);
    at += kWordBytes;
  }
}

std::uint32_t StackReader::varints_before(std::string_view bytes, std::size_t at) const {
  const std::size_t word = at / kWordBytes;
  return counts_[word] + count_ends(bytes.data() + word * kWordBytes, at % kWordBytes);
}

std::span<const LocationId> StackReader::read_alone(std::size_t i) {
  profile_.read_stack(i, alone_);
  return alone_;
}

}  // namespace plumb
