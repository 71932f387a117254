// SPDX-License-Identifier: Apache-2.0
#include "model/filter.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/cancellation.h"
#include "base/parallel.h"
#include "model/simplified_name.h"
#include "model/string_matches.h"

namespace plumb {
namespace {

// What a regular expression says of the functions and binaries of a profile.
class NameMatches {
 public:
  NameMatches(const Profile& profile, const Regexp& regexp) : profile_(profile) {
    StringMatches names(profile.strings, regexp);
    for (const Function& function : profile.functions) {
      functions_.push_back(names.matches(function.name) || names.matches(function.file));
    }
    for (const Mapping& mapping : profile.mappings) {
      mappings_.push_back(names.matches(mapping.file));
    }
    // A profile without mappings is one binary without a name, as in pprof.
    unmapped_ = profile.mappings.empty() && names.matches({});
  }

  [[nodiscard]] bool line(const Line& line) const { return functions_[line.function.index]; }
  [[nodiscard]] bool mapping(const Location& location) const {
    return location.mapping.index != kNone ? mappings_[location.mapping.index] : unmapped_;
  }
  [[nodiscard]] bool location(const Location& location) const {
    const auto lines = profile_.lines_of(location);
    return mapping(location) ||
           std::ranges::any_of(lines, [this](const Line& one) { return line(one); });
  }

 private:
  const Profile& profile_;
  std::vector<bool> functions_;  // By function: its name or file.
  std::vector<bool> mappings_;
  bool unmapped_ = false;  // Whether the file that locations without a mapping have matches.
};

// Keeps the lines of `location` for which `kept(line)` holds.
template <typename Kept>
void keep_lines(Profile& profile, Location& location, Kept kept) {
  const auto first = profile.lines.begin() + location.first_line;
  const auto end = std::remove_if(first, first + location.line_count,
                                  [&](const Line& line) { return !kept(line); });
  location.line_count = static_cast<std::uint32_t>(end - first);
}

// What filter_frames() decides about a location.
constexpr std::uint8_t kFocused = 1;
constexpr std::uint8_t kIgnored = 2;

class FrameFilter {
 public:
  FrameFilter(Profile& profile, const FrameFilters& filters)
      : profile_(profile), filters_(filters) {
    verdicts_.resize(profile.locations.size());
    hidden_.resize(profile.locations.size());
  }

  FrameMatches run() {
    choose_samples();
    hide_lines();
    show_lines();
    keep_samples();
    if (!any_hidden_) return matched_;
    if (filters_.kept_stacks == nullptr) {
      hide_locations();
    } else {
      drop_hidden_samples();
      *filters_.kept_stacks = std::move(hidden_);
    }
    return matched_;
  }

 private:
  void choose_samples() {
    if (filters_.ignore != nullptr) {
      const NameMatches names(profile_, *filters_.ignore);
      for (std::size_t i = 0; i < verdicts_.size(); ++i) {
        if (!names.location(profile_.locations[i])) continue;
        verdicts_[i] = kIgnored;
        matched_.ignore = true;
      }
    }
    if (filters_.focus == nullptr) {
      for (std::uint8_t& verdict : verdicts_) verdict = verdict == 0 ? kFocused : verdict;
      return;
    }
    const NameMatches names(profile_, *filters_.focus);
    for (std::size_t i = 0; i < verdicts_.size(); ++i) {
      if (verdicts_[i] != 0 || !names.location(profile_.locations[i])) continue;
      verdicts_[i] = kFocused;
      matched_.focus = true;
    }
  }

  void hide_lines() {
    if (filters_.hide == nullptr) return;
    const NameMatches names(profile_, *filters_.hide);
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      Location& location = profile_.locations[i];
      if (!names.location(location)) continue;
      matched_.hide = true;
      if (names.mapping(location)) {
        location.line_count = 0;
      } else {
        keep_lines(profile_, location, [&](const Line& line) { return !names.line(line); });
      }
      hide_if_empty(i);
    }
  }

  void show_lines() {
    if (filters_.show == nullptr) return;
    const NameMatches names(profile_, *filters_.show);
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      Location& location = profile_.locations[i];
      if (!names.mapping(location)) {
        keep_lines(profile_, location, [&](const Line& line) { return names.line(line); });
      }
      if (!hide_if_empty(i)) matched_.show = true;
    }
  }

  bool hide_if_empty(std::size_t i) {
    if (profile_.locations[i].line_count > 0) return false;
    hidden_[i] = 1;
    any_hidden_ = true;
    return true;
  }

