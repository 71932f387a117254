// SPDX-License-Identifier: Apache-2.0
// Which snapshots are not whole.

#pragma once

#include <span>

#include "model/loss.h"

namespace plumb {

/// True if, by what was lost while reading, goroutines may be missing altogether, and not only
/// details of them.
bool lacks_goroutines(std::span<const Loss> losses);

}  // namespace plumb
