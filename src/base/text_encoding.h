// SPDX-License-Identifier: Apache-2.0
// Text in another encoding than plain UTF-8: with a byte order mark, or the UTF-16 that Windows
// consoles and shells write, with a mark (PowerShell's >) or without one (cmd /u, or what was cut
// off in front).

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/byte_source.h"
#include "base/result.h"

namespace plumb {

enum class TextEncoding : std::uint8_t {
  Plain,       ///< Nothing has to be done.
  MarkedUtf8,  ///< With a byte order mark.
  Utf16Le,
  Utf16Be,
};

/// Appends a code point; of what is none, some four bytes.
void append_utf8(std::string& text, std::uint32_t rune);

/// Tells the encoding of an input by its first bytes, and by their zeros if there is no mark.
TextEncoding find_text_encoding(std::string_view head);

/// Another source as UTF-8 without a mark. What is no UTF-16 becomes U+FFFD.
///
/// Errors of read(): those of the inner source.
class Utf8Source final : public ByteSource {
 public:
  /// `encoded` is owned from here on.
  Utf8Source(std::unique_ptr<ByteSource> encoded, TextEncoding encoding)
      : encoded_(std::move(encoded)), encoding_(encoding) {}

  Result<std::size_t> read(std::span<char> buffer) override;
  bool rewind() override;
  [[nodiscard]] bool can_rewind() const override { return encoded_->can_rewind(); }

 private:
  Result<bool> refill();
  void decode(std::string_view bytes);
  void add_unit(std::uint32_t unit);

  std::unique_ptr<ByteSource> encoded_;
  const TextEncoding encoding_;
  std::string text_;         // Decoded.
  std::size_t pos_ = 0;      // Of it, handed out.
  std::string odd_;          // The first byte of a unit that is not whole.
  std::uint32_t high_ = 0;   // The first half of a surrogate pair; 0: none.
  bool is_at_start_ = true;  // The mark may come.
  bool is_finished_ = false;
};

}  // namespace plumb
