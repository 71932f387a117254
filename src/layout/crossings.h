// SPDX-License-Identifier: Apache-2.0
// The order of the slots in each layer, so that few edges cross.

#pragma once

#include "layout/layers.h"
#include "layout/network_simplex.h"

namespace plumb::layout {

/// Reorders the layers. Sweeps down and up put each slot at the median of its neighbours and then
/// exchange neighbours where that helps; several first orders are tried and the best outcome wins.
void order_layers(Layers& layers, Effort& effort);

/// Crossings of segments, where pieces of long edges count more.
std::uint64_t count_crossings(const Layers& layers);

}  // namespace plumb::layout
