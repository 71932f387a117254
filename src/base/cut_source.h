// SPDX-License-Identifier: Apache-2.0
// CutSource: an input that breaks off, as one that ends there.

#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "base/byte_source.h"
#include "base/result.h"

namespace plumb {

/// Takes a source that breaks off (a cut gzip file, a server that dies) for one that ends there,
/// and remembers why. Other errors stay errors.
class CutSource final : public ByteSource {
 public:
  /// `inner` must outlive this.
  explicit CutSource(ByteSource& inner) : inner_(inner) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    if (reason_) return std::size_t{0};
    Result<std::size_t> count = inner_.read(buffer);
    if (count || count.error().code() != ErrorCode::Truncated) return count;
    reason_ = count.error();
    return std::size_t{0};
  }
  bool rewind() override { return !reason_ && inner_.rewind(); }
  [[nodiscard]] bool can_rewind() const override { return !reason_ && inner_.can_rewind(); }

  /// Why it ended early; nothing if it did not. To be asked at its end: not thread-safe.
  [[nodiscard]] const std::optional<Error>& reason() const { return reason_; }

 private:
  ByteSource& inner_;
  std::optional<Error> reason_;
};

}  // namespace plumb
