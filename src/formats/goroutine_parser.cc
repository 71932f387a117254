// SPDX-License-Identifier: Apache-2.0
#include "formats/goroutine_parser.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "formats/goroutine_node.h"

namespace plumb {
namespace {

// A label with newlines may break its header into so many lines and bytes.
constexpr std::uint64_t kHeaderLines = 64;
constexpr std::size_t kHeaderBytes = std::size_t{64} << 10;

// A goroutine in whose text so many lines of something else stand has ended; one that lacks its
// last frame, only if many more do.
constexpr std::uint64_t kForeignLines = 32;
constexpr std::uint64_t kMostForeignLines = 4096;

// No call that a terminal broke is longer.
constexpr std::size_t kBrokenBytes = 4096;

constexpr std::string_view kCut = "goroutine cut short";
constexpr std::string_view kBadHeader = "goroutine with an unreadable header";
constexpr std::string_view kUnknownPart = "unknown attribute of a goroutine";
constexpr std::string_view kNoFrames = "goroutine whose frames are unreadable";
constexpr std::string_view kNoFile = "frame without its file line";
constexpr std::string_view kForeign = "line of other text inside a goroutine";
constexpr std::string_view kBehindForeign = "frame behind too much other text";
constexpr std::string_view kOrphan = "frame without its goroutine's header";
constexpr std::string_view kTooDeep = "frame of a stack that is too deep";
constexpr std::string_view kLongLine = "line that is too long";
constexpr std::string_view kCrashLine = "line of crash text";

// "rax    0xca", as printed behind the goroutines of a fatal signal.
bool is_register(std::string_view line) {
  const std::size_t name = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789");
  if (name == 0 || name > 8) return false;
  const std::size_t value = line.find_first_not_of(' ', name);
  return value != std::string_view::npos && value > name && line.substr(value).starts_with("0x") &&
         line.find('(') == std::string_view::npos;
}

// True for lines that end a goroutine without a blank line and belong to the dump's surroundings.
bool ends_goroutine(std::string_view line) {
  if (line[0] == '\t' || line[0] == ' ') return false;
  return is_register(line) || line.starts_with("exit status ") || line.starts_with("-----") ||
         line.starts_with("FAIL") || line.starts_with("```") || line.starts_with("</") ||
         starts_crash_text(line);
}

// True for lines of a stack that no file line follows.
bool stands_alone(FunctionLineKind kind) {
  switch (kind) {
    case FunctionLineKind::Elided:
    case FunctionLineKind::Ancestor:
    case FunctionLineKind::CgoAddress:
    case FunctionLineKind::Unavailable:
      return true;
    default:
      return false;
  }
}

// True for what may be the begin of a file line that a terminal broke.
bool begins_file(std::string_view line) {
  const bool is_indented = line[0] == '\t' || line[0] == ' ';
  line = trim(line);
  return is_indented && line.size() > 2 && (line[0] == '/' || line.substr(1, 2) == ":/");
}

// `view`, which lies in `from`, at the same place in `to`.
std::string_view move_view(std::string_view view, std::string_view from, std::string_view to) {
  return to.substr(static_cast<std::size_t>(view.data() - from.data()), view.size());
}

}  // namespace

GoroutineParser::GoroutineParser(const ReadOptions& options, Isa isa, LogCleaner& cleaner)
    : limits_(options.limits), walk_(goroutine_walk(isa)), cleaner_(cleaner), trie_(options) {}

void GoroutineParser::lose(std::string_view what, std::uint64_t count, std::uint64_t line) {
  if (count != 0) add_loss(losses_, what, count, line);
}

// The walk knows frames and headers only: anything half read is for read_line().
bool GoroutineParser::can_walk() const {
  return pending_.empty() && header_.empty() && passed_over_ == 0 && !ignore_frames_ &&
         !crash_.is_collecting() && !quoted_.is_open();
}

// Where the walk stops, if it can be left to that at all.
const char* GoroutineParser::walk(const char* p, const char* end) {
  if (!can_walk()) return p;
  const char* const stop = walk_(trie_, at_, p, end);
  if (stop != p) is_behind_blank_ = false;
  return stop;
}

void GoroutineParser::skip_long_line() {
  lose(kLongLine, 1, at_.line);
  if (at_.node != 0) pass_over(at_.line);
  ++at_.line;
}

void GoroutineParser::read_line(std::string_view line) {
  if (line == kNoLine) return;
  if (!header_.empty() && continue_header(line)) return;
  if (quoted_.is_open() && read_quoted(line)) return;
  if (trim(line).empty()) {
    if (may_go_on()) {
      is_behind_blank_ = true;
      return;
    }
    break_off();
    crash_.offer(line);
  } else if (starts_as_goroutine_header(line)) {
    read_header(line);
  } else if (const auto at = find_hidden_header(line)) {
    read_hidden_header(line, *at);
  } else if (at_.node != 0) {
    read_line_inside(line);
  } else {
    read_line_outside(line);
  }
}

void GoroutineParser::read_header(std::string_view line) {
  if (!pending_.empty() && pending_function_.is_strict) ++headers_behind_frames_;
  break_off();
  if (std::optional<GoroutineHeader> header = parse_goroutine_header(line)) {
    start_goroutine(*std::move(header), NodeMatch::Header);
  } else if (breaks_off_in_label(line)) {
    header_ = line;
    header_line_ = at_.line;
    header_parts_ = 1;
  } else {
    lose(kBadHeader, 1, at_.line);
    ignore_frames_ = true;
  }
}

// Takes `line` as a part of the header begun before. False if that header is given up and the line
// has to be read for itself.
bool GoroutineParser::continue_header(std::string_view line) {
  const bool is_next = starts_as_goroutine_header(line);
  if (!is_next && ++header_parts_ <= kHeaderLines && header_.size() <= kHeaderBytes) {
    header_ += '\n';
    header_ += line;
    std::optional<GoroutineHeader> header = parse_goroutine_header(header_);
    if (!header) return true;
    header_.clear();
    start_goroutine(*std::move(header), NodeMatch::Careful);
    return true;
  }
  lose(kBadHeader, 1, header_line_);
  header_.clear();
  ignore_frames_ = !is_next;
  return !is_next;
}

void GoroutineParser::start_goroutine(GoroutineHeader header, NodeMatch match) {
  crash_.confirm();
  if (!has_started_) start_dump(header.state);
  lose(kUnknownPart, header.unknown_parts, at_.line);
  header.key_tail += '\n';
  const NodeText text{match, header.key_head, header.key_tail};
  std::uint32_t node = trie_.find_child(0, text);
  if (node == 0) node = trie_.add_header(text, header);
  if (match == NodeMatch::Header) trie_.nodes()[0].hot_child = node;
  at_.node = node;
  at_.id = header.id;
  at_.wait_minutes =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(header.wait_minutes, UINT32_MAX));
  at_.creator_id = 0;
  at_.depth = 0;
  at_.arguments.clear();
}

