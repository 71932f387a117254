// SPDX-License-Identifier: Apache-2.0
// RewritingSource: another source, read as if it had been written in another way.

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"

namespace plumb {

/// Errors of read(): those of the inner source. Not thread-safe.
class RewritingSource : public ByteSource {
 public:
  /// `inner` must outlive this.
  explicit RewritingSource(ByteSource& inner) : inner_(inner) {}

  Result<std::size_t> read(std::span<char> buffer) final;
  bool rewind() final;
  [[nodiscard]] bool can_rewind() const final { return inner_.can_rewind(); }

 private:
  // Begins anew. False if an input that starts with `head` is left as it is.
  virtual bool begin(std::string_view head) = 0;
  // Appends to `out` what the next bytes of the input become, as far as they are complete.
  virtual void rewrite(std::string_view block, std::string& out) = 0;
  // Appends what is left at the end.
  virtual void finish(std::string& out) = 0;

  ByteSource& inner_;
  std::string text_;     // Rewritten.
  std::size_t pos_ = 0;  // Of it, handed out.
  bool has_begun_ = false;
  bool is_rewritten_ = false;
};

}  // namespace plumb
