// SPDX-License-Identifier: Apache-2.0
// The argument of a report: a regular expression, or an address.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "model/regexp.h"

namespace plumb {

/// Errors: Usage, in pprof's words.
Result<Regexp> compile_argument(std::string_view pattern);

/// The address that `argument` is, as Go reads integers: "0x4a1f20", "4857632".
std::optional<std::uint64_t> address_argument(std::string_view argument);

}  // namespace plumb