// A dump begins with the goroutine that makes it, which runs: then frames in front of it are of
// something else.
void GoroutineParser::start_dump(std::string_view state) {
  has_started_ = true;
  if (state != "running") lose(kOrphan, orphans_, first_orphan_);
}

// Ends the goroutine at hand, and what was begun behind it.
void GoroutineParser::break_off() {
  end_goroutine();
  pending_.clear();
  ignore_frames_ = gave_up_ = false;
}

void GoroutineParser::end_goroutine() {
  is_behind_blank_ = false;
  if (at_.node == 0) return;
  drop_pending();
  if (at_.node != 0) count_goroutine();
}

void GoroutineParser::count_goroutine() {
  if (at_.depth == 0 && passed_over_ != 0) lose(kNoFrames, 1, first_passed_over_);
  passed_over_ = 0;
  trie_.finish(at_);
}

void GoroutineParser::read_line_inside(std::string_view line) {
  if (!broken_file_.empty() && read_rest_of_file(line)) return;
  if (!pending_.empty() && (read_file_line(line) || read_rest_of_call(line))) return;
  const FunctionLine function = parse_function_line(line);
  if (!function.is_strict && ends_goroutine(line)) {
    end_goroutine();
    read_line_outside(line);
    return;
  }
  // A line that the runtime did not print must not come between a function and its file.
  if (!function.is_strict && !pending_.empty() && pending_function_.is_strict) {
    if (begins_file(line)) broken_file_ = line;
    pass_over(at_.line);
    return;
  }
  drop_pending();
  if (at_.node == 0) {  // That was one line too many: the goroutine had ended before.
    read_line_outside(line);
  } else if (stands_alone(function.kind)) {
    read_single_line(function);
  } else {
    set_pending(line, function, at_.line);
  }
}

// Frames outside of goroutines are those of a goroutine whose header was lost.
void GoroutineParser::read_line_outside(std::string_view line) {
  crash_.offer(line);
  if (line == "runtime stack:") ignore_frames_ = true;
  if (ignore_frames_) return;
  if (!pending_.empty()) {
    const std::optional<FileLine> file = parse_file_line(line);
    pending_.clear();
    if (file && file->has_offset) {
      note_orphan(pending_line_);
      return;
    }
  }
  // The race detector indents the functions of its stacks.
  if (line.starts_with(' ')) return;
  if (!line.ends_with(')') && !line.starts_with("created by ")) return;
  const FunctionLine function = parse_function_line(line);
  if (function.is_strict) set_pending(line, function, at_.line);
}

