// SPDX-License-Identifier: Apache-2.0
// What a reader could not read. Nothing is skipped silently: every reader counts what it passes
// over, and the front ends say so.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plumb {

/// One kind of loss, e.g. 3 goroutines "cut off at the end of the input".
struct Loss {
  std::string what;  ///< Noun phrase for `count` of them: "goroutine cut short".
  std::uint64_t count = 0;
  std::uint64_t first_place = 0;  ///< Line (text) or byte offset (binary) of the first; 0 unknown.
};

/// Adds `count` to the loss named `what`. `place` is kept for the first of its kind.
inline void add_loss(std::vector<Loss>& losses, std::string_view what, std::uint64_t count = 1,
                     std::uint64_t place = 0) {
  for (Loss& loss : losses) {
    if (loss.what != what) continue;
    loss.count += count;
    return;
  }
  losses.push_back({std::string(what), count, place});
}

}  // namespace plumb
