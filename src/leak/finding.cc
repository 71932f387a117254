// SPDX-License-Identifier: Apache-2.0
#include "leak/finding.h"

#include <algorithm>
#include <array>

namespace plumb {
namespace {

constexpr std::array<std::string_view, 5> kLevelNames = {"benign", "watch", "possible", "likely",
                                                         "confirmed"};

}  // namespace

std::string_view to_string(Level level) {
  return kLevelNames[static_cast<std::size_t>(level)];
}

std::optional<Level> find_level(std::string_view name) {
  const auto* const at = std::ranges::find(kLevelNames, name);
  if (at == kLevelNames.end()) return std::nullopt;
  return static_cast<Level>(at - kLevelNames.begin());
}

}  // namespace plumb
