// SPDX-License-Identifier: Apache-2.0
// ByteSource: where a reader gets its bytes, a block at a time.
//
// Readers of large inputs are written against this interface, so that they neither know nor care
// whether the bytes come from a file, a socket, memory, or through inflation on another thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plumb {

/// A stream of bytes. Not thread-safe.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  /// Fills the front of `buffer` and returns the number of bytes, at least 1; 0 only at the end.
  ///
  /// Errors: Io; of an inflating source also Truncated, Malformed and LimitExceeded.
  virtual Result<std::size_t> read(std::span<char> buffer) = 0;

  /// Starts again from the first byte. False if this source can be read only once (a pipe).
  virtual bool rewind() { return false; }

  /// Whether rewind() is going to work.
  [[nodiscard]] virtual bool can_rewind() const { return false; }
};

/// Reads from memory that outlives the source.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}
  Result<std::size_t> read(std::span<char> buffer) override;
  bool rewind() override;
  [[nodiscard]] bool can_rewind() const override { return true; }

 private:
  std::string_view bytes_;  // Borrowed.
  std::size_t pos_ = 0;
};

/// Reads from memory that it owns.
class OwnedSource final : public ByteSource {
 public:
  explicit OwnedSource(std::string bytes) : bytes_(std::move(bytes)), view_(bytes_) {}
  Result<std::size_t> read(std::span<char> buffer) override { return view_.read(buffer); }
  bool rewind() override { return view_.rewind(); }
  [[nodiscard]] bool can_rewind() const override { return true; }

 private:
  std::string bytes_;
  MemorySource view_;
};

/// Reads a file descriptor that it owns (a file, or standard input).
class FileSource final : public ByteSource {
 public:
  /// Opens `path` for reading. Errors: NotFound, Io.
  static Result<std::unique_ptr<FileSource>> open(const std::string& path);
  /// Takes over `descriptor`.
  explicit FileSource(int descriptor) : descriptor_(descriptor) {}
  ~FileSource() override;

  Result<std::size_t> read(std::span<char> buffer) override;
  bool rewind() override;
  [[nodiscard]] bool can_rewind() const override;

 private:
  int descriptor_;
};

/// Puts bytes that were already read back in front of the rest of `source`.
class ReplaySource final : public ByteSource {
 public:
  ReplaySource(std::string head, std::unique_ptr<ByteSource> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}
  Result<std::size_t> read(std::span<char> buffer) override;
  bool rewind() override;
  [[nodiscard]] bool can_rewind() const override { return rest_->can_rewind(); }

 private:
  std::string head_;
  std::size_t pos_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

/// Reads `source` to its end. Errors: as read(); LimitExceeded beyond `limit` bytes.
Result<std::string> read_all(ByteSource& source, std::uint64_t limit);

}  // namespace plumb
