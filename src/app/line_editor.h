// SPDX-License-Identifier: Apache-2.0
// LineEditor: lines that a person types and may edit, with history and Tab completion. By libedit,
// whose keys are those of emacs, or of vi if ~/.editrc says so.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/history_file.h"
#include "app/line_reader.h"

namespace plumb::cli {

class LineEditor final : public LineReader {
 public:
  /// Reads from the terminal `in` and shows on `out`; both are borrowed. Null if that cannot be:
  /// one of them is no terminal, or $TERM says that it can do nothing.
  static std::unique_ptr<LineEditor> open(int in, int out, HistoryFile history);
  ~LineEditor() override;

  LineStatus read_line(std::string_view prompt, std::string& line) override;
  [[nodiscard]] bool is_terminal() const override { return true; }
  void set_completer(std::function<LineCompletions(std::string_view)> complete) override;

 private:
  class Impl;
  explicit LineEditor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// `words` in columns of a screen of that width, as after Tab. At most so many lines are filled
/// that a person can still see what was typed; the last line says how many words found no place.
std::string in_columns(const std::vector<std::string>& words, std::size_t width);

}  // namespace plumb::cli
