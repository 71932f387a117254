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

/// A source path as a search can use it, by pprof's rules: without the first of the prefixes in
/// `trim_path` (separated by colons) that it has; without one given, from behind the last element
/// of a directory of `search_path`, if that occurs in it.
std::string_view trim_source_path(std::string_view path, std::string_view trim_path,
                                  std::string_view search_path);

}  // namespace plumb
