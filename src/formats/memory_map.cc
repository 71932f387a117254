// SPDX-License-Identifier: Apache-2.0
#include "formats/memory_map.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "formats/interval_index.h"

namespace plumb {
namespace {

constexpr std::size_t kMaxLineBytes = std::size_t{64} << 10;  // Of pprof's scanner.
constexpr std::size_t kMaxVariables = 32;

// Bytes, not UTF-8: Go takes a broken byte for a character.
RE2::Options byte_options() {
  RE2::Options options(RE2::Latin1);
  options.set_log_errors(false);
  return options;
}

// "00400000-00c0e000 r-xp", "0x40000-0x80000:". RE2::Consume() anchors it.
constexpr std::string_view kRange =
    R"(\s*(?:0x)?([[:xdigit:]]+)[\s-]?\s*(?:0x)?([[:xdigit:]]+):?(?:\s+([-rwxp]+))?)";
// Offset, device, inode, file.
constexpr std::string_view kProcRest =
    R"((?:\s+([[:xdigit:]]+))?\s+[[:xdigit:]]+:[[:xdigit:]]+\s+[[:digit:]]+(?:\s+(\S+))?)";
// File, offset, build id.
constexpr std::string_view kBriefRest =
    R"((?:\s+(\S+))?(?:\s+\(@([[:xdigit:]]+)\))?(?:\s+([[:xdigit:]]+))?)";

const RE2& proc_line() {
  static const RE2 regexp(std::string(kRange).append(kProcRest), byte_options());
  return regexp;
}

const RE2& brief_line() {
  static const RE2 regexp(std::string(kRange).append(kBriefRest), byte_options());
  return regexp;
}

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  return parse_int<std::uint64_t>(text, 16);
}

struct Entry {
  std::string_view start;
  std::string_view limit;
  std::string_view permissions;
  std::string_view offset;
  std::string_view file;
  std::string_view build_id;
};

std::string_view view_of(const re2::StringPiece& piece) {
  return {piece.data(), piece.size()};
}

std::optional<Entry> parse_entry(std::string_view line) {
  re2::StringPiece input(line.data(), line.size());
  re2::StringPiece start;
  re2::StringPiece limit;
  re2::StringPiece permissions;
  re2::StringPiece offset;
  re2::StringPiece file;
  re2::StringPiece build_id;
  if (!RE2::Consume(&input, proc_line(), &start, &limit, &permissions, &offset, &file)) {
    const bool is_brief =
        RE2::Consume(&input, brief_line(), &start, &limit, &permissions, &file, &offset, &build_id);
    if (!is_brief) return std::nullopt;
  }
  return Entry{view_of(start),  view_of(limit), view_of(permissions),
               view_of(offset), view_of(file),  view_of(build_id)};
}

// "... file.cc:45] message" without what a logger of the glog family put in front.
std::string_view without_log_prefix(std::string_view line) {
  const std::size_t bracket = line.find_first_of("[]");
  if (bracket == std::string_view::npos || line[bracket] == '[') return line;
  const std::string_view head = line.substr(0, bracket);
  const std::size_t colon = head.find_last_not_of(kDecimalDigits);
  const bool has_number =
      colon != std::string_view::npos && colon > 0 && head[colon] == ':' && colon + 1 < head.size();
  const std::string_view rest = line.substr(bracket + 1);
  if (!has_number || rest.empty() || kRegexpSpaces.find(rest.front()) == std::string_view::npos) {
    return line;
  }
  return rest.substr(1);
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

void add_mapping(Profile& profile, const Mapping& mapping) {
  if (profile.mappings.empty() || !continues(profile.mappings.back(), mapping)) {
    profile.mappings.push_back(mapping);
    return;
  }
  Mapping& last = profile.mappings.back();
  last.limit = mapping.limit;
  if (mapping.file.index != 0) last.file = mapping.file;
  if (mapping.build_id.index != 0) last.build_id = mapping.build_id;
}

// "libc.so", "libc.so.6", "libc.so_1", also in the middle of a name.
bool is_library(std::string_view file) {
  for (std::size_t at = file.find(".so"); at != std::string_view::npos;
       at = file.find(".so", at + 1)) {
    const std::string_view rest = file.substr(at + 3);
    if (rest.empty()) return true;
    const bool has_version =
        rest.size() > 1 && (rest[0] == '.' || rest[0] == '_') && rest[1] >= '0' && rest[1] <= '9';
    if (has_version) return true;
  }
  return false;
}

bool may_be_program(std::string_view file) {
  constexpr std::string_view kDeleted = "(deleted)";
  std::string name(file);
  for (std::size_t at = 0; (at = name.find(kDeleted, at)) != std::string::npos;) {
    name.erase(at, kDeleted.size());
  }
  const std::string_view trimmed = trim(name);
  return !trimmed.empty() && trimmed.front() != '[' && !is_library(trimmed);
}

void move_program_to_front(Profile& profile) {
  std::vector<Mapping>& mappings = profile.mappings;
  const auto program = std::ranges::find_if(mappings, [&profile](const Mapping& mapping) {
    return may_be_program(profile.text(mapping.file));
  });
  if (program != mappings.end()) std::swap(*program, mappings.front());
}

// The first mapping as the linker laid it out, where a handler or the kernel hid that.
void restore_program(Profile& profile) {
  std::vector<Mapping>& mappings = profile.mappings;
  const bool is_remapped = mappings.size() > 1 &&
                           profile.text(mappings[0].file).starts_with("/anon_hugepage") &&
                           mappings[0].limit == mappings[1].start;
  if (is_remapped) mappings.erase(mappings.begin());
  if (mappings.empty()) return;
  constexpr std::uint64_t kUsualStart = 0x400000;  // Where linkers put programs on x86-64.
  Mapping& first = mappings.front();
  if (first.start - first.offset != kUsualStart) return;
  first.start = kUsualStart;
  first.offset = 0;
}

// Finds the mapping of one address after another. Which one depends on those asked before: the
// first address in the part of a file in front of its mapping extends that mapping.
class MappingFinder {
 public:
  explicit MappingFinder(std::vector<Mapping>& mappings) : mappings_(mappings) {
    std::vector<std::uint64_t> bounds;
    for (const Mapping& mapping : mappings) {
      bounds.insert(bounds.end(), {mapping.start, mapping.limit, mapping.start - mapping.offset});
    }
    mapped_ = IntervalIndex(bounds);
    in_front_ = IntervalIndex(std::move(bounds));
    for (std::uint32_t i = 0; i < mappings.size(); ++i) {
      const Mapping& mapping = mappings[i];
      mapped_.add(mapping.start, mapping.limit, i);
      in_front_.add(mapping.start - mapping.offset, mapping.start, i);
    }
  }

  std::uint32_t find(std::uint64_t address) {
    const std::uint32_t known = mapped_.find(address);
    if (known != kNone) return known;
    if (everything_ != kNone) return everything_;
    const std::uint32_t behind = in_front_.find(address);
    if (behind != kNone && mappings_[behind].offset != 0) {
      Mapping& mapping = mappings_[behind];
      mapping.start -= mapping.offset;
      mapping.offset = 0;
      mapped_.add(mapping.start, mapping.limit, behind);
      return behind;
    }
    everything_ = static_cast<std::uint32_t>(mappings_.size());
    mappings_.emplace_back().limit = UINT64_MAX;
    return everything_;
  }

 private:
  std::vector<Mapping>& mappings_;
  IntervalIndex mapped_;
  IntervalIndex in_front_;
  std::uint32_t everything_ = kNone;
};

}  // namespace

bool is_memory_map_start(std::string_view line) {
  return line.find("--- Memory map: ---") != std::string_view::npos ||
         line.find("MAPPED_LIBRARIES:") != std::string_view::npos;
}

bool MemoryMapReader::add_line(std::string_view line) {
  if (line.size() > kMaxLineBytes || !expand(without_log_prefix(line), expanded_)) return false;
  const auto entry = parse_entry(expanded_);
  if (!entry) return add_variable(expanded_);
  const bool is_executable = entry->permissions.find('x') != std::string_view::npos;
  if (!entry->permissions.empty() && !is_executable) return true;
  const auto start = parse_hex(entry->start);
  const auto limit = parse_hex(entry->limit);
  const auto offset = entry->offset.empty() ? 0 : parse_hex(entry->offset);
  if (!start || !limit || !offset) return add_variable(expanded_);
  Mapping mapping;
  mapping.start = *start;
  mapping.limit = *limit;
  mapping.offset = *offset;
  mapping.file = profile_.strings.intern(entry->file);
  mapping.build_id = profile_.strings.intern(entry->build_id);
  add_mapping(profile_, mapping);
  return true;
}

// Puts texts in place of variables; of several that fit, the one that was set first. False if the
// line becomes too long: texts may have been made of texts.
bool MemoryMapReader::expand(std::string_view line, std::string& out) const {
  out.clear();
  while (!line.empty() && out.size() <= kMaxLineBytes) {
    const std::size_t dollar =
        variables_.empty() ? line.size() : std::min(line.find('$'), line.size());
    out += line.substr(0, dollar);
    line.remove_prefix(dollar);
    if (line.empty()) break;
    const auto variable = std::ranges::find_if(
        variables_, [line](const Variable& v) { return line.starts_with(v.name); });
    const bool is_known = variable != variables_.end();
    out += is_known ? std::string_view(variable->text) : line.substr(0, 1);
    line.remove_prefix(is_known ? variable->name.size() : 1);
  }
  return out.size() <= kMaxLineBytes;
}

bool MemoryMapReader::add_variable(std::string_view line) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos || variables_.size() == kMaxVariables) return false;
  variables_.push_back({"$" + std::string(trim(line.substr(0, equals))),
                        std::string(trim(line.substr(equals + 1)))});
  return true;
}

void attach_mappings(Profile& profile) {
  move_program_to_front(profile);
  restore_program(profile);
  MappingFinder finder(profile.mappings);
  for (Location& location : profile.locations) {
    if (location.address != 0) location.mapping.index = finder.find(location.address);
  }
}

}  // namespace plumb
