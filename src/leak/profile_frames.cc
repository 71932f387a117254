// SPDX-License-Identifier: Apache-2.0
#include "leak/profile_frames.h"

#include "base/strings.h"

namespace plumb {

namespace {

constexpr std::string_view kElidedEnd = "frames elided...";
constexpr std::string_view kUnavailableEnd = "; stack unavailable";

// What a profile made from a dump (model/dump_profile.h) has in place of frames that the dump did
// not show: "...52 frames elided...", "...additional frames elided...".
bool stands_for_frames(std::string_view function) {
  return (function.starts_with("...") && function.ends_with(kElidedEnd)) ||
         function.ends_with(kUnavailableEnd);
}

std::uint64_t count_elided(std::string_view function) {
  if (!consume_prefix(function, "...")) return 0;
  return parse_int<std::uint64_t>(take_until(function, ' ')).value_or(0);
}

// Go's texts leave type arguments out: "main.Map[go.shape.int].func1" is "main.Map[...].func1".
// Source: funcNameForPrint() in runtime/symtab.go.
std::string as_go_prints(std::string_view function) {
  const std::size_t first = function.find('[');
  const std::size_t last = function.rfind(']');
  if (last == std::string_view::npos) return std::string(function);
  return std::string(function.substr(0, first)) + "[...]" + std::string(function.substr(last + 1));
}

}  // namespace

StackFrameId ProfileFrames::translate(const Line& line) {
  StackFrame frame;
  frame.line = line.line;
  if (line.function.index != kNone) {
    const Function& function = profile_.function(line.function);
    const std::string_view name = profile_.text(function.name);
    if (stands_for_frames(name)) {
      frame.is_elided = true;
      frame.elided = count_elided(name);
      return table_.intern_frame(frame);
    }
    const bool is_generic = name.find("[go.shape.") != std::string_view::npos;
    frame.function = is_generic ? table_.intern(as_go_prints(name)) : translate(function.name);
    frame.file = translate(function.file);
  }
  return table_.intern_frame(frame);
}

ProfileFrames::Frames ProfileFrames::expand(LocationId id) {
  const Location& location = profile_.location(id);
  const auto lines = profile_.lines_of(location);
  if (lines.empty()) {
    StackFrame frame;
    frame.address = location.address;
    return {table_.intern_frame(frame).index, 1};
  }
  if (lines.size() == 1) return {translate(lines.front()).index, 1};
  const auto first = static_cast<std::uint32_t>(expanded_.size());
  for (const Line& line : lines) expanded_.push_back(translate(line));
  return {first, static_cast<std::uint32_t>(lines.size())};
}

void ProfileFrames::append_slowly(std::span<const LocationId> locations,
                                  std::vector<StackFrameId>& stack) {
  for (const LocationId id : locations) {
    Frames& frames = locations_[id.index];
    if (frames.count == 0) frames = expand(id);
    if (frames.count == 1) {
      stack.push_back({frames.first});
    } else {
      const auto begin = expanded_.begin() + frames.first;
      stack.insert(stack.end(), begin, begin + frames.count);
    }
  }
}

void ProfileFrames::read_stack(std::span<const LocationId> locations,
                               std::vector<StackFrameId>& stack) {
  // Nearly always every location was met before and is one frame.
  stack.resize(locations.size());
  for (std::size_t i = 0; i < locations.size(); ++i) {
    const Frames frames = locations_[locations[i].index];
    if (frames.count != 1) {
      stack.resize(i);
      append_slowly(locations.subspan(i), stack);
      return;
    }
    stack[i] = {frames.first};
  }
}

}  // namespace plumb
