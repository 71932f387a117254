// SPDX-License-Identifier: Apache-2.0
#include "app/save_profile.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/numbered_file.h"
#include "app/replace_file.h"
#include "base/paths.h"
#include "formats/profile_proto.h"

namespace plumb::cli {
namespace {

std::vector<std::string> candidate_directories() {
  std::vector<std::string> directories;
  const auto add = [&directories](const char* variable, std::string_view below) {
    const char* const value = std::getenv(variable);
    if (value == nullptr || *value == '\0') return false;
    directories.push_back(std::string(value) + std::string(below));
    return true;
  };
  add("PPROF_TMPDIR", "");
  add("HOME", "/pprof");
  if (!add("TMPDIR", "")) directories.emplace_back("/tmp");
  return directories;
}

std::optional<std::string> usable_directory(const Environment& environment) {
  for (const std::string& directory : candidate_directories()) {
    const auto usable = make_directories(directory, kDirectoryOfAll);
    if (usable) return directory;
    environment.say("Could not use temp dir " + directory + ": " + usable.error().message());
  }
  return std::nullopt;
}

// "pprof.server.alloc_objects.alloc_space."
std::string file_prefix(const Profile& profile) {
  std::string prefix = "pprof.";
  if (!profile.mappings.empty() && profile.mappings[0].file.index != 0) {
    prefix += std::string(path_base(profile.text(profile.mappings[0].file))) + '.';
  }
  for (const ValueType& type : profile.sample_types) {
    prefix += std::string(profile.text(type.type)) + '.';
  }
  std::ranges::replace(prefix, '/', '_');  // A server must not choose the directory.
  std::ranges::replace(prefix, '\0', '_');
  constexpr std::size_t kLongest = 200;  // File systems take 255 bytes.
  if (prefix.size() > kLongest) prefix.resize(kLongest);
  return prefix;
}

Result<std::string> write_numbered(const std::string& prefix, const Profile& profile) {
  auto file = create_numbered(prefix, ".pb.gz");
  if (!file) return std::move(file).error();
  *file->writer << write_profile_proto(profile);
  auto written = file->writer->finish();
  if (!written) return std::move(written).error();
  return std::move(file->path);
}

}  // namespace

void save_fetched_profile(const Profile& profile, const Environment& environment) {
  const auto directory = usable_directory(environment);
  if (!directory) return;
  const auto path = write_numbered(*directory + '/' + file_prefix(profile), profile);
  if (path) {
    environment.say("Saved profile in " + *path);
  } else {
    environment.say("Could not save profile: " + path.error().message());
  }
}

}  // namespace plumb::cli
