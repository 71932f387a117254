// SPDX-License-Identifier: Apache-2.0
// Which of several waits are sends and which are receives, told from where their code lies.
//
// Compiled code enters a blocking channel operation by a small function in front of it:
//
//   chansend1 chansend ... chanrecv1 chanrecv2 chanrecv
//
// in the order of the source of the runtime's chan.go, in which all releases of Go lay code out.
// A wait has two PCs in there: in the entry, and where the operation parks the goroutine.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "leak/wait_state.h"

namespace plumb {

struct ChannelWait {
  std::uint64_t park = 0;   ///< PC in chansend or chanrecv.
  std::uint64_t entry = 0;  ///< PC in chansend1, chanrecv1 or chanrecv2.
  WaitState hint;           ///< What is known from elsewhere, if anything.
};

/// The state of each wait of one process, in the order of `waits`; empty where the code does not
/// tell. Complexity: O(n^2), for a handful of waits.
std::vector<WaitState> resolve_channel_waits(std::span<const ChannelWait> waits);

}  // namespace plumb
