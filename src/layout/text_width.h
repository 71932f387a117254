// SPDX-License-Identifier: Apache-2.0
// How wide text is, without a font at hand.

#pragma once

#include <string_view>

namespace plumb::layout {

/// The width of one line of UTF-8 in Helvetica, Arial or Liberation Sans, which agree: in points,
/// if the font size is. Other scripts are estimated, on the wide side.
double text_width(std::string_view text, double font_size);

}  // namespace plumb::layout
