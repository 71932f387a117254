// SPDX-License-Identifier: Apache-2.0
#include "formats/memory_map.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/strings.h"

namespace plumb {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(kBlanks));
  text.remove_prefix(word.size());
  return word;
}

std::string_view peek_word(std::string_view text) {
  return take_word(text);
}

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  consume_prefix(text, "0x");
  return parse_int<std::uint64_t>(text, 16);
}

bool is_permissions(std::string_view word) {
  return !word.empty() && word.find_first_not_of("-rwxp") == std::string_view::npos;
}

struct Entry {
  Mapping mapping;
  bool is_executable = true;
};

// Parses "00400000-00c0e000" or "0x40000-0x80000:".
bool parse_range(std::string_view word, Mapping& mapping) {
  if (word.ends_with(':')) word.remove_suffix(1);
  const auto start = parse_hex(take_until(word, '-'));
  const auto limit = parse_hex(word);
  if (!start || !limit) return false;
  mapping.start = *start;
  mapping.limit = *limit;
  return true;
}

std::optional<Entry> parse_entry(std::string_view line, StringPool& strings) {
  Entry entry;
  if (!parse_range(take_word(line), entry.mapping)) return std::nullopt;
  if (is_permissions(peek_word(line))) {
    entry.is_executable = take_word(line).find('x') != std::string_view::npos;
  }
  std::string_view proc = line;
  const auto offset = parse_hex(take_word(proc));
  if (offset && take_word(proc).find(':') != std::string_view::npos) {  // Device, then inode.
    if (!parse_int<std::uint64_t>(take_word(proc))) return std::nullopt;
    entry.mapping.offset = *offset;
    entry.mapping.file = strings.intern(take_word(proc));
    return entry;
  }
  entry.mapping.file = strings.intern(take_word(line));
  std::string_view at = peek_word(line);
  if (consume_prefix(at, "(@") && at.ends_with(')')) {
    take_word(line);
    entry.mapping.offset = parse_hex(at.substr(0, at.size() - 1)).value_or(0);
  }
  entry.mapping.build_id = strings.intern(take_word(line));
  return entry;
}

bool differ(StringId a, StringId b) {
  return a.index != 0 && b.index != 0 && a != b;
}

// True if `next` goes on where `last` ends, in the same file.
bool continues(const Mapping& last, const Mapping& next) {
  if (differ(last.file, next.file) || differ(last.build_id, next.build_id)) return false;
  if (last.limit != next.start) return false;
  if (last.offset == 0 || next.offset == 0) return true;
  return last.offset + (last.limit - last.start) == next.offset;
}

bool is_library(std::string_view file) {
  for (std::size_t at = file.find(".so"); at != std::string_view::npos;
       at = file.find(".so", at + 1)) {
    if (at + 3 == file.size() || file[at + 3] == '.' || file[at + 3] == '_') return true;
  }
  return false;
}

void move_program_to_front(Profile& profile) {
  const auto is_program = [&profile](const Mapping& mapping) {
    const std::string_view file = profile.text(mapping.file);
    return !file.empty() && file.front() != '[' && !is_library(file);
  };
  const auto program = std::ranges::find_if(profile.mappings, is_program);
  if (program != profile.mappings.end()) std::swap(*program, profile.mappings.front());
  if (profile.mappings.empty()) return;
  constexpr std::uint64_t kUsualStart = 0x400000;  // Where linkers put programs on x86-64.
  Mapping& first = profile.mappings.front();
  if (first.start - first.offset != kUsualStart) return;
  first.start = kUsualStart;
  first.offset = 0;
}

}  // namespace

bool is_memory_map_start(std::string_view line) {
  return line.find("--- Memory map: ---") != std::string_view::npos ||
         line.find("MAPPED_LIBRARIES:") != std::string_view::npos;
}

bool add_memory_map_line(Profile& profile, std::string_view line) {
  const auto entry = parse_entry(trim(line), profile.strings);
  if (!entry) return false;
  const Mapping& mapping = entry->mapping;
  if (!entry->is_executable) return true;
  if (profile.mappings.empty() || !continues(profile.mappings.back(), mapping)) {
    profile.mappings.push_back(mapping);
    return true;
  }
  Mapping& last = profile.mappings.back();
  last.limit = mapping.limit;
  if (mapping.file.index != 0) last.file = mapping.file;
  if (mapping.build_id.index != 0) last.build_id = mapping.build_id;
  return true;
}

void attach_mappings(Profile& profile) {
  move_program_to_front(profile);
  std::vector<std::uint32_t> order;  // Of the mappings, by start.
  for (std::uint32_t i = 0; i < profile.mappings.size(); ++i) order.push_back(i);
  std::ranges::stable_sort(order, {},
                           [&profile](std::uint32_t i) { return profile.mappings[i].start; });
  std::uint32_t everything = kNone;
  for (Location& location : profile.locations) {
    if (location.address == 0) continue;
    const auto behind =
        std::ranges::upper_bound(order, location.address, {},
                                 [&profile](std::uint32_t i) { return profile.mappings[i].start; });
    if (behind != order.begin() && location.address < profile.mappings[behind[-1]].limit) {
      location.mapping.index = behind[-1];
      continue;
    }
    if (everything == kNone) {
      everything = static_cast<std::uint32_t>(profile.mappings.size());
      profile.mappings.emplace_back().limit = UINT64_MAX;
    }
    location.mapping.index = everything;
  }
}

}  // namespace plumb
