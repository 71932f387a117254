// SPDX-License-Identifier: Apache-2.0
#include "base/paths.h"

#include <vector>

#include "base/strings.h"

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
    const bool is_up = element == "..";
    if (is_up && !kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else if (!is_up || !is_rooted) {
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

std::string_view trim_source_path(std::string_view path, std::string_view trim_path,
                                  std::string_view search_path) {
  if (trim_path.empty() && !search_path.empty()) {
    for (const std::string_view directory : split(search_path, ':')) {
      const std::string wanted = '/' + std::string(path_base(directory)) + '/';
      const std::size_t at = path.find(wanted);
      if (at != std::string_view::npos) return path.substr(at + wanted.size());
    }
  }
  std::vector<std::string_view> prefixes;
  if (!trim_path.empty()) prefixes = split(trim_path, ':');
  prefixes.insert(prefixes.end(), {"/proc/self/cwd/./", "/proc/self/cwd/"});
  for (const std::string_view prefix : prefixes) {
    std::string_view rest = path;
    if (!consume_prefix(rest, prefix)) continue;
    if (prefix.ends_with('/') || consume_prefix(rest, "/")) return rest;
  }
  return path;
}

}  // namespace plumb
