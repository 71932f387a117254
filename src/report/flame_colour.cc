// SPDX-License-Identifier: Apache-2.0
#include "report/flame_colour.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "leak/frames.h"
#include "report/colour.h"

namespace plumb {
namespace {

// Hue in turns; the others from 0 to 1.
struct Hsl {
  double hue = 0;
  double saturation = 0;
  double lightness = 0;
};

// Source: https://www.w3.org/TR/css-color-4/#hsl-to-rgb
std::string to_hex_colour(const Hsl& colour) {
  const auto part = [&colour](double place) {
    const double k = std::fmod(place + colour.hue * 12, 12);
    const double chroma = colour.saturation * std::min(colour.lightness, 1 - colour.lightness);
    const double light = colour.lightness - chroma * std::clamp(std::min(k - 3, 9 - k), -1.0, 1.0);
    return static_cast<std::uint8_t>(std::lround(std::clamp(light, 0.0, 1.0) * 255));
  };
  return hex_colour({part(0), part(8), part(4)});
}

// FNV-1a: the same colours in every run, unlike base/hash.h. Source: RFC draft-eastlake-fnv.
std::uint32_t stable_hash(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

}  // namespace

std::string_view colour_group(std::string_view frame) {
  const std::size_t name_end = std::min(frame.find('('), frame.size());
  const std::size_t slash = frame.substr(0, name_end).rfind('/');
  const std::size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  const std::size_t end = std::min(frame.find('.', begin), frame.find("::", begin));
  return frame.substr(0, end);
}

std::string package_colour(std::string_view frame) {
  const FrameOwner owner = find_owner(frame, {});
  if (owner == FrameOwner::Runtime) return "#d5d8dc";
  const double hue = stable_hash(colour_group(frame)) / 4294967296.0;
  if (owner == FrameOwner::Standard) return to_hex_colour({hue, 0.40, 0.87});
  return to_hex_colour({hue, 0.70, 0.75});
}

std::string difference_colour(std::int64_t net, std::int64_t size) {
  if (size == 0) return "#e0e0e0";
  const double share = static_cast<double>(net) / static_cast<double>(size);
  constexpr double kOrange = 30.0 / 360;
  constexpr double kBlue = 210.0 / 360;
  const double strength = std::sqrt(std::min(std::abs(share), 1.0));
  return to_hex_colour({share < 0 ? kBlue : kOrange, strength * 0.85, 0.88 - strength * 0.22});
}

}  // namespace plumb
