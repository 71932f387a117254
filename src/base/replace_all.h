// SPDX-License-Identifier: Apache-2.0
// Replacing parts of a text.

#pragma once

#include <string>
#include <string_view>

namespace plumb {

/// `text` with `by` in place of each `what`, from the left. Requires: `what` is not empty.
inline std::string replace_all(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

}  // namespace plumb
