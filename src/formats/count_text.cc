// SPDX-License-Identifier: Apache-2.0
#include "formats/count_text.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "base/cut_source.h"
#include "base/scan.h"
#include "base/strings.h"
#include "base/try.h"
#include "base/window.h"
#include "formats/count_text_lines.h"
#include "formats/count_text_parser.h"
#include "formats/legacy_frames.h"
#include "formats/log_prefix.h"
#include "formats/memory_map.h"

namespace plumb {
namespace {

// A header line is looked for in so many bytes at the front.
constexpr std::size_t kHeaderSearchBytes = std::size_t{64} << 10;
// Large: waking the thread that reads them costs as much as reading some.
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

struct FoundHeader {
  CountHeader header;
  std::size_t end = 0;        // Of the header line, with its newline.
  std::uint64_t line = 0;     // Its number, from 1.
  std::uint64_t skipped = 0;  // Lines in front of it that are neither empty nor comments.
};

// True if the line behind a header can be the first record of it. Without one, a header line that
// does not stand alone could be a sentence of a log.
bool is_confirmed(const CountHeader& header, std::string_view rest) {
  while (!rest.empty()) {
    const std::string_view line = take_until(rest, '\n');
    const std::string_view content = strip_log_prefix(line, header.prefix.size()).value_or("");
    if (!content.empty() && content.front() != '#') return starts_count_record(content);
  }
  return header.total == "0";
}

std::optional<FoundHeader> find_header(std::string_view head) {
  const std::string_view text = head.substr(0, kHeaderSearchBytes);
  FoundHeader found;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = take_until(rest, '\n');
    ++found.line;
    const auto header = parse_count_header(line);
    if (header) {
      found.header = *header;
      found.end = text.size() - rest.size();
      const bool is_plain = header->prefix.empty() && found.skipped == 0;
      if (is_plain || is_confirmed(*header, rest)) return found;
    }
    const std::string_view content = trim(line);
    if (!content.empty() && content.front() != '#') ++found.skipped;
  }
  return std::nullopt;
}

Profile make_profile(const FoundHeader& found) {
  Profile profile;
  const ValueType type{profile.strings.intern(found.header.name), profile.strings.intern("count")};
  profile.sample_types = {type};
  profile.period_type = type;
  profile.has_period_type = true;
  profile.period = 1;
  if (found.skipped > 0) add_loss(profile.losses, "line in front of the profile", found.skipped, 1);
  return profile;
}

// Feeds the parser with lines that stand behind a prefix each.
class PrefixedLines {
 public:
  PrefixedLines(Profile& profile, std::size_t prefix_bytes, std::uint64_t first_line)
      : profile_(profile), prefix_bytes_(prefix_bytes), line_(first_line) {}

  // Takes the whole lines of `text`, at the end all of it; returns the bytes taken.
  Result<std::size_t> consume(std::string_view text, bool at_end, CountTextParser& parser) {
    const std::size_t last = text.rfind('\n');
    const std::size_t taken = at_end ? text.size() : last == std::string_view::npos ? 0 : last + 1;
    for (std::string_view rest = text.substr(0, taken); !rest.empty();) append_line(rest);
    const std::size_t size = lines_.size();
    lines_.append(kScanSlackBytes, '\0');
    TRY_ASSIGN(const std::size_t used, parser.consume({lines_.data(), size}, at_end));
    lines_.resize(size);
    lines_.erase(0, used);
    return taken;
  }

 private:
  void append_line(std::string_view& rest) {
    const bool is_whole = rest.find('\n') != std::string_view::npos;
    const auto content = strip_log_prefix(take_until(rest, '\n'), prefix_bytes_);
    if (!content) add_loss(profile_.losses, "unreadable line", 1, line_);
    lines_ += content.value_or("#");  // A comment, so that lines are counted and records go on.
    if (is_whole) lines_ += '\n';
    ++line_;
  }

  Profile& profile_;
  std::size_t prefix_bytes_;
  std::uint64_t line_;
  std::string lines_;
};

// Compares what was read with what the header promised.
void check_total(Profile& profile, std::int64_t read, std::int64_t promised, std::uint64_t line) {
  if (read == promised) return;
  const std::string unit(profile.text(profile.sample_types.front().type));
  const auto difference = static_cast<std::uint64_t>(read) - static_cast<std::uint64_t>(promised);
  if (read < promised) {
    add_loss(profile.losses, unit + " missing", 0 - difference, line);
  } else {
    add_loss(profile.losses, unit + " beyond the total", difference, line);
  }
}

}  // namespace

bool looks_like_count_text(std::string_view head) {
  return find_header(head).has_value();
}

Result<Profile> read_count_text(ByteSource& source, const ReadOptions& options) {
  CutSource cut(source);
  Window window(cut, Window::Mode::Threaded, kBlockBytes);
  TRY_ASSIGN(std::string_view view, window.advance(0));
  const auto found = find_header(view);
  if (!found) {
    if (window.at_end() && cut.reason()) return *cut.reason();
    return Error(ErrorCode::NotRecognized, "no header line of a count profile");
  }
  const auto promised = parse_int<std::int64_t>(found->header.total);
  if (!promised) {
    return Error(ErrorCode::Malformed,
                 "line " + std::to_string(found->line) + ": total is not a 64-bit number");
  }
  const std::uint64_t header_line = found->line;
  Profile profile = make_profile(*found);
  CountTextParser parser(profile, options, header_line + 1);
  PrefixedLines prefixed(profile, found->header.prefix.size(), header_line + 1);
  const bool is_plain = found->header.prefix.empty();

  for (std::size_t skip = found->end;; skip = 0) {
    if (window.offset() + view.size() > options.limits.inflated_bytes) {
      return Error(ErrorCode::LimitExceeded,
                   "more than " + plural(options.limits.inflated_bytes, "byte"));
    }
    const std::string_view text = view.substr(skip);
    TRY_ASSIGN(const std::size_t used, is_plain ? parser.consume(text, window.at_end())
                                                : prefixed.consume(text, window.at_end(), parser));
    if (window.at_end()) break;
    TRY_ASSIGN(view, window.advance(text.size() - used));
  }
  check_total(profile, parser.total(), *promised, header_line);
  if (cut.reason()) add_loss(profile.losses, "end of the input: " + cut.reason()->message());
  attach_mappings(profile);
  set_legacy_frames(profile);
  return profile;
}

}  // namespace plumb
