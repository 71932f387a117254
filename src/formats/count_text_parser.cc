// SPDX-License-Identifier: Apache-2.0
#include "formats/count_text_parser.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/checked.h"
#include "base/strings.h"
#include "base/try.h"
#include "formats/count_text_scan.h"
#include "formats/go_string.h"

namespace plumb {
namespace {

// CountTextParser::looks_: a PC that had no line in so many records that passed it is settled. It
// is more than one because a line may be lost from a log.
constexpr std::uint8_t kEnoughLooks = 8;
constexpr std::uint8_t kIsShown = UINT8_MAX;

constexpr std::string_view kRecordSign = " @";
constexpr std::string_view kLabels = "# labels: ";

std::string_view without_carriage_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

Result<std::size_t> CountTextParser::consume(std::string_view text, bool at_end) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end && !error_) {
    if (passing_comments_) {
      at = pass_comments(at, end, at_end);
      if (passing_comments_) break;
      continue;
    }
    if (can_pass_comments(at, end)) {
      passing_comments_ = true;
      searched_bytes_ = 0;
      continue;
    }
    const char* const next = *at == '\n' ? pass_empty_line(at) : read_plain_record(at, end);
    if (next != nullptr) {
      at = next;
      ++line_;
      searched_bytes_ = 0;
      continue;
    }
    const std::size_t left = static_cast<std::size_t>(end - at) - searched_bytes_;
    const void* const newline = std::memchr(at + searched_bytes_, '\n', left);
    if (newline == nullptr && !at_end) {
      searched_bytes_ = static_cast<std::size_t>(end - at);
      break;
    }
    searched_bytes_ = 0;
    const char* const eol = newline == nullptr ? end : static_cast<const char*>(newline);
    read_line({at, static_cast<std::size_t>(eol - at)}, newline != nullptr);
    at = newline == nullptr ? end : eol + 1;
    ++line_;
  }
  if (error_) return *std::move(error_);
  if (searched_bytes_ > limits_.record_bytes) {
    return Error(ErrorCode::LimitExceeded, "line " + std::to_string(line_) + ": longer than " +
                                               plural(limits_.record_bytes, "byte"));
  }
  if (at_end) end_input();
  TRY(check_memory());
  return static_cast<std::size_t>(at - text.data());
}

// True if `at` stands at the first frame of a record and the frames say nothing new. Must not
// depend on where the text happens to end, so an address that is not whole decides nothing.
bool CountTextParser::can_pass_comments(const char* at, const char* end) {
  constexpr std::size_t kEnoughBytes = 64;  // For "#", tabs and an address.
  if (*at != '#' || in_frames_ || stack_.locations().empty()) return false;
  const std::string_view front(at, std::min(static_cast<std::size_t>(end - at), kEnoughBytes));
  if (front.size() < kEnoughBytes && front.find('\n') == std::string_view::npos) return false;
  const auto frame = parse_count_frame(front);
  if (!frame || frame->symbol.empty()) return false;
  flush_sample();
  begin_frames(frame->address);
  in_frames_ = unsettled_ > first_shown_ || first_shown_ == stack_.locations().size();
  return !in_frames_;
}

// Moves to the first line that is no comment. At the end of the text without it, the last byte
// stays if it is a newline, because the next text decides what that newline means.
const char* CountTextParser::pass_comments(const char* from, const char* end, bool at_end) {
  const CommentRun run = find_comments_end(from, end);
  line_ += run.newlines;
  if (run.last_newline != nullptr) {
    passing_comments_ = false;
    ++line_;
    return run.last_newline + 1;
  }
  if (at_end && end[-1] != '\n') lose_cut();
  return at_end || end[-1] != '\n' ? end : end - 1;
}

void CountTextParser::read_line(std::string_view line, bool is_whole) {
  line = without_carriage_return(line);
  if (part_ != Part::Records) return read_map_line(line);
  if (line.starts_with('#')) return read_comment(line, is_whole);
  flush_sample();
  end_record();
  if (starts_count_record(line)) return read_record(line, is_whole);
  if (line.starts_with("---") || is_memory_map_start(line)) return read_map_line(line);
  if (!is_whole && !line.empty()) return lose_cut();
  if (trim(line).empty()) return;
  const CountHeader header = parse_count_header(line).value_or(CountHeader{});
  if (!header.name.empty() && header.prefix.empty()) {
    error_.emplace(ErrorCode::Malformed,
                   "line " + std::to_string(line_) +
                       ": another profile starts here; give each a file of its own");
    return;
  }
  lose("unreadable line");
}

