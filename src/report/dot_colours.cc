// SPDX-License-Identifier: Apache-2.0
#include "report/dot_colours.h"

#include <algorithm>
#include <cmath>

namespace plumb {
namespace {

constexpr double kGreyBelow = 0.2;  // Small shares lose their saturation.
constexpr double kExponent = 0.3;   // Moves shares away from 0.

std::uint8_t channel(double brightness) {
  const double scaled = brightness * 255.0;
  return std::isnan(scaled) ? 0 : static_cast<std::uint8_t>(scaled);
}

}  // namespace

Colour value_colour(double share, ColourUse use) {
  double saturation = use == ColourUse::Fill ? 0.1 : 1.0;
  const double brightness = use == ColourUse::Fill ? 0.93 : 0.7;
  if (!std::isnan(share)) share = std::clamp(share, -1.0, 1.0);
  const double size = std::abs(share);
  if (size < kGreyBelow) saturation *= size / kGreyBelow;
  const double shift = saturation * std::pow(size, kExponent);
  const double blue = brightness * (1 - saturation);
  if (share < 0) return {channel(brightness * (1 - shift)), channel(brightness), channel(blue)};
  return {channel(brightness), channel(brightness * (1 - shift)), channel(blue)};
}

}  // namespace plumb
