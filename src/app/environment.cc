// SPDX-License-Identifier: Apache-2.0
#include "app/environment.h"

#include <string>

#include "base/strings.h"

namespace plumb::cli {

void Environment::say(std::string_view line) const {
  out.flush();  // On a terminal, what was written first is seen first.
  err << printable(line) << "\n";
  err.flush();
}

// The lines of a message behind the first are hints: "did you mean -nodecount?".
void Environment::say_error(const Error& error) const {
  const std::string text = "plumb: " + error.describe();
  std::string_view rest = text;
  while (!rest.empty()) say(take_until(rest, '\n'));
}

}  // namespace plumb::cli