void CountTextParser::read_record(std::string_view line, bool is_whole) {
  const char* const end = line.data() + line.size();
  std::int64_t count = 0;
  const auto [count_end, status] = std::from_chars(line.data(), end, count);
  if (status != std::errc{}) return lose("unreadable line");
  const char* const pcs = count_end + kRecordSign.size();
  const std::uint64_t most = static_cast<std::size_t>(end - pcs) / kMinPcBytes + 1;
  stack_.make_room(static_cast<std::size_t>(std::min(most, limits_.stack_frames + 1)));
  const char* const rest = stack_.read(pcs, end);
  if (stack_.locations().size() > limits_.stack_frames) {
    error_.emplace(ErrorCode::LimitExceeded, "line " + std::to_string(line_) +
                                                 ": stack of more than " +
                                                 plural(limits_.stack_frames, "frame"));
    return;
  }
  const bool is_clean = trim({rest, static_cast<std::size_t>(end - rest)}).empty();
  if (!is_whole || !is_clean) {
    const bool is_known = !stack_.locations().empty();
    if (!is_whole && is_clean && is_known) stack_.drop_last();  // It may lack digits.
    is_whole ? lose("unreadable line") : lose_cut();
    if (stack_.locations().empty()) return;
  }
  keep_stack(count);
}

// Reads the record at `at` if nothing is special about it, and returns where the next line starts;
// null if read_line() has to look at it.
const char* CountTextParser::read_plain_record(const char* at, const char* end) {
  constexpr std::ptrdiff_t kMaxCountBytes = 18;
  if (part_ != Part::Records || end - at < kMaxCountBytes + 2) return nullptr;
  std::int64_t count = 0;
  const char* const start = at;
  for (; *at >= '0' && *at <= '9' && at - start < kMaxCountBytes; ++at) {
    count = count * 10 + (*at - '0');
  }
  if (at == start || std::memcmp(at, kRecordSign.data(), kRecordSign.size()) != 0) return nullptr;
  flush_sample();
  end_record();
  // A PC must be followed by something, or it may not be whole.
  const char* const rest = stack_.read(at + kRecordSign.size(), end - 1);
  const bool is_plain = *rest == '\n' && stack_.locations().size() <= limits_.stack_frames;
  if (!is_plain) return stack_.clear(), nullptr;
  keep_stack(count);
  return rest + 1;
}

// Ends the record at the empty line at `at`, and returns where the next one starts; null in front
// of the memory map and in it.
const char* CountTextParser::pass_empty_line(const char* at) {
  if (part_ != Part::Records) return nullptr;
  flush_sample();
  end_record();
  return at + 1;
}

// Makes a sample of the stack just read.
void CountTextParser::keep_stack(std::int64_t count) {
  looks_.resize(profile_.locations.size());
  const auto locations = stack_.locations();
  unsettled_ = locations.size();
  while (unsettled_ > 0 && is_settled(locations[unsettled_ - 1])) --unsettled_;
  first_shown_ = locations.size();
  total_ = add_saturating(total_, count);
  const std::uint64_t key = profile_.add_packed_stack(locations.size(), stack_.packed());
  pending_ = Pending{count, key};
}

void CountTextParser::flush_sample() {
  if (!pending_) return;
  profile_.add_sample(pending_->stack, std::span(&pending_->count, 1), labels_);
  pending_.reset();
  labels_.clear();
}

// A record without the empty line that ends it may lack frames. The last PC is usually goexit's.
void CountTextParser::end_input() {
  flush_sample();
  const auto stack = stack_.locations();
  if (stack.empty() || passing_comments_) return;
  const auto is_missing = [this](std::uint32_t location) { return !is_settled(location); };
  const std::size_t first = std::min(in_frames_ ? first_shown_ : 0, stack.size() - 1);
  const auto calls = stack.subspan(first, stack.size() - 1 - first);
  if (std::ranges::any_of(calls, is_missing)) lose_cut();
}

// At most once: only the last record can be cut.
void CountTextParser::lose_cut() {
  if (!is_cut_) lose("record cut short");
  is_cut_ = true;
}

// Notes which PCs behind the first shown one had no line.
void CountTextParser::end_record() {
  if (in_frames_) {
    for (const std::uint32_t location : stack_.locations().subspan(first_shown_)) {
      if (looks_[location] < kEnoughLooks) ++looks_[location];
    }
  }
  in_frames_ = false;
  stack_.clear();
  first_shown_ = 0;
  run_location_ = kNone;
}