void GoroutineParser::note_orphan(std::uint64_t line) {
  if (gave_up_) return lose(kBehindForeign, 1, line);
  if (has_started_) return lose(kOrphan, 1, line);
  if (orphans_++ == 0) first_orphan_ = line;
}

// True for the lines that the walk takes for calls or files, whatever their arguments and names
// hold: they are no records of a log.
bool GoroutineParser::is_of_goroutine_at_hand(std::string_view line) const {
  if (pending_.empty()) return at_.node != 0 && line.ends_with(')') && can_walk();
  return pending_function_.is_strict && line.starts_with('\t') && !line.ends_with('\r') &&
         parse_file_line(line);
}

// Takes `line` for the rest of a file line that was too long for a terminal. False if it is none.
bool GoroutineParser::read_rest_of_file(std::string_view line) {
  const std::string whole = std::exchange(broken_file_, {}) + std::string(line);
  if (pending_.empty() || line[0] == '\t' || line[0] == ' ') return false;
  const std::optional<FileLine> file = parse_file_line(whole);
  if (!file || !file->has_offset) return false;
  if (passed_over_ > 0) --passed_over_;  // Its begin.
  return read_file_line(whole);
}

// The same of a call or creator.
bool GoroutineParser::read_rest_of_call(std::string_view line) {
  const bool is_creator = pending_function_.kind == FunctionLineKind::Creator;
  const bool may_go_on = is_creator ? pending_function_.number == 0
                                    : !pending_function_.is_strict && breaks_off(pending_);
  if (!may_go_on) return false;
  std::string whole = pending_ + std::string(line);
  std::ranges::replace(whole, '\t', ' ');
  const FunctionLine function = parse_function_line(whole);
  const bool is_whole = function.is_strict && (!is_creator || function.number != 0);
  const bool goes_on = !is_creator && breaks_off(whole) && whole.size() < kBrokenBytes;
  if (is_whole || goes_on) set_pending(whole, function, pending_line_);
  return is_whole || goes_on;
}

// Completes the pending frame with `line`; false if it is no file line.
bool GoroutineParser::read_file_line(std::string_view line) {
  const std::optional<FileLine> file = parse_file_line(line);
  if (!file) return false;
  const bool is_indented = line[0] == '\t' || line[0] == ' ';
  if (file->has_pc) {
    // The name of a C function is the whole line: it may have parameters of its own.
    pending_function_ = {FunctionLineKind::Other, trim(pending_), trim(pending_), 0, false};
  } else {
    if (pending_function_.kind == FunctionLineKind::Other) return false;
    if (!pending_function_.is_strict && !is_indented) return false;
  }
  if (line[0] == ' ') cleaner_.learn_spaces();
  add_frame(pending_function_, *file);
  pending_.clear();
  return true;
}

void GoroutineParser::add_frame(const FunctionLine& function, const FileLine& file) {
  file_text_ = '\t';
  file_text_ += file.key;
  if (function.kind == FunctionLineKind::Creator && function.number != 0) {
    at_.creator_id = function.number;
  }
  if (function.kind == FunctionLineKind::Call) at_.arguments.add_call(trim(pending_));
  descend(node_text(function, file, file_text_), frame_facts(function, file));
}

void GoroutineParser::read_single_line(const FunctionLine& function) {
  if (function.kind == FunctionLineKind::Ancestor) {
    read_ancestor_line(function);
    return;
  }
  const bool is_unavailable = function.kind == FunctionLineKind::Unavailable;
  file_text_ = is_unavailable ? "\t" : "";
  file_text_ += function.key;
  file_text_ += '\n';
  const NodeText text{NodeMatch::Single, file_text_, {}};
  if (is_unavailable) {
    const std::uint32_t node = trie_.find_child(at_.node, text);
    enter(node != 0 ? node : trie_.add_single_child(at_.node, text, nullptr));
    return;
  }
  const bool is_elided = function.kind == FunctionLineKind::Elided;
  const auto number =
      static_cast<std::int64_t>(std::min<std::uint64_t>(function.number, INT64_MAX));
  descend(text, {is_elided ? FrameKind::Elided : FrameKind::Cgo, function.name, {}, number, 0});
}

void GoroutineParser::read_ancestor_line(const FunctionLine& function) {
  const NodeText text{NodeMatch::Careful, function.key, {}};
  const auto number =
      static_cast<std::int64_t>(std::min<std::uint64_t>(function.number, INT64_MAX));
  std::uint32_t node = trie_.find_child(at_.node, text);
  if (node == 0) {
    const FrameFacts facts{FrameKind::Ancestor, "[originating from goroutine]", {}, number, 0};
    node = trie_.add_single_child(at_.node, text, &facts);
  } else if (trie_.frame_of(node).line != number) {
    trie_.frame_of(node).line = 0;
  }
  enter(node);
}

