// SPDX-License-Identifier: Apache-2.0
#include "symbols/locate_binaries.h"

#include <glob.h>

#include <cstdlib>

#include "base/paths.h"
#include "base/strings.h"
#include "symbols/object_file.h"

namespace plumb {
namespace {

constexpr std::string_view kKernelPrefix = "[kernel.kallsyms]";

std::string join(std::string_view directory, std::string_view rest) {
  std::string path(directory);
  if (rest.empty()) return path;
  if (!path.empty() && !path.ends_with('/') && !rest.starts_with('/')) path += '/';
  return path += rest;
}

std::string directory_of(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(file.substr(0, slash));
}

// A build id becomes part of a pattern: no sign in it may be read as one.
void append_matches(const std::string& directory, std::vector<std::string>& names) {
  std::string pattern;
  for (const char c : directory) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') pattern += '\\';
    pattern += c;
  }
  glob_t found{};
  if (::glob((pattern + "/*").c_str(), 0, nullptr, &found) == 0) {
    names.insert(names.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
}

// Where the binary of a mapping may be below `directory`, the best first.
std::vector<std::string> candidates(std::string_view directory, std::string_view file,
                                    std::string_view build_id) {
  std::vector<std::string> names;
  const std::string_view base = file.empty() ? std::string_view{} : path_base(file);
  if (!build_id.empty()) {
    names.push_back(join(join(directory, build_id), base));
    append_matches(join(directory, build_id), names);
    names.push_back(join(join(directory, file), build_id));  // As perf stores them.
    if (build_id.size() > 2) {
      names.push_back(
          join(join(directory, build_id.substr(0, 2)), std::string(build_id.substr(2)) + ".debug"));
    }
  }
  if (file.empty()) return names;
  const std::string home = directory_of(file);
  const std::string debug_base = std::string(base) + ".debug";
  names.push_back(join(directory, base));
  names.push_back(join(directory, file));
  names.push_back(join(directory, std::string(file) + ".debug"));
  names.push_back(join(join(join(directory, home), ".debug"), debug_base));
  names.push_back(join(join(join(directory, "usr/lib/debug"), home), debug_base));
  return names;
}

// True if the file was found, or need not be.
bool locate_in(std::string_view directory, Profile& profile, Mapping& mapping,
               const Notice& notice) {
  const std::string build_id(profile.text(mapping.build_id));
  const MappedRange range{mapping.start, mapping.limit, mapping.offset, {}};
  for (const std::string& name : candidates(directory, profile.text(mapping.file), build_id)) {
    auto object = ObjectFile::open(name);
    if (!object || !(*object)->check_range(range)) continue;
    if (!build_id.empty() && (*object)->build_id() != build_id) {
      notice("Ignoring local file " + name + ": build-id mismatch (" + build_id +
             " != " + (*object)->build_id() + ")");
      continue;
    }
    mapping.file = profile.strings.intern(name);
    return true;
  }
  return false;
}

}  // namespace

std::string default_search_path() {
  const char* const home = std::getenv("HOME");
  return join(home == nullptr ? "" : home, "pprof/binaries");
}

void locate_binaries(Profile& profile, const LocateOptions& options, MappingOrigins& origins,
                     const Notice& notice) {
  for (Mapping& mapping : profile.mappings) {
    std::string_view symbol = profile.text(mapping.file);
    const bool is_kernel = consume_prefix(symbol, kKernelPrefix) && !symbol.empty();
    const std::string kernel_symbol(is_kernel ? symbol : "");
    for (const std::string_view directory : split(options.search_path, ':')) {
      if (!directory.empty() && locate_in(directory, profile, mapping, notice)) break;
    }
    if (is_kernel) origins.kernel_symbols[std::string(profile.text(mapping.file))] = kernel_symbol;
  }
  if (profile.mappings.empty() && !profile.locations.empty()) {
    profile.mappings.emplace_back();
    for (Location& location : profile.locations) location.mapping = {0};
  }
  if (profile.mappings.empty()) return;
  Mapping& main = profile.mappings.front();
  if (!options.executable.empty()) {
    main.file = profile.strings.intern(options.executable);
    origins.has_named_executable = true;
  }
  if (main.build_id.index == 0) main.build_id = profile.strings.intern(options.build_id);
}

void note_source(Profile& profile, std::string_view url, MappingOrigins& origins) {
  for (Mapping& mapping : profile.mappings) {
    StringId key = mapping.build_id.index != 0 ? mapping.build_id : mapping.file;
    if (key.index == 0) key = mapping.file = profile.strings.intern(url);
    origins.sources[std::string(profile.text(key))].push_back({std::string(url), mapping.start});
  }
}

}  // namespace plumb
