// SPDX-License-Identifier: Apache-2.0
// LineReader: where a shell takes its lines from. A terminal has an editor (app/line_editor.h);
// everything else is read as it comes.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/writer.h"

namespace plumb::cli {

enum class LineStatus : std::uint8_t {
  Line,
  Interrupted,  ///< A person pressed Ctrl-C; the line is empty.
  End,
};

/// What Tab offers for a line.
struct LineCompletions {
  std::size_t start = 0;           ///< Where in the line the words begin that take its place.
  std::vector<std::string> words;  ///< Sorted.
  std::string suffix;              ///< Behind a word that is the only one: " ", "=", or nothing.
};

class LineReader {
 public:
  LineReader() = default;
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  virtual ~LineReader() = default;

  /// Reads one line into `line`, without its line feed. `prompt` is shown only to a person.
  virtual LineStatus read_line(std::string_view prompt, std::string& line) = 0;

  /// True if a person types the lines.
  [[nodiscard]] virtual bool is_terminal() const { return false; }

  /// What Tab calls with the line up to the cursor. A reader without an editor never does.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): to be kept.
  virtual void set_completer(std::function<LineCompletions(std::string_view)> /*complete*/) {}
};

/// The lines of a text.
class TextLines final : public LineReader {
 public:
  explicit TextLines(std::string text) : text_(std::move(text)), rest_(text_) {}
  LineStatus read_line(std::string_view prompt, std::string& line) override;

 private:
  std::string text_;
  std::string_view rest_;
};

/// The lines that come out of a descriptor, which is borrowed. Reads no further than it has to from
/// a terminal. With `prompt_to`, prompts are written there.
class DescriptorLines final : public LineReader {
 public:
  explicit DescriptorLines(int descriptor, Writer* prompt_to = nullptr)
      : descriptor_(descriptor), prompt_to_(prompt_to) {}
  LineStatus read_line(std::string_view prompt, std::string& line) override;
  [[nodiscard]] bool is_terminal() const override { return prompt_to_ != nullptr; }

 private:
  int descriptor_;
  Writer* prompt_to_;
  std::string buffer_;  // Read, and not yet given out from taken_ on.
  std::size_t taken_ = 0;
};

}  // namespace plumb::cli