void GoroutineParser::descend(const NodeText& text, const FrameFacts& facts) {
  if (at_.depth >= limits_.stack_frames) {
    lose(kTooDeep, 1, at_.line);
    return;
  }
  const std::uint32_t node = trie_.find_child(at_.node, text);
  enter(node != 0 ? node : trie_.add_child(at_.node, text, facts));
}

void GoroutineParser::enter(std::uint32_t node) {
  trie_.nodes()[at_.node].hot_child = node;
  at_.node = node;
  ++at_.depth;
  is_behind_blank_ = false;
  lose(kForeign, passed_over_, first_passed_over_);
  passed_over_ = 0;
}

void GoroutineParser::set_pending(std::string_view line, const FunctionLine& function,
                                  std::uint64_t number) {
  pending_ = line;
  pending_line_ = number;
  pending_function_ = function;
  pending_function_.name = move_view(function.name, line, pending_);
  pending_function_.key = move_view(function.key, line, pending_);
}

void GoroutineParser::drop_pending() {
  if (pending_.empty()) return;
  if (pending_function_.is_strict || pending_function_.kind == FunctionLineKind::Creator) {
    lose(kNoFile, 1, pending_line_);
  } else {
    pass_over(pending_line_);
  }
  pending_.clear();
}

void GoroutineParser::pass_over(std::uint64_t line) {
  if (passed_over_++ == 0) first_passed_over_ = line;
  if (passed_over_ < kForeignLines || at_.node == 0) return;
  if (passed_over_ < kMostForeignLines && !has_end()) return;
  count_goroutine();
  gave_up_ = true;
}

void GoroutineParser::finish(std::string_view last_line) {
  if (quoted_.is_open() && !last_line.empty() && read_quoted(last_line)) last_line = {};
  if (quoted_.is_open()) read_as_dump();
  const std::uint64_t line = pending_.empty() ? at_.line : pending_line_;
  if (is_cut_by(last_line)) {
    lose(kCut, 1, header_.empty() ? line : header_line_);
    pending_.clear();
  }
  header_.clear();
  end_goroutine();
}

// Reads the last line, which may be half a line, and tells whether the input ends too early.
bool GoroutineParser::is_cut_by(std::string_view last_line) {
  if (!header_.empty() && (last_line.empty() || !continue_header(last_line))) return true;
  if (last_line.empty()) {
    if (!pending_.empty() && pending_function_.is_strict) return at_.node != 0;
    // Other text followed, or a blank line.
    const bool ended_before = passed_over_ != 0 || !pending_.empty() || is_behind_blank_;
    return !ended_before && !has_end();
  }
  const bool is_header =
      last_line.starts_with(kGoroutineWord) || kGoroutineWord.starts_with(last_line);
  if (is_header && !parse_goroutine_header(last_line)) return true;
  if (is_header || at_.node == 0 || ends_goroutine(last_line)) {
    read_line(last_line);
    return is_header;
  }
  if (!pending_.empty()) return !read_file_line(last_line) || !has_end();
  read_line(last_line);
  return !pending_.empty() ? !has_end() || pending_function_.is_strict : !has_end();
}

// False if the goroutine at the cursor ought to have more lines. Of the first one, which nothing
// created, that is not asked.
bool GoroutineParser::has_end() {
  return at_.node == 0 || at_.id <= 1 || has_last_frame();
}

// Every goroutine but the first was created by one, and says so unless its stack is printed down to
// the runtime's own frames.
bool GoroutineParser::has_last_frame() {
  for (std::uint32_t node = at_.node; trie_.nodes()[node].parent != 0;
       node = trie_.nodes()[node].parent) {
    if (trie_.nodes()[node].entry == kNone) return true;
    const DumpFrame& frame = trie_.frame_of(node);
    if (frame.kind == FrameKind::CreatedBy) return true;
    const std::string_view function = trie_.strings().view(frame.function);
    if (function == "runtime.goexit" || function == "main.main") return true;
  }
  return false;
}

// Whether a blank line, which ends a goroutine, may be one of those that something put between all
// lines.
bool GoroutineParser::may_go_on() {
  if (at_.node == 0 || passed_over_ != 0) return false;
  return (pending_.empty() || pending_function_.is_strict) && !has_last_frame();
}

GoroutineDump GoroutineParser::take_dump() {
  if (!has_started_) start_dump({});
  lose(kCrashLine, crash_.dropped(), 0);
  GoroutineDump dump = trie_.take_dump();
  dump.crash_text = std::move(crash_.lines());
  dump.losses = std::move(losses_);
  return dump;
}

}  // namespace plumb
