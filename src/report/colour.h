// SPDX-License-Identifier: Apache-2.0
// Colours of pictures, as SVG and CSS write them.

#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace plumb {

struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;

  friend auto operator<=>(const Colour&, const Colour&) = default;
};

/// "#1f77b4".
inline std::string hex_colour(Colour colour) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "#";
  for (const std::uint8_t part : {colour.red, colour.green, colour.blue}) {
    text += kDigits[part >> 4U];
    text += kDigits[part & 15U];
  }
  return text;
}

}  // namespace plumb
