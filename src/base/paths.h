// SPDX-License-Identifier: Apache-2.0
// Paths as text: the names of files in profiles, which need not exist here.

#pragma once

#include <string>
#include <string_view>

namespace plumb {

/// The last element of a slash-separated path; "." of an empty one, "/" of slashes only.
inline std::string_view path_base(std::string_view path) {
  if (path.empty()) return ".";
  const std::size_t end = path.find_last_not_of('/');
  if (end == std::string_view::npos) return "/";
  path = path.substr(0, end + 1);
  return path.substr(path.rfind('/') + 1);
}

/// The shortest path that means the same by its text alone, as Go's path/filepath.Clean: "a/./b"
/// and "a/x/../b" become "a/b", "" becomes ".".
std::string clean_path(std::string_view path);

}  // namespace plumb
