// SPDX-License-Identifier: Apache-2.0
#include "leak/cut_snapshot.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace plumb {
namespace {

// What readers call the loss of a goroutine, of a row of several, or of the end of the input.
constexpr std::array<std::string_view, 6> kLosses = {
    "goroutine cut short",
    "goroutine with an unreadable header",
    "frame without its goroutine's header",
    "record cut short",
    "end of a dump",
    "end of the input",
};
constexpr std::string_view kMissing = " missing";  // "goroutine missing": fewer than promised.

}  // namespace

bool lacks_goroutines(std::span<const Loss> losses) {
  return std::ranges::any_of(losses, [](const Loss& loss) {
    const std::string_view what = loss.what;
    return what.ends_with(kMissing) ||
           std::ranges::any_of(kLosses, [&](auto known) { return what.starts_with(known); });
  });
}

}  // namespace plumb
