// SPDX-License-Identifier: Apache-2.0
// The colours of values in drawings.

#pragma once

#include <cstdint>

#include "report/drawn_graph.h"

namespace plumb {

enum class ColourUse : std::uint8_t { Line, Fill };

/// From green (-1) over grey (0) to red (1): pprof's colour of a share of the total. `share` may be
/// anything, also not a number.
Colour value_colour(double share, ColourUse use);

}  // namespace plumb
