// SPDX-License-Identifier: Apache-2.0
// The form of a function name that pprof's pruning looks at.

#pragma once

#include <string_view>

namespace plumb {

/// `name` without the dot of the PowerPC ELF ABI in front and without its argument list, which
/// starts at the first parenthesis that is not part of "(anonymous namespace)" or "operator()".
std::string_view simplified_name(std::string_view name);

}  // namespace plumb
