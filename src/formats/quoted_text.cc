// SPDX-License-Identifier: Apache-2.0
#include "formats/quoted_text.h"

#include "base/strings.h"

namespace plumb {
namespace {

// A message with the stacks of many goroutines is not expected.
constexpr std::size_t kQuotedLines = 1000;

constexpr std::string_view kPanic = "panic: ";

// What stands in front of the tab before a header, or of the panic whose message begins with one.
std::optional<std::string_view> find_before(std::string_view before,
                                            std::span<const std::string> crash) {
  if (consume_suffix(before, kPanic)) {
    consume_suffix(before, "\t");
    return before;
  }
  if (crash.empty() || !consume_suffix(before, "\t")) return std::nullopt;
  const std::string_view first = crash.front();
  const auto length = LogPrefix(before).match(first);
  if (!length || !first.substr(*length).starts_with(kPanic)) return std::nullopt;
  return before;
}

}  // namespace

bool QuotedText::begins(std::string_view line, std::size_t at, std::span<const std::string> crash) {
  return find_before(line.substr(0, at), crash).has_value();
}

void QuotedText::begin(std::string_view line, std::size_t at, std::span<const std::string> crash,
                       std::uint64_t number) {
  before_ = find_before(line.substr(0, at), crash).value_or("");
  prefix_.emplace(before_);
  lines_.assign(1, std::string(line));
  header_at_ = at;
  first_line_ = number;
  crash_lines_ = crash.size();
}

bool QuotedText::is_full() const {
  return lines_.size() >= kQuotedLines;
}

bool QuotedText::goes_on(std::string_view line) const {
  const auto length = prefix_->match(line);
  const std::string_view text = line.substr(length.value_or(0));
  return trim(text).empty() || (length && text.starts_with('\t'));
}

}  // namespace plumb
