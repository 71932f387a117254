// SPDX-License-Identifier: Apache-2.0
#include "report/weblist_code.h"

#include <algorithm>
#include <utility>

#include "report/build_check.h"

namespace plumb {
namespace {

constexpr std::uint64_t kMarginBytes = 500;    // Read around each address.
constexpr std::uint64_t kNeighbourBytes = 32;  // How far a line reaches on.

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  MappingId mapping;
  std::int64_t score = 0;
};

class CodeReader {
 public:
  CodeReader(const Profile& profile, AssemblySyntax syntax, const Notice& notice)
      : profile_(profile), syntax_(syntax), build_check_(profile, notice) {}

  Code read(const std::vector<WantedAddress>& wanted, std::size_t max_ranges) {
    std::vector<Range> ranges;
    for (const WantedAddress& address : wanted) {
      if (object_at(address) == nullptr) {
        add_unread(address);
      } else {
        add_to_ranges(address, ranges);
      }
    }
    std::ranges::stable_sort(ranges, std::ranges::greater(), &Range::score);
    if (ranges.size() > max_ranges) ranges.resize(max_ranges);
    for (const Range& range : ranges) read_range(range);
    return std::move(code_);
  }

 private:
  [[nodiscard]] const Mapping& mapping(MappingId id) const { return profile_.mappings[id.index]; }

  [[nodiscard]] static MappedRange range_of(const Mapping& mapping) {
    return {.start = mapping.start, .limit = mapping.limit, .offset = mapping.offset};
  }

  // The binary of an address; null if there is none here.
  ObjectFile* object_at(const WantedAddress& wanted) {
    const MappingId id = profile_.location(wanted.location).mapping;
    if (id.index == kNone) return nullptr;
    const StringId file = mapping(id).file;
    const auto [known, is_new] = objects_.try_emplace(file.index);
    if (is_new) {
      auto opened = ObjectFile::open(std::string(profile_.text(file)));
      if (opened) known->second = *std::move(opened);
    }
    if (known->second != nullptr) build_check_.look_at(mapping(id), *known->second);
    return known->second.get();
  }

  void add_unread(const WantedAddress& wanted) {
    CodePoint& point = code_[wanted.address];
    point.object_address = wanted.address;
    for (const Line& line : profile_.lines_of(profile_.location(wanted.location))) {
      const Function& function = profile_.function(line.function);
      SourceFrame& frame = point.frames.emplace_back();
      frame.function = profile_.text(function.name);
      frame.file = profile_.text(function.file);
      frame.line = line.line;
    }
    if (point.frames.empty()) return;
    point.file = point.frames.front().file;
    point.line = point.frames.front().line;
  }

  // Addresses come in order: each continues the last range or begins one.
  void add_to_ranges(const WantedAddress& wanted, std::vector<Range>& ranges) {
    const MappingId id = profile_.location(wanted.location).mapping;
    if (!ranges.empty() && ranges.back().mapping == id &&
        wanted.address <= ranges.back().end + kMarginBytes) {
      ranges.back().end = end_of(wanted.address, id);
      ranges.back().score += wanted.flat;
      return;
    }
    const std::uint64_t start = mapping(id).start;
    const bool has_room = wanted.address - start >= kMarginBytes;
    ranges.push_back({.begin = has_room ? wanted.address - kMarginBytes : start,
                      .end = end_of(wanted.address, id),
                      .mapping = id,
                      .score = wanted.flat});
  }

  [[nodiscard]] std::uint64_t end_of(std::uint64_t address, MappingId id) const {
    const std::uint64_t limit = mapping(id).limit;
    return limit - address >= kMarginBytes ? address + kMarginBytes : limit;
  }

  void read_range(const Range& range) {
    ObjectFile& object = *objects_[mapping(range.mapping).file.index];
    const MappedRange mapped = range_of(mapping(range.mapping));
    const auto begin = object.object_address(mapped, range.begin);
    if (!begin) return;
    const std::uint64_t base = range.begin - *begin;
    const auto code = object.disassemble(*begin, range.end - base, syntax_);
    if (!code) return;
    std::vector<std::uint64_t> addresses;
    for (const Instruction& instruction : *code) addresses.push_back(instruction.address);
    std::vector<std::vector<SourceFrame>> frames(addresses.size());
    object.source_lines(addresses, [&](std::size_t i, std::span<const SourceFrame> of) {
      frames[i].assign(of.begin(), of.end());
    });
    const std::vector<SourceFrame>* last = nullptr;
    std::uint64_t last_address = 0;
    for (std::size_t i = 0; i < code->size(); ++i) {
      const Instruction& instruction = (*code)[i];
      if (frames[i].empty()) {
        frames[i].push_back(
            {.function = instruction.function, .file = instruction.file, .line = instruction.line});
      }
      CodePoint& point = code_[instruction.address + base];
      point.object_address = instruction.address;
      point.size_bytes = instruction.size_bytes;
      point.text = instruction.text;
      point.file = frames[i].front().file;
      point.line = frames[i].front().line;
      point.frames = frames[i];
      if (point.line != 0) {
        last = &frames[i];
        last_address = instruction.address;
      } else if (last != nullptr && instruction.address - last_address <= kNeighbourBytes) {
        point.frames = *last;
      }
    }
  }

  const Profile& profile_;
  const AssemblySyntax syntax_;
  BuildCheck build_check_;
  std::unordered_map<std::uint32_t, std::unique_ptr<ObjectFile>> objects_;  // By file.
  Code code_;
};

}  // namespace

Code read_code(const Profile& profile, const std::vector<WantedAddress>& wanted,
               AssemblySyntax syntax, std::size_t max_ranges, const Notice& notice) {
  return CodeReader(profile, syntax, notice).read(wanted, max_ranges);
}

}  // namespace plumb
