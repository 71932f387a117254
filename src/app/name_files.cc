// SPDX-License-Identifier: Apache-2.0
#include "app/name_files.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "app/environment_variables.h"
#include "app/replace_file.h"
#include "base/byte_source.h"
#include "base/version.h"
#include "formats/detect.h"
#include "formats/profile_proto.h"
#include "model/profile.h"
#include "symbols/function_rows.h"

namespace plumb::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".pb.gz";

// A profile whose locations have the addresses of the binary.
Profile to_profile(const std::string& binary, const NamedAddresses& names) {
  Profile profile;
  Mapping mapping;
  mapping.file = profile.strings.intern(binary);
  mapping.build_id = profile.strings.intern(kVersion);
  profile.mappings.push_back(mapping);
  FunctionRows functions(profile);
  std::vector<Line> lines;
  for (const auto& [address, frames] : names) {
    lines.clear();
    for (const SourceFrame& frame : frames) {
      lines.push_back({functions.of(frame), frame.line, frame.column});
    }
    profile.add_location({.address = address, .mapping = {0}}, lines);
  }
  return profile;
}

// Another version of plumb may have found more, or less.
bool is_of(const Profile& profile, const std::string& binary) {
  return profile.mappings.size() == 1 && profile.text(profile.mappings[0].file) == binary &&
         profile.text(profile.mappings[0].build_id) == kVersion;
}

NamedAddresses to_names(const Profile& profile) {
  NamedAddresses names;
  for (const Location& location : profile.locations) {
    std::vector<SourceFrame>& frames = names[location.address];
    for (const Line& line : profile.lines_of(location)) {
      const Function& function = profile.function(line.function);
      frames.push_back({std::string(profile.text(function.system_name)),
                        std::string(profile.text(function.file)), line.line, line.column,
                        function.start_line});
    }
  }
  return names;
}

}  // namespace

std::string NameFiles::usual_directory() {
  const std::string chosen = environment_value("PLUMB_NAMES");
  if (!chosen.empty()) return chosen == "off" ? "" : chosen;
  const std::string cache = user_directory("XDG_CACHE_HOME", ".cache");
  return cache.starts_with('/') ? cache + "/plumb/names" : "";
}

NamedAddresses NameFiles::load(const std::string& binary) {
  if (directory_.empty()) return {};
  const std::string path = path_of(binary);
  auto file = FileSource::open(path);
  if (!file) return {};
  auto input = detect(*std::move(file), {});
  if (!input || input->format == nullptr || input->format->name != kProfileProtoFormat) return {};
  auto profile = read_profile_proto(*input->source, {});
  if (!profile || !is_of(*profile, binary)) return {};
  std::error_code error;
  fs::last_write_time(path, fs::file_time_type::clock::now(), error);
  return to_names(*profile);
}

void NameFiles::save(const std::string& binary, const NamedAddresses& names) {
  if (directory_.empty()) return;
  const std::string path = path_of(binary);
  const std::string bytes = write_profile_proto(to_profile(binary, names));
  if (bytes.size() > most_bytes_) return;
  make_directories_for(path);
  make_room(bytes.size());
  static_cast<void>(replace_file(path, bytes, kFileOfOwner));
}

std::string NameFiles::path_of(const std::string& binary) const {
  return directory_ + '/' + binary + std::string(kEnding);
}

// Removes files, the ones used longest ago first, until `bytes` more fit.
void NameFiles::make_room(std::uintmax_t bytes) const {
  struct Found {
    fs::file_time_type time;
    std::uintmax_t size = 0;
    fs::path path;
  };
  std::vector<Found> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory_, error)) {
    if (!entry.path().string().ends_with(kEnding)) continue;
    std::error_code gone;
    const Found file{entry.last_write_time(gone), entry.file_size(gone), entry.path()};
    if (gone) continue;
    bytes += file.size;
    files.push_back(file);
  }
  std::ranges::sort(files, {}, &Found::time);
  for (const Found& file : files) {
    if (bytes <= most_bytes_) return;
    if (fs::remove(file.path, error)) bytes -= file.size;
  }
}

}  // namespace plumb::cli
