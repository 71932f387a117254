// SPDX-License-Identifier: Apache-2.0
#include "app/environment_variables.h"

#include <cstdlib>

namespace plumb::cli {

std::string environment_value(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string user_directory(const char* variable, std::string_view below_home) {
  std::string chosen = environment_value(variable);
  if (chosen.starts_with('/')) return chosen;
  const std::string home = environment_value("HOME");
  return home.empty() ? "" : home + '/' + std::string(below_home);
}

}  // namespace plumb::cli
