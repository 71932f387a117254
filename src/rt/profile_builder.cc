// SPDX-License-Identifier: Apache-2.0
#include "rt/profile_builder.h"

#include <algorithm>
#include <chrono>

#include "rt/symbolizer.h"

namespace plumb::rt::detail {
namespace {

std::int64_t wall_clock_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// The functions of an address without those that only hand a task over to what it is made of: they
// say nothing, as runtime.goexit does.
std::span<const Frame> shown_frames(const Symbol& symbol) {
  std::span<const Frame> frames = symbol.frames;
  while (!frames.empty() && frames.back().is_entry()) frames = frames.first(frames.size() - 1);
  return frames;
}

}  // namespace

ProfileBuilder::ProfileBuilder(std::span<const std::uintptr_t> pcs, HiddenLeaf hidden)
    : hidden_(hidden), modules_(list_modules()) {
  std::vector<std::uintptr_t> calls;
  calls.reserve(pcs.size());
  for (const std::uintptr_t pc : pcs) {
    calls.push_back(pc - 1);
  }
  Symbolizer::get().resolve(calls);
  profile_.time_nanos = wall_clock_ns();
}

void ProfileBuilder::add_sample_type(std::string_view type, std::string_view unit) {
  profile_.sample_types.push_back({profile_.strings.intern(type), profile_.strings.intern(unit)});
}

void ProfileBuilder::set_period(std::string_view type, std::string_view unit, std::int64_t period) {
  profile_.period_type = {profile_.strings.intern(type), profile_.strings.intern(unit)};
  profile_.has_period_type = true;
  profile_.period = period;
}

MappingId ProfileBuilder::mapping_of(std::uintptr_t pc) {
  for (const Module& module : modules_) {
    const ModuleRange* const range = module.find(pc);
    if (range == nullptr) continue;
    const auto [known, is_new] = mappings_.try_emplace(
        range->start, MappingId{static_cast<std::uint32_t>(profile_.mappings.size())});
    if (is_new) {
      Mapping mapping;
      mapping.start = range->start;
      mapping.limit = range->limit;
      mapping.offset = range->offset;
      mapping.file = profile_.strings.intern(module.path);
      mapping.build_id = profile_.strings.intern(module.build_id);
      // The kernel's own code is in no file: nobody else knows its names.
      mapping.has_functions = !module.path.starts_with('/');
      profile_.mappings.push_back(mapping);
    }
    return known->second;
  }
  return MappingId{kNone};
}

FunctionId ProfileBuilder::function_of(const Frame& frame) {
  // Lambdas all have the system name "operator()": what tells them apart is the name to show, or
  // else where they start.
  const auto [known, is_new] =
      functions_.try_emplace(frame.system_name + '\n' + frame.name + '\n' + frame.file + '\n' +
                                 std::to_string(frame.start_line),
                             FunctionId{static_cast<std::uint32_t>(profile_.functions.size())});
  if (is_new) {
    Function function;
    function.name = profile_.strings.intern(frame.name);
    function.system_name = profile_.strings.intern(frame.system_name);
    function.file = profile_.strings.intern(frame.file);
    function.start_line = frame.start_line;
    profile_.functions.push_back(function);
  }
  return known->second;
}

LocationId ProfileBuilder::location_of(std::uintptr_t pc, std::size_t hidden_frames) {
  const auto [known, is_new] =
      locations_.try_emplace(std::pair(pc, hidden_frames), LocationId{kNone});
  if (!is_new) return known->second;
  const Symbol& symbol = Symbolizer::get().symbol(pc);
  std::span<const Frame> frames = shown_frames(symbol);
  frames = frames.subspan(std::min(hidden_frames, frames.size()));
  if (frames.empty() && !symbol.frames.empty()) return known->second;
  Location location;
  location.address = pc;
  location.mapping = mapping_of(pc);
  // Once one name is found, the others were searched in the same file: no tool needs to ask for
  // them, which it would do without the token of the server.
  if (!frames.empty() && location.mapping.index != kNone) {
    profile_.mappings[location.mapping.index].has_functions = true;
  }
  std::vector<Line> lines;
  for (const Frame& frame : frames) lines.push_back({function_of(frame), frame.line, 0});
  known->second = profile_.add_location(location, lines);
  return known->second;
}

void ProfileBuilder::add(std::span<const std::uintptr_t> pcs, std::span<const std::int64_t> values,
                         const Labels& labels, bool is_exact, std::int64_t bytes) {
  std::vector<LocationId> stack;
  const LeafCut cut = cut_leaf(pcs, hidden_);
  for (std::size_t i = cut.calls; i < pcs.size(); ++i) {
    const std::size_t hidden_frames = i == cut.calls ? cut.frames : 0;
    const LocationId id = location_of(i == 0 && is_exact ? pcs[i] : pcs[i] - 1, hidden_frames);
    if (id.index != kNone) stack.push_back(id);
  }
  std::vector<Label> sample_labels;
  for (const auto& [key, value] : labels) {
    Label label;
    label.key = profile_.strings.intern(key);
    label.str = profile_.strings.intern(value);
    label.is_empty_text = value.empty();
    sample_labels.push_back(label);
  }
  if (bytes != 0) {
    Label label;
    label.key = profile_.strings.intern("bytes");
    label.num = bytes;
    sample_labels.push_back(label);
  }
  profile_.add_sample(profile_.add_stack(stack), values, sample_labels);
}

Profile ProfileBuilder::finish() {
  return std::move(profile_);
}

}  // namespace plumb::rt::detail
