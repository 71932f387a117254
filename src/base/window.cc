// SPDX-License-Identifier: Apache-2.0
#include "base/window.h"

#include <cstring>
#include <utility>

#include "base/cpu.h"

namespace plumb {

Window::Window(ByteSource& source, Mode mode, std::size_t block_bytes)
    : source_(source), mode_(has_two_cores() ? mode : Mode::Inline), block_bytes_(block_bytes) {}

Window::~Window() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Result<std::string_view> Window::advance(std::size_t keep) {
  const std::string_view kept = view_.substr(view_.size() - keep);
  offset_ += view_.size() - keep;
  if (at_end_) return view_ = kept;
  Block& block = take_next_block();
  if (!block.status) return block.status.error();
  at_end_ = block.last;
  return view_ = assemble(kept, block);
}

// Puts `kept` in front of the block: into its room if it fits, else both into spill_.
std::string_view Window::assemble(std::string_view kept, Block& block) {
  char* const begin = block.memory.get() + kRoomBytes;
  if (kept.size() <= kRoomBytes) {
    if (!kept.empty()) std::memcpy(begin - kept.size(), kept.data(), kept.size());
    return {begin - kept.size(), kept.size() + block.size};
  }
  std::vector<char> joined;
  const bool in_place =
      kept.data() >= spill_.data() && kept.data() + kept.size() <= spill_.data() + spill_.size();
  if (in_place) {  // A record longer than several blocks: grow what is there.
    const auto start = static_cast<std::size_t>(kept.data() - spill_.data());
    joined = std::move(spill_);
    joined.erase(joined.begin(), joined.begin() + static_cast<std::ptrdiff_t>(start));
    joined.resize(kept.size());
  } else {
    joined.assign(kept.begin(), kept.end());
  }
  joined.insert(joined.end(), begin, begin + block.size);
  const std::size_t size = joined.size();
  joined.resize(size + kSlackBytes);
  spill_ = std::move(joined);
  return {spill_.data(), size};
}

void Window::fill(Block& block) {
  if (!block.memory) {
    block.memory = make_page_buffer(kRoomBytes + block_bytes_ + kSlackBytes);
    std::memset(block.memory.get() + kRoomBytes + block_bytes_, 0, kSlackBytes);
  }
  block.size = 0;
  char* const begin = block.memory.get() + kRoomBytes;
  while (block.size < block_bytes_) {
    block.status = source_.read(std::span(begin + block.size, block_bytes_ - block.size));
    if (!block.status) return;
    if (*block.status == 0) break;
    block.size += *block.status;
  }
  block.last = block.size < block_bytes_;
  if (block.last) std::memset(begin + block.size, 0, kSlackBytes);
}

// Blocks are used in turn; the one before the current keeps the kept bytes alive while they are
// copied, so the thread may fill at most kRingSize - 2 blocks ahead of the current one.
Window::Block& Window::take_next_block() {
  Block& block = ring_[taken_++ % kRingSize];
  if (mode_ == Mode::Inline || taken_ == 1) {
    fill(block);
    if (mode_ == Mode::Threaded && block.status.has_value() && !block.last) {
      filled_ = 1;
      thread_ = std::thread([this] { run_ahead(); });
    }
    return block;
  }
  std::unique_lock lock(mutex_);
  released_ = taken_ >= 2 ? taken_ - 2 : 0;
  changed_.notify_all();
  changed_.wait(lock, [this] { return filled_ >= taken_; });
  return block;
}

void Window::run_ahead() {
  for (std::uint64_t index = 1;; ++index) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stop_ || index < released_ + kRingSize; });
      if (stop_) return;
    }
    Block& block = ring_[index % kRingSize];
    fill(block);
    const bool ended = !block.status.has_value() || block.last;
    {
      const std::lock_guard lock(mutex_);
      filled_ = index + 1;
    }
    changed_.notify_all();
    if (ended) return;
  }
}

}  // namespace plumb
