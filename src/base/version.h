// SPDX-License-Identifier: Apache-2.0
// The version, as CMakeLists.txt has it (a test compares the two).

#pragma once

#include <string_view>

namespace plumb {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace plumb
