// SPDX-License-Identifier: Apache-2.0
#include "base/paths.h"

#include <vector>

namespace plumb {

std::string clean_path(std::string_view path) {
  if (path.empty()) return ".";
  const bool is_rooted = path[0] == '/';
  std::vector<std::string_view> kept;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view element = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (element.empty() || element == ".") continue;
    if (element != "..") {
      kept.push_back(element);
    } else if (!kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else if (!is_rooted) {
      kept.push_back(element);
    }
  }
  std::string cleaned;
  for (const std::string_view element : kept) {
    if (is_rooted || !cleaned.empty()) cleaned += '/';
    cleaned += element;
  }
  if (cleaned.empty()) cleaned = is_rooted ? "/" : ".";
  return cleaned;
}

}  // namespace plumb
