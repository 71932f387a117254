// SPDX-License-Identifier: Apache-2.0
#include "formats/legacy_records.h"

#include <algorithm>

#include "base/strings.h"
#include "base/try.h"
#include "formats/count_text_lines.h"
#include "formats/legacy_text.h"
#include "formats/legacy_values.h"

namespace plumb {

Result<void> LegacyRecords::start(std::span<const std::int64_t> values, std::optional<Label> label,
                                  std::string_view pcs, const TextLine& line) {
  finish();
  pcs_.clear();
  const auto read = read_hex_addresses(pcs, pcs_);
  if (!read) return malformed_sample(line, read.error().message());
  if (!line.is_whole) {
    if (!pcs_.empty()) pcs_.pop_back();
    lose_cut(line);
  }
  if (pcs_.size() > limits_.stack_frames) {
    return Error(ErrorCode::LimitExceeded, "line " + std::to_string(line.number) +
                                               ": stack of more than " +
                                               plural(limits_.stack_frames, "frame"));
  }
  stack_.clear();
  for (const std::uint64_t pc : pcs_) stack_.push_back(addresses_.location_of(pc - 1));
  Record record{{}, values.size(), label};
  std::ranges::copy(values, record.values.begin());
  record_ = record;
  first_shown_ = 0;
  last_frame_ = kNone;
  is_open_ = true;
  return check_memory(profile_, limits_, addresses_.memory_bytes() + symbols_.memory_bytes(),
                      line.number);
}

void LegacyRecords::read_comment(const TextLine& line) {
  const auto frame = parse_count_frame(line.text);
  if (!line.is_whole && (frame || is_open_)) return lose_cut(line);
  if (frame && record_) read_frame(*frame, line.number);
}

void LegacyRecords::read_frame(const CountFrame& frame, std::uint64_t line) {
  has_symbols_ = true;
  std::uint32_t location = addresses_.find(frame.address);
  const bool is_native = location == kNone;  // The line of a C frame has the PC itself.
  if (is_native) location = addresses_.find(frame.address - 1);
  if (location == kNone) return add_loss(profile_.losses, "frame without its address", 1, line);
  if (last_frame_ == kNone) {
    const auto shown = std::ranges::find(stack_, location, &LocationId::index);
    first_shown_ = shown == stack_.end() ? 0 : static_cast<std::size_t>(shown - stack_.begin());
  }
  // A C frame has a line for each inlined call; the same line again is recursion.
  const bool goes_on = is_native && is_native_ && location == last_frame_ && !run_symbol_.empty() &&
                       frame.symbol != run_symbol_;
  const bool is_new = profile_.locations[location].line_count == 0;
  last_frame_ = location;
  is_native_ = is_native;
  if (!is_new && !goes_on) return run_symbol_.clear();
  if (is_new) run_symbol_ = frame.symbol;
  if (frame.symbol.empty()) return;
  const auto symbol = parse_count_symbol(frame.symbol);
  if (!symbol) return add_loss(profile_.losses, "unreadable line", 1, line);
  symbols_.add_line(location, *symbol);
}

void LegacyRecords::finish() {
  if (!record_) return;
  std::span<const LocationId> kept(stack_);
  const bool has_lines = last_frame_ != kNone;
  const bool hides_root = has_lines && kept.size() > 1 &&
                          kept[kept.size() - 2].index == last_frame_ &&
                          profile_.location(kept.back()).line_count == 0;
  if (hides_root) kept = kept.first(kept.size() - 1);
  if (has_lines && leaf_ == Leaf::MayHideRuntime) kept = kept.subspan(first_shown_);
  const std::span labels(record_->label ? &*record_->label : nullptr, record_->label ? 1u : 0u);
  profile_.add_sample(profile_.add_stack(kept), std::span(record_->values).first(record_->width),
                      labels);
  record_.reset();
}

void LegacyRecords::lose_cut(const TextLine& line) {
  if (!is_cut_) add_loss(profile_.losses, "record cut short", 1, line.number);
  is_cut_ = true;
}

}  // namespace plumb
