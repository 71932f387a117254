// SPDX-License-Identifier: Apache-2.0
// Writer: where reports put their text. A report of gigabytes (`traces` of a large profile) streams
// through it in constant memory; tests collect it in a string.

#pragma once

#include <string>
#include <string_view>

namespace plumb {

/// Buffered output. Failures are remembered by the implementation and reported once, at the end, by
/// whoever made it: a report has nothing useful to do about a full disk.
class Writer {
 public:
  Writer() { buffer_.reserve(kFlushBytes + 4096); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  virtual ~Writer() = default;

  Writer& operator<<(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= kFlushBytes) flush();
    return *this;
  }

  /// Writes a large text without copying it into the buffer.
  void write_block(std::string_view text) {
    flush();
    write_through(text);
  }

  /// Hands the buffered text on.
  void flush() {
    write_through(buffer_);
    buffer_.clear();
  }

  /// True once nobody reads any more (a closed pipe, a full disk): long reports may stop.
  [[nodiscard]] virtual bool is_closed() const { return false; }

 protected:
  virtual void write_through(std::string_view text) = 0;

 private:
  static constexpr std::size_t kFlushBytes = std::size_t{64} << 10;
  std::string buffer_;
};

/// Collects everything in a string.
class StringWriter final : public Writer {
 public:
  /// The text so far.
  [[nodiscard]] const std::string& text() {
    flush();
    return text_;
  }

 private:
  void write_through(std::string_view text) override { text_ += text; }
  std::string text_;
};

}  // namespace plumb