  void keep_samples() {
    const std::size_t count = profile_.sample_count();
    std::vector<std::uint8_t> kept(count);
    // Nothing that comes behind a frame with one of these bits changes the verdict.
    const std::uint8_t final_bits = matched_.ignore ? kIgnored : kFocused;
    for_two_parts(count / 2, count, kSamplesWorthAThread, [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last && !is_cancelled_at(i); ++i) {
        std::uint8_t verdict = 0;
        for (const LocationId id : profile_.stack(i)) {
          verdict |= verdicts_[id.index];
          if ((verdict & final_bits) != 0) break;
        }
        kept[i] = verdict == kFocused ? 1 : 0;
      }
    });
    profile_.keep_samples(kept);
  }

  // Those of whose stacks nothing is left.
  void drop_hidden_samples() {
    const std::size_t count = profile_.sample_count();
    std::vector<std::uint8_t> kept(count);
    for_two_parts(count / 2, count, kSamplesWorthAThread, [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last && !is_cancelled_at(i); ++i) {
        for (const LocationId id : profile_.stack(i)) {
          if (hidden_[id.index] != 0) continue;
          kept[i] = 1;
          break;
        }
      }
    });
    profile_.keep_samples(kept);
  }

  void hide_locations() {
    profile_.edit_stacks([this](PackedStack stack, std::vector<LocationId>& shown) {
      std::uint8_t any = 0;
      for (const LocationId id : stack) any |= hidden_[id.index];
      if (any == 0) return StackEdit::Keep;
      for (const LocationId id : stack) {
        if (hidden_[id.index] == 0) shown.push_back(id);
      }
      return shown.empty() ? StackEdit::Drop : StackEdit::Replace;
    });
  }

  Profile& profile_;
  const FrameFilters& filters_;
  FrameMatches matched_;
  std::vector<std::uint8_t> verdicts_;  // By location.
  std::vector<std::uint8_t> hidden_;    // By location: 1 if it has no line left.
  bool any_hidden_ = false;
};

// The number of the last (outermost) frame for which `marked` is 1, counted from 1; 0: none.
std::uint64_t last_marked(PackedStack stack, const std::vector<std::uint8_t>& marked) {
  std::uint64_t last = 0;
  std::uint64_t number = 0;
  for (const LocationId id : stack) {
    ++number;
    if (marked[id.index] != 0) last = number;
  }
  return last;
}

}  // namespace

FrameMatches filter_frames(Profile& profile, const FrameFilters& filters) {
  if (filters.focus == nullptr && filters.ignore == nullptr && filters.hide == nullptr &&
      filters.show == nullptr) {
    return {};
  }
  return FrameFilter(profile, filters).run();
}

bool show_from(Profile& profile, const Regexp& regexp) {
  const NameMatches names(profile, regexp);
  std::vector<std::uint8_t> marked(profile.locations.size());
  bool matched = false;
  for (std::size_t i = 0; i < marked.size(); ++i) {
    Location& location = profile.locations[i];
    std::uint32_t kept = location.line_count;
    if (!names.mapping(location)) {
      while (kept > 0 && !names.line(profile.lines[location.first_line + kept - 1])) --kept;
      if (kept == 0) continue;
    }
    location.line_count = kept;
    marked[i] = 1;
    matched = true;
  }
  profile.edit_stacks([&](PackedStack stack, std::vector<LocationId>& shown) {
    const std::uint64_t size = last_marked(stack, marked);
    if (size == 0) return StackEdit::Drop;
    if (size == stack.size()) return StackEdit::Keep;
    for (const LocationId id : stack) {
      if (shown.size() == size) break;
      shown.push_back(id);
    }
    return StackEdit::Replace;
  });
  return matched;
}

void prune_from(Profile& profile, const Regexp& regexp) {
  std::vector<bool> functions;
  for (const Function& function : profile.functions) {
    functions.push_back(function.name.index != 0 &&
                        regexp.matches(simplified_name(profile.text(function.name))));
  }
  std::vector<std::uint8_t> marked(profile.locations.size());
  for (std::size_t i = 0; i < marked.size(); ++i) {
    Location& location = profile.locations[i];
    const auto lines = profile.lines_of(location);
    const auto line = std::ranges::find_if(
        lines, [&](const Line& candidate) { return functions[candidate.function.index]; });
    if (line == lines.end()) continue;
    const auto cut = static_cast<std::uint32_t>(line - lines.begin());
    location.first_line += cut;
    location.line_count -= cut;
    marked[i] = 1;
  }
  profile.edit_stacks([&](PackedStack stack, std::vector<LocationId>& kept) {
    bool found = false;
    std::uint64_t skipped = 0;
    for (const LocationId id : stack) {
      found = found || marked[id.index] != 0;
      if (found && skipped == 0) return StackEdit::Keep;
      found ? kept.push_back(id) : void(++skipped);
    }
    return found ? StackEdit::Replace : StackEdit::Keep;
  });
}

}  // namespace plumb
