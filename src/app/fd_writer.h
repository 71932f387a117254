// SPDX-License-Identifier: Apache-2.0
// FdWriter: a Writer over a file descriptor.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/writer.h"

namespace plumb::cli {

/// Writes to a descriptor. After the first failure nothing more is written. Not thread-safe.
class FdWriter final : public Writer {
 public:
  /// Borrows `descriptor`, e.g. that of standard output.
  explicit FdWriter(int descriptor) : descriptor_(descriptor) {}
  /// What create() does with a file that is there.
  enum class IfExists : std::uint8_t { Replace, Refuse };
  /// Creates the file `path`. Errors: Io; Usage if it exists and shall not be replaced.
  static Result<std::unique_ptr<FdWriter>> create(const std::string& path, IfExists if_exists);
  /// Flushes, if that was not done.
  ~FdWriter() override;

  /// True after a failure.
  [[nodiscard]] bool is_closed() const override { return error_ != 0; }

  /// Flushes and says how all the writing went. A pipe whose reader has had enough (`| head`) is
  /// not an error. Errors: Io.
  Result<void> finish();

 private:
  void write_through(std::string_view text) override;

  int descriptor_;
  bool owns_descriptor_ = false;
  int error_ = 0;  // errno of the first failure.
};

}  // namespace plumb::cli
