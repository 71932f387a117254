// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace plumb {

/// What the system says of an `errno`, as Go has it: "no such file or directory".
std::string system_message(int number);

}  // namespace plumb
