// SPDX-License-Identifier: Apache-2.0
// Window: the bytes of a ByteSource as contiguous views, a block at a time, in constant memory.
//
//   Window window(source, Window::Mode::Threaded);
//   std::size_t keep = 0;
//   do {
//     TRY_ASSIGN(std::string_view view, window.advance(keep));  // Kept bytes, then a new block.
//     keep = view.size() - consume_whole_records(view, window.at_end());
//   } while (!window.at_end());
//
// A ring of blocks, each with room in front for what the reader kept of the one before, so that a
// record cut by a block's end is put together without moving the block. In threaded mode another
// thread runs the source (and so the inflation) ahead of the reader by up to three blocks; it is
// started only when the input does not fit the first block, and on more than one core.

#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "base/byte_source.h"
#include "base/page_buffer.h"
#include "base/result.h"

namespace plumb {

/// Not thread-safe: one reader. The source must outlive the window and not be touched meanwhile.
class Window {
 public:
  enum class Mode : std::uint8_t { Inline, Threaded };

  /// Bytes past the end of every view that may be read (not relied upon): vector loads need them.
  static constexpr std::size_t kSlackBytes = 128;
  static constexpr std::size_t kBlockBytes = std::size_t{512} << 10;

  explicit Window(ByteSource& source, Mode mode = Mode::Inline,
                  std::size_t block_bytes = kBlockBytes);
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  ~Window();

  /// Returns the last `keep` bytes of the previous view followed by the next block. The previous
  /// view is invalid from then on. At the end of the source the view has only the kept bytes.
  ///
  /// The bytes of the view may be written to. Complexity: O(keep + block).
  /// Errors: as ByteSource::read().
  Result<std::string_view> advance(std::size_t keep);

  /// True once the last view reaches the end of the source.
  [[nodiscard]] bool at_end() const { return at_end_; }

  /// Offset in the source of the first byte of the last view.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }

 private:
  static constexpr std::size_t kRoomBytes = std::size_t{64} << 10;
  static constexpr std::size_t kRingSize = 4;

  struct Block {
    PageBuffer memory;  // kRoomBytes, the block, kSlackBytes.
    std::size_t size = 0;
    bool last = false;
    Result<std::size_t> status = std::size_t{0};
  };

  void fill(Block& block);
  void run_ahead();
  Block& take_next_block();
  std::string_view assemble(std::string_view kept, Block& block);

  ByteSource& source_;
  const Mode mode_;
  const std::size_t block_bytes_;
  std::vector<char> spill_;  // Holds the view when the kept bytes do not fit the room.
  std::string_view view_;    // Views a block or spill_.
  std::uint64_t offset_ = 0;
  bool at_end_ = false;

  Block ring_[kRingSize];
  std::uint64_t taken_ = 0;  // Blocks handed to the reader.

  // Shared with the thread, under mutex_.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t filled_ = 0;    // Blocks completed.
  std::uint64_t released_ = 0;  // Blocks the reader has no more use for.
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace plumb
