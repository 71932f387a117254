// SPDX-License-Identifier: Apache-2.0
#include "model/simplified_name.h"

namespace plumb {

std::string_view simplified_name(std::string_view name) {
  if (name.starts_with('.')) name.remove_prefix(1);
  for (std::size_t at = 0; (at = name.find_first_of("(o", at)) != std::string_view::npos;) {
    bool reserved = false;
    for (const std::string_view word : {"(anonymous namespace)", "operator()"}) {
      if (!name.substr(at).starts_with(word)) continue;
      reserved = true;
      at += word.size();
      break;
    }
    if (reserved) continue;
    if (name[at] == '(') return name.substr(0, at);
    ++at;
  }
  return name;
}

}  // namespace plumb