void CountTextParser::read_comment(std::string_view line, bool is_whole) {
  if (line.starts_with(kLabels)) {
    return pending_ ? read_labels(line.substr(kLabels.size())) : lose("unreadable line");
  }
  const auto frame = parse_count_frame(line);
  if (!frame) return is_whole ? void() : lose_cut();
  flush_sample();
  read_frame(*frame, is_whole);
}

// Reads {"key":"value", "key2":"value2"}.
void CountTextParser::read_labels(std::string_view text) {
  std::string value_scratch;
  bool is_valid = consume_prefix(text, "{");
  for (std::size_t i = 0; is_valid && !consume_prefix(text, "}"); ++i) {
    const auto key = take_go_string(text, scratch_);
    is_valid = key && consume_prefix(text, ":");
    const auto value = is_valid ? take_go_string(text, value_scratch) : std::nullopt;
    is_valid = value.has_value();
    if (!is_valid) break;
    consume_prefix(text, ", ");
    if (drops_labels_) continue;
    Label label;
    label.key = intern_key(*key, i);
    label.str = profile_.strings.intern(*value);
    label.is_empty_text = value->empty();
    labels_.push_back(label);
  }
  if (!is_valid || !trim(text).empty()) lose("unreadable label");
}

// Records have the same keys in the same order, mostly.
StringId CountTextParser::intern_key(std::string_view key, std::size_t position) {
  if (position >= last_keys_.size()) return profile_.strings.intern(key);
  StringId& last = last_keys_[position];
  if (profile_.text(last) != key) last = profile_.strings.intern(key);
  return last;
}

void CountTextParser::read_frame(const CountFrame& frame, bool is_whole) {
  if (!in_frames_) begin_frames(frame.address);
  if (!is_whole) lose_cut();
  std::uint32_t location = stack_.find(frame.address + 1);
  const bool is_native = location == kNone;
  if (is_native) location = stack_.find(frame.address);
  if (location == kNone) {
    const bool is_known = frame.address == 0;  // Go found no frame at all.
    if (is_whole && !is_known) lose("frame without its address");
    return;
  }
  const bool is_inlined = location == run_location_ && frame.symbol != run_symbol_;
  if (!is_inlined) run_location_ = kNone;
  if (looks_[location] == kIsShown && !is_inlined) return;
  if (is_whole) looks_[location] = kIsShown;
  if (frame.symbol.empty()) return;
  auto symbol = parse_count_symbol(frame.symbol);
  if (!symbol) return is_whole ? lose("unreadable line") : void();
  if (!is_whole) symbol->line = 0;  // Digits may be missing.
  symbols_.add_line(location, *symbol);
  if (!is_native || is_inlined) return;
  run_location_ = location;
  run_symbol_ = frame.symbol;
}

// The first line of a record tells how many frames are hidden in front of it.
void CountTextParser::begin_frames(std::uint64_t address) {
  in_frames_ = true;
  const auto stack = stack_.locations();
  const auto address_of = [this](std::uint32_t location) {
    return profile_.locations[location].address;
  };
  auto shown = std::ranges::find(stack, address, address_of);
  if (shown == stack.end()) shown = std::ranges::find(stack, address - 1, address_of);
  first_shown_ = static_cast<std::size_t>(shown - stack.begin());
}

void CountTextParser::read_map_line(std::string_view line) {
  if (is_memory_map_start(line)) {
    part_ = Part::Map;
    return;
  }
  if (part_ == Part::Records) {
    part_ = Part::BeforeMap;
    return;
  }
  if (trim(line).empty()) return;
  if (part_ == Part::BeforeMap || !map_.add_line(line)) lose("unreadable line");
}

bool CountTextParser::is_settled(std::uint32_t location) const {
  return looks_[location] >= kEnoughLooks;
}

Result<void> CountTextParser::check_memory() const {
  const std::size_t held =
      profile_.memory_bytes() + stack_.memory_bytes() + looks_.capacity() + symbols_.memory_bytes();
  if (held <= limits_.model_bytes) return {};
  return Error(ErrorCode::LimitExceeded, "line " + std::to_string(line_) +
                                             ": the profile needs more than " +
                                             plural(limits_.model_bytes, "byte"));
}

}  // namespace plumb
