// SPDX-License-Identifier: Apache-2.0
// What the environment of the process says, and where a person's own files are by it.
// Source: https://specifications.freedesktop.org/basedir-spec/latest/

#pragma once

#include <string>
#include <string_view>

namespace plumb::cli {

/// The value of an environment variable; empty if it is not set.
std::string environment_value(const char* name);

/// The directory that `variable` ("XDG_CACHE_HOME") names, if that is absolute, else `below_home`
/// (".cache") in $HOME; empty without a home.
std::string user_directory(const char* variable, std::string_view below_home);

}  // namespace plumb::cli
