// SPDX-License-Identifier: Apache-2.0
#include "base/tab_writer.h"

#include <algorithm>
#include <vector>

#include "base/strings.h"

namespace plumb {
namespace {

constexpr std::size_t kPadding = 1;

struct TabLine {
  std::vector<std::string_view> cells;
  std::string_view rest;
  std::vector<std::size_t> widths;  // Per cell.
};

std::vector<TabLine> split_lines(std::string_view text) {
  std::vector<TabLine> lines;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\n\f");
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    TabLine& cells = lines.emplace_back();
    for (std::size_t tab; (tab = line.find_first_of("\t\v")) != std::string_view::npos;) {
      cells.cells.push_back(line.substr(0, tab));
      line.remove_prefix(tab + 1);
    }
    cells.rest = line;
    cells.widths.resize(cells.cells.size());
  }
  return lines;
}

// Sets the widths of `column` for each run of lines that have it.
void size_column(std::vector<TabLine>& lines, std::size_t column) {
  for (std::size_t begin = 0; begin < lines.size();) {
    std::size_t end = begin;
    std::size_t width = 0;
    for (; end < lines.size() && lines[end].cells.size() > column; ++end) {
      width = std::max(width, rune_count(lines[end].cells[column]) + kPadding);
    }
    for (std::size_t i = begin; i < end; ++i) lines[i].widths[column] = width;
    begin = std::max(end, begin + 1);
  }
}

}  // namespace

std::string align_right(std::string_view text) {
  std::vector<TabLine> lines = split_lines(text);
  std::size_t columns = 0;
  for (const TabLine& line : lines) columns = std::max(columns, line.cells.size());
  for (std::size_t column = 0; column < columns; ++column) size_column(lines, column);
  std::string out;
  for (const TabLine& line : lines) {
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      append_right(out, line.cells[i], line.widths[i]);
    }
    out += line.rest;
    out += '\n';
  }
  return out;
}

}  // namespace plumb
