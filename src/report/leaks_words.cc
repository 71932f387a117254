// SPDX-License-Identifier: Apache-2.0
#include "report/leaks_words.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/paths.h"
#include "base/strings.h"
#include "base/units.h"
#include "leak/group_study.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

constexpr std::size_t kColumns = 6;
constexpr std::array<bool, kColumns> kIsNumber = {false, true, true, true, true, false};

using TableRow = std::array<std::string, kColumns>;

// "search.go:44 (*Engine).Query.func1".
std::string place_cell(const StackGroups& stacks, const StackGroup& group) {
  if (group.blocked == kNone) return "-";
  // Of a library it tells more where it was entered.
  const bool is_user = stacks.frame(group, group.blocked).owner == FrameOwner::User;
  const bool has_entry = !is_user && group.entry != kNone;
  const StackFrame& frame = stacks.frame(group, has_entry ? group.entry : group.blocked);
  std::string_view function = short_name(stacks.text(frame.function));
  if (function.empty()) return address_text(frame);
  const std::string_view file = stacks.text(frame.file);
  if (file.empty()) return printable(function);
  // The file stands for the package.
  if (const std::size_t dot = function.find('.'); dot != std::string_view::npos) {
    function.remove_prefix(dot + 1);
  }
  return printable(path_base(file)) + ':' + std::to_string(frame.line) + ' ' + printable(function);
}

std::string lay_out(const TableRow& row, const std::array<std::size_t, kColumns>& widths,
                    std::size_t width) {
  std::string line;
  for (std::size_t i = 0; i < kColumns; ++i) {
    std::string cell = row[i];
    if (kIsNumber[i]) {
      cell = pad_left(std::move(cell), widths[i]);
    } else if (i + 1 < kColumns) {
      cell.resize(std::max(cell.size(), widths[i]), ' ');
    }
    line += "  " + cell;
  }
  constexpr std::string_view kCut = "...";
  if (width > kCut.size() && line.size() > width) {
    // Not in the middle of a character.
    std::size_t end = width - kCut.size();
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
    line.resize(end);
    line += kCut;
  }
  return line;
}

}  // namespace

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  return format_value(static_cast<std::int64_t>(std::min(bytes, kMost)), "bytes", "minimum");
}

std::string pad_left(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

RateUnit unit_of(const GrowthRate& rate) {
  constexpr std::array kUnits = {RateUnit{1, "second", "s"}, RateUnit{60, "minute", "min"},
                                 RateUnit{3600, "hour", "h"}, RateUnit{86400, "day", "day"}};
  if (!rate.is_per_second) return {};
  for (const RateUnit& unit : kUnits) {
    if (rate.per_second.value * unit.seconds >= 1) return unit;
  }
  return kUnits.back();
}

std::string growth_cell(const Finding& finding) {
  if (!finding.rate) return "-";
  const RateUnit unit = unit_of(*finding.rate);
  return '+' + short_number(finding.rate->per_second.value * unit.seconds) + '/' +
         std::string(unit.symbol);
}

std::string since_cell(const Finding& finding) {
  if (!finding.since) return "-";
  const Beginning& since = *finding.since;
  if (since.seconds_ago_by_rate > 0) return '~' + short_duration(since.seconds_ago_by_rate);
  return (since.is_at_least ? '>' : '~') + short_duration(since.seconds_ago);
}

std::vector<std::string> leak_table(const LeaksReport& report, std::size_t width) {
  std::vector<TableRow> rows = {{"level", "count", "growth", "memory", "since", "where"}};
  for (const std::uint32_t index : report.shown) {
    const Finding* const finding = report.finding(index);
    if (finding == nullptr || !finding->may_leak() || finding->follows()) continue;
    const StackGroup& group = report.stacks.groups[index];
    rows.push_back({std::string(to_string(finding->level)), std::to_string(group.count),
                    growth_cell(*finding), format_bytes(finding->memory_bytes),
                    since_cell(*finding), place_cell(report.stacks, group)});
  }
  constexpr std::size_t kFewest = 2;
  if (rows.size() < kFewest + 1) return {};
  std::array<std::size_t, kColumns> widths{};
  for (const TableRow& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::vector<std::string> lines;
  lines.reserve(rows.size());
  for (const TableRow& row : rows) lines.push_back(lay_out(row, widths, width));
  return lines;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  constexpr std::string_view kIndent = "    ";
  std::vector<std::string> lines(1);
  bool is_fresh = true;
  for (const std::string_view word : split(text, ' ')) {
    const std::size_t size = lines.back().size() + 1 + word.size();
    if (!is_fresh && width != 0 && size > width) {
      lines.emplace_back(kIndent);
    } else if (!is_fresh) {
      lines.back() += ' ';
    }
    lines.back() += word;
    is_fresh = false;
  }
  return lines;
}

std::vector<std::string> outdented(const std::vector<std::string>& lines) {
  constexpr std::string_view kTab = "    ";
  std::vector<std::string> plain;
  std::size_t indent = std::string::npos;
  for (const std::string& line : lines) {
    std::string& text = plain.emplace_back();
    for (const char c : line) {
      if (c == '\t') {
        text += kTab;
      } else {
        text += c;
      }
    }
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string::npos) {
      text.clear();
    } else {
      indent = std::min(indent, first);
    }
  }
  for (std::string& text : plain) text.erase(0, std::min(indent, text.size()));
  return plain;
}

}  // namespace plumb
