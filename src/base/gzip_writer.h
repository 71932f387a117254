// SPDX-License-Identifier: Apache-2.0
// GzipWriter: what is written to it goes on as one gzip member.

#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/page_buffer.h"
#include "base/writer.h"

namespace plumb {

/// Compresses while it is written to, in constant memory. finish() has to be called last.
class GzipWriter final : public Writer {
 public:
  /// `out` outlives this.
  explicit GzipWriter(Writer& out);
  ~GzipWriter() override;

  [[nodiscard]] bool is_closed() const override { return out_.is_closed(); }

  /// Writes the rest and the end of the member.
  void finish();

 private:
  struct State;

  void write_through(std::string_view text) override;
  void compress(std::string_view text, bool is_last);

  Writer& out_;
  std::unique_ptr<State> state_;
  PageBuffer output_;
};

}  // namespace plumb
