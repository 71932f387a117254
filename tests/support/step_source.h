// SPDX-License-Identifier: Apache-2.0
// Sources of bytes for tests: they hand out little at a time, or fail in the middle.

#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "base/byte_source.h"

namespace plumb::test {

/// Hands out `bytes`, at most `step` of them for each read, and then ends or fails.
class StepSource final : public ByteSource {
 public:
  explicit StepSource(std::string bytes, std::size_t step = SIZE_MAX,
                      std::optional<Error> failure = std::nullopt)
      : bytes_(std::move(bytes)), step_(step), failure_(std::move(failure)) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    const std::size_t count = std::min({buffer.size(), step_, bytes_.size() - pos_});
    if (count == 0 && failure_) return *failure_;
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(pos_), count, buffer.begin());
    pos_ += count;
    return count;
  }

  bool rewind() override {
    pos_ = 0;
    ++rewinds_;
    return true;
  }
  [[nodiscard]] bool can_rewind() const override { return true; }

  /// How often it was rewound.
  [[nodiscard]] int rewinds() const { return rewinds_; }

 private:
  std::string bytes_;
  std::size_t step_;
  std::optional<Error> failure_;
  std::size_t pos_ = 0;
  int rewinds_ = 0;
};

/// A source that can be read only once, as a pipe.
class PipeSource final : public ByteSource {
 public:
  explicit PipeSource(std::string bytes) : source_(std::move(bytes)) {}
  Result<std::size_t> read(std::span<char> buffer) override { return source_.read(buffer); }

 private:
  OwnedSource source_;
};

}  // namespace plumb::test
