// SPDX-License-Identifier: Apache-2.0
// Notice: how lower layers tell a person something that is no error.

#pragma once

#include <functional>
#include <string_view>

namespace plumb {

/// Takes one line without its line feed. It may hold bytes of the input: whoever shows it escapes.
using Notice = std::function<void(std::string_view)>;

}  // namespace plumb
