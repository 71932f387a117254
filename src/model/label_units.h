// SPDX-License-Identifier: Apache-2.0
// The units of numeric labels: one per key, for the whole profile.

#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/profile.h"

namespace plumb {

struct LabelUnits {
  std::unordered_map<std::uint32_t, std::string> by_key;  ///< By index of the key's StringId.

  /// The unit of a key that some sample has; "" of any other.
  [[nodiscard]] std::string_view of(StringId key) const {
    const auto it = by_key.find(key.index);
    return it == by_key.end() ? std::string_view() : std::string_view(it->second);
  }

  std::vector<std::string> notices;  ///< "For tag K used unit U, also encountered unit(s) V".
};

/// The first unit met for a key counts for all of its values. Without any, a few keys are known to
/// be bytes, and others have the key itself as unit, as in pprof.
LabelUnits find_label_units(const Profile& profile);

}  // namespace plumb
