// SPDX-License-Identifier: Apache-2.0
// Filters by frame straight from their definition, slowly: what the fast ways are held against.

#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/filter.h"
#include "model/simplified_name.h"

namespace plumb::test {

/// A location with all that filters look at.
struct NaiveLocation {
  std::optional<std::string> binary;
  std::vector<std::pair<std::string, std::string>> lines;  ///< Name and file, innermost first.
  friend bool operator==(const NaiveLocation&, const NaiveLocation&) = default;
};

struct NaiveSample {
  std::int64_t value = 0;
  std::vector<NaiveLocation> stack;  ///< Leaf first.
  friend bool operator==(const NaiveSample&, const NaiveSample&) = default;
};

using NaiveSamples = std::vector<NaiveSample>;

inline NaiveSamples naive_samples(const Profile& profile) {
  NaiveSamples samples;
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    NaiveSample& sample = samples.emplace_back();
    sample.value = profile.values(i)[0];
    profile.read_stack(i, stack);
    for (const LocationId id : stack) {
      NaiveLocation& location = sample.stack.emplace_back();
      const MappingId mapping = profile.location(id).mapping;
      if (mapping.index != kNone) {
        location.binary = profile.text(profile.mappings[mapping.index].file);
      } else if (profile.mappings.empty()) {
        location.binary = "";  // A profile without mappings is one binary without a name.
      }
      for (const Line& line : profile.lines_of(profile.location(id))) {
        const Function& function = profile.function(line.function);
        location.lines.push_back(
            {std::string(profile.text(function.name)), std::string(profile.text(function.file))});
      }
    }
  }
  return samples;
}

inline bool line_matches(const std::pair<std::string, std::string>& line, const Regexp& regexp) {
  return regexp.matches(line.first) || regexp.matches(line.second);
}

inline bool binary_matches(const NaiveLocation& location, const Regexp& regexp) {
  return location.binary && regexp.matches(*location.binary);
}

inline bool location_matches(const NaiveLocation& location, const Regexp& regexp) {
  return binary_matches(location, regexp) ||
         std::ranges::any_of(location.lines,
                             [&](const auto& line) { return line_matches(line, regexp); });
}

inline void naive_filter_frames(NaiveSamples& samples, const FrameFilters& filters) {
  std::erase_if(samples, [&](const NaiveSample& sample) {
    bool focused = false;
    bool ignored = false;
    for (const NaiveLocation& location : sample.stack) {
      if (filters.ignore != nullptr && location_matches(location, *filters.ignore)) ignored = true;
      if (filters.focus == nullptr || location_matches(location, *filters.focus)) focused = true;
    }
    return ignored || !focused;
  });
  std::erase_if(samples, [&](NaiveSample& sample) {
    std::erase_if(sample.stack, [&](NaiveLocation& location) {
      bool hidden = false;
      if (filters.hide != nullptr && location_matches(location, *filters.hide)) {
        std::erase_if(location.lines, [&](const auto& line) {
          return binary_matches(location, *filters.hide) || line_matches(line, *filters.hide);
        });
        hidden = location.lines.empty();
      }
      if (filters.show != nullptr) {
        std::erase_if(location.lines, [&](const auto& line) {
          return !binary_matches(location, *filters.show) && !line_matches(line, *filters.show);
        });
        hidden = location.lines.empty();
      }
      return hidden;
    });
    return sample.stack.empty();
  });
}

inline void naive_show_from(NaiveSamples& samples, const Regexp& regexp) {
  std::erase_if(samples, [&](NaiveSample& sample) {
    while (!sample.stack.empty() && !location_matches(sample.stack.back(), regexp)) {
      sample.stack.pop_back();
    }
    for (NaiveLocation& location : sample.stack) {
      if (!location_matches(location, regexp) || binary_matches(location, regexp)) continue;
      while (!line_matches(location.lines.back(), regexp)) location.lines.pop_back();
    }
    return sample.stack.empty();
  });
}

inline void naive_prune_from(NaiveSamples& samples, const Regexp& regexp) {
  const auto line_is_cut = [&](const auto& line) {
    return !line.first.empty() && regexp.matches(simplified_name(line.first));
  };
  for (NaiveSample& sample : samples) {
    std::vector<NaiveLocation>& stack = sample.stack;
    const auto leaf = std::ranges::find_if(stack, [&](const NaiveLocation& location) {
      return std::ranges::any_of(location.lines, line_is_cut);
    });
    if (leaf != stack.end()) stack.erase(stack.begin(), leaf);
    for (NaiveLocation& location : stack) {
      const auto line = std::ranges::find_if(location.lines, line_is_cut);
      if (line != location.lines.end()) location.lines.erase(location.lines.begin(), line);
    }
  }
}

}  // namespace plumb::test
