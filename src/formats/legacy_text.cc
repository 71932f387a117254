// SPDX-License-Identifier: Apache-2.0
#include "formats/legacy_text.h"

#include <string>

#include "base/strings.h"
#include "base/try.h"
#include "formats/legacy_frames.h"
#include "formats/memory_map.h"

namespace plumb {

bool is_space_or_comment(std::string_view line) {
  const std::string_view content = trim(line);
  return content.empty() || content.front() == '#';
}

std::string_view first_content_line(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = trim(take_until(text, '\n'));
    if (!line.empty() && line.front() != '#') return line;
  }
  return {};
}

Result<TextLine> first_content_line(WindowCursor& cursor) {
  TextLine line;
  while (true) {
    TRY_ASSIGN(const bool has_line, cursor.next_line(line));
    if (!has_line) return TextLine{};
    if (is_space_or_comment(line.text)) continue;
    line.text = trim(line.text);
    return line;
  }
}

Result<void> read_further_sections(WindowCursor& cursor, Profile& profile, const Limits& limits) {
  TextLine line;
  while (true) {
    TRY_ASSIGN(const bool has_line, cursor.next_line(line));
    if (!has_line) return {};
    if (is_memory_map_start(line.text)) return read_memory_map(cursor, profile, limits);
    if (is_space_or_comment(line.text)) continue;
    add_loss(profile.losses, "unreadable line", 1, line.number);
  }
}

Result<void> read_memory_map(WindowCursor& cursor, Profile& profile, const Limits& limits) {
  MemoryMapReader map(profile);
  TextLine line;
  while (true) {
    TRY_ASSIGN(const bool has_line, cursor.next_line(line));
    if (!has_line) return {};
    if (map.add_line(line.text)) {
      TRY(check_memory(profile, limits, 0, line.number));
    } else if (!is_space_or_comment(line.text)) {
      add_loss(profile.losses, "unreadable line", 1, line.number);
    }
  }
}

Result<void> check_memory(const Profile& profile, const Limits& limits, std::size_t more_bytes,
                          std::uint64_t line) {
  if (profile.memory_bytes() + more_bytes <= limits.model_bytes) return {};
  return Error(ErrorCode::LimitExceeded, "line " + std::to_string(line) +
                                             ": the profile needs more than " +
                                             plural(limits.model_bytes, "byte"));
}

void finish_legacy_profile(Profile& profile) {
  attach_mappings(profile);
  set_legacy_frames(profile);
}

Error malformed_sample(const TextLine& line, std::string_view why) {
  constexpr std::size_t kShown = 60;
  const std::string_view text = trim(line.text);
  return {ErrorCode::Malformed, "line " + std::to_string(line.number) +
                                    ": malformed sample: " + printable(text.substr(0, kShown)) +
                                    (text.size() > kShown ? "...: " : ": ") + std::string(why)};
}

}  // namespace plumb
