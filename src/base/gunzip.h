// SPDX-License-Identifier: Apache-2.0
// GunzipSource: streaming gzip inflation (RFC 1951, RFC 1952), several members end to end included.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/page_buffer.h"
#include "base/result.h"

namespace plumb {

/// True if `bytes` start as a gzip member does.
inline bool looks_like_gzip(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

/// Inflates another source. Checks the CRC and the length of each member.
///
/// Errors of read(): Truncated if the input ends inside a member; Malformed; LimitExceeded when
/// more comes out than `limits` allow, in total or for what went in; those of the inner source,
/// Truncated only when all that came of it was inflated.
class GunzipSource final : public ByteSource {
 public:
  /// `compressed` is owned from here on.
  GunzipSource(std::unique_ptr<ByteSource> compressed, const Limits& limits);
  ~GunzipSource() override;

  Result<std::size_t> read(std::span<char> buffer) override;
  bool rewind() override;
  [[nodiscard]] bool can_rewind() const override { return compressed_->can_rewind(); }

 private:
  struct State;  // Hides the library's header, which is large.

  Result<void> refill();
  Result<bool> start_next_member();
  [[nodiscard]] Result<void> check_limits() const;

  std::unique_ptr<ByteSource> compressed_;
  const Limits limits_;
  std::unique_ptr<State> state_;
  PageBuffer input_;  // Compressed bytes; pages that are not used are never touched.
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
  bool input_ended_ = false;
  bool ended_ = false;
  std::optional<Error> cut_;  // Why the input ended early, if it is the inner source that says so.
};

}  // namespace plumb
