// SPDX-License-Identifier: Apache-2.0
#include "rt/tab_align.h"

#include <algorithm>
#include <vector>

#include "base/strings.h"

namespace plumb::rt::detail {
namespace {

constexpr std::size_t kTabWidth = 8;
constexpr std::size_t kPadding = 1;

/// A column is a run of lines that have a cell there; columns nest from left to right.
class TabAligner {
 public:
  explicit TabAligner(std::string_view text) {
    for (const std::string_view line : split(text, '\n')) lines_.push_back(split(line, '\t'));
  }

  std::string run() {
    format(0, lines_.size());
    out_.pop_back();  // split() gave a line behind the last line feed.
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool has_cell(std::size_t line) const {
    return widths_.size() + 1 < lines_[line].size();
  }

  void format(std::size_t begin, std::size_t end) {
    for (std::size_t line = begin; line < end;) {
      if (!has_cell(line)) {
        write(line++);
        continue;
      }
      std::size_t behind = line;
      std::size_t width = 1;
      for (; behind < end && has_cell(behind); ++behind) {
        width = std::max(width, rune_count(lines_[behind][widths_.size()]) + kPadding);
      }
      widths_.push_back((width + kTabWidth - 1) / kTabWidth * kTabWidth);
      format(line, behind);
      widths_.pop_back();
      line = behind;
    }
  }

  void write(std::size_t line) {
    const std::vector<std::string_view>& cells = lines_[line];
    for (std::size_t i = 0; i < cells.size(); ++i) {
      out_ += cells[i];
      if (i >= widths_.size()) continue;
      const std::size_t missing = widths_[i] - rune_count(cells[i]);
      out_.append((missing + kTabWidth - 1) / kTabWidth, '\t');
    }
    out_ += '\n';
  }

  std::vector<std::vector<std::string_view>> lines_;
  std::vector<std::size_t> widths_;  // Of the columns that the current lines share.
  std::string out_;
};

}  // namespace

std::string align_with_tabs(std::string_view text) {
  return TabAligner(text).run();
}

}  // namespace plumb::rt::detail
