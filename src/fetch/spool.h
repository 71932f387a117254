// SPDX-License-Identifier: Apache-2.0
// Spool: keeps bytes of unknown number as they arrive, a moderate number in memory and more in a
// temporary file without a name, and gives them back as a source.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"

namespace plumb {

/// Where temporary files go: TMPDIR, else /var/tmp rather than /tmp, which is memory on many
/// machines.
std::string temporary_directory();

/// Not thread-safe.
class Spool {
 public:
  /// Keeps at most `memory_bytes` in memory and refuses to keep more than `limit_bytes` at all.
  Spool(std::size_t memory_bytes, std::uint64_t limit_bytes)
      : memory_bytes_(memory_bytes), limit_bytes_(limit_bytes) {}
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  ~Spool();

  /// Errors: LimitExceeded; Io if there is no temporary file to be had or the disk is full.
  Result<void> append(std::string_view bytes);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] bool is_in_file() const { return descriptor_ >= 0; }

  /// Everything appended, to be read from the start. The spool is empty afterwards.
  Result<std::unique_ptr<ByteSource>> take();

 private:
  Result<void> move_to_file();
  Result<void> write_file(std::string_view bytes);

  std::size_t memory_bytes_;
  std::uint64_t limit_bytes_;
  std::uint64_t size_ = 0;
  std::string memory_;
  int descriptor_ = -1;
};

}  // namespace plumb
