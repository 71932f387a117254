// SPDX-License-Identifier: Apache-2.0
// Numbers of labels in a drawing: at most four boxes below a function, or below a set of labels.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "graph/tags.h"

namespace plumb {

/// One box: a number, or several that lie near each other.
struct NumberTag {
  std::string text;  ///< "4kB", "1kB..2kB".
  Node sums;
};

/// The numbers at `node` within a set of labels, heaviest first. More than four are put together
/// with the nearest of the four heaviest.
std::vector<NumberTag> drawn_numbers(const TagTable& tags, std::uint32_t node, std::uint32_t set,
                                     std::string_view unit, bool by_flat);

/// pprof's order of tags: by |cum| unless `by_flat`, then by |flat|, then by name.
bool is_before(const Node& a, std::string_view name_a, const Node& b, std::string_view name_b,
               bool by_flat);

}  // namespace plumb
