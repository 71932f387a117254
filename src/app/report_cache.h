// SPDX-License-Identifier: Apache-2.0
// The last few reports of a shell as they were written, so that asking again costs nothing.

#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "base/writer.h"

namespace plumb::cli {

struct CachedReport {
  std::string key;                   ///< Everything that the text depends on.
  std::string text;                  ///< What the report wrote.
  std::vector<std::string> notices;  ///< What was said on the way.
};

/// Keeps the reports used last, within a budget of bytes. Not thread-safe.
class ReportCache {
 public:
  /// The report of that key, or null. Valid until the next call of add().
  const CachedReport* find(std::string_view key);
  void add(CachedReport report);

  /// Reports longer than this are not kept.
  static constexpr std::size_t kLongestText = std::size_t{4} << 20;

 private:
  std::list<CachedReport> reports_;  // The one used last is the first.
  std::size_t bytes_ = 0;
};

/// Hands everything on to `next` and keeps a copy while it is short enough. Closed once `next` is,
/// or `is_stopped` says so.
class CapturingWriter final : public Writer {
 public:
  CapturingWriter(Writer& next, std::function<bool()> is_stopped)
      : next_(next), is_stopped_(std::move(is_stopped)) {}

  [[nodiscard]] bool is_closed() const override { return is_stopped_() || next_.is_closed(); }
  /// False if the copy does not hold everything.
  [[nodiscard]] bool is_whole() const { return is_whole_; }
  /// What was written so far, if the copy is whole.
  std::string take_text();

 private:
  void write_through(std::string_view text) override;

  Writer& next_;
  std::function<bool()> is_stopped_;
  std::string text_;
  bool is_whole_ = true;
};

}  // namespace plumb::cli
