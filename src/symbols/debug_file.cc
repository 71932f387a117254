// SPDX-License-Identifier: Apache-2.0
#include "symbols/debug_file.h"

#include <libdeflate.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <utility>
#include <vector>

#include "base/paths.h"
#include "base/try.h"

namespace plumb {
namespace {

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Absolute and without links, so that it can be looked up below a directory of debug files.
std::string resolved(const std::string& path) {
  std::array<char, PATH_MAX> buffer{};
  return ::realpath(path.c_str(), buffer.data()) == nullptr ? path : std::string(buffer.data());
}

std::string build_id_path(const std::string& directory, std::string_view build_id) {
  return directory + "/.build-id/" + std::string(build_id.substr(0, 2)) + '/' +
         std::string(build_id.substr(2)) + ".debug";
}

std::unique_ptr<OpenElf> open_with_build_id(const std::string& path, std::string_view build_id) {
  auto opened = OpenElf::open(path);
  if (!opened || (*opened)->elf.build_id() != build_id) return nullptr;
  return *std::move(opened);
}

std::unique_ptr<OpenElf> open_with_checksum(const std::string& path, std::uint32_t crc) {
  auto opened = OpenElf::open(path);
  if (!opened) return nullptr;
  const std::string_view bytes = (*opened)->file.bytes();
  if (libdeflate_crc32(0, bytes.data(), bytes.size()) != crc) return nullptr;
  return *std::move(opened);
}

dwarf::Sections sections_of(ElfFile& elf, const std::string& ending, std::string& damage) {
  const auto content = [&](const char* name) {
    auto bytes = elf.content(name + ending);
    if (bytes) return *bytes;
    if (damage.empty()) damage = bytes.error().describe();
    return std::string_view{};
  };
  return {.order = elf.order(),
          .info = content(".debug_info"),
          .abbrev = content(".debug_abbrev"),
          .line = content(".debug_line"),
          .str = content(".debug_str"),
          .line_str = content(".debug_line_str"),
          .str_offsets = content(".debug_str_offsets"),
          .addr = content(".debug_addr"),
          .ranges = content(".debug_ranges"),
          .rnglists = content(".debug_rnglists"),
          .aranges = content(".debug_aranges")};
}

}  // namespace

Result<std::unique_ptr<OpenElf>> OpenElf::open(const std::string& path) {
  TRY_ASSIGN(MappedFile file, MappedFile::open(path));
  TRY_ASSIGN(ElfFile elf, ElfFile::parse(file.bytes()));
  return std::make_unique<OpenElf>(OpenElf{path, std::move(file), std::move(elf)});
}

bool has_debug_info(const ElfFile& elf) {
  for (const std::string_view name : {".debug_info", ".zdebug_info"}) {
    const ElfSection* const section = elf.find_section(name);
    if (section != nullptr && !elf.raw_bytes(*section).empty()) return true;
  }
  return false;
}

std::unique_ptr<OpenElf> find_debug_file(const OpenElf& binary,
                                         std::span<const std::string> directories) {
  const std::string build_id = binary.elf.build_id();
  if (build_id.size() > 2) {
    for (const std::string& directory : directories) {
      auto found = open_with_build_id(build_id_path(directory, build_id), build_id);
      if (found) return found;
    }
  }
  const auto link = binary.elf.debug_link();
  if (!link || link->file.find('/') != std::string::npos) return nullptr;
  const std::string path = resolved(binary.path);
  const std::string home = directory_of(path);
  std::vector<std::string> candidates = {home + '/' + link->file, home + "/.debug/" + link->file};
  for (const std::string& directory : directories) {
    candidates.push_back(directory + home + '/' + link->file);
  }
  for (const std::string& candidate : candidates) {
    if (candidate == path) continue;
    auto found = open_with_checksum(candidate, link->crc);
    if (found) return found;
  }
  return nullptr;
}

std::unique_ptr<OpenElf> find_alternate_file(const OpenElf& debug,
                                             std::span<const std::string> directories) {
  const auto link = debug.elf.alternate_link();
  if (!link || link->build_id.size() <= 2) return nullptr;
  std::vector<std::string> candidates;
  candidates.push_back(link->file.starts_with('/')
                           ? link->file
                           : directory_of(resolved(debug.path)) + '/' + link->file);
  for (const std::string& directory : directories) {
    candidates.push_back(build_id_path(directory, link->build_id));
  }
  for (const std::string& candidate : candidates) {
    auto found = open_with_build_id(candidate, link->build_id);
    if (found) return found;
  }
  return nullptr;
}

std::unique_ptr<OpenElf> find_split_file(const OpenElf& debug, std::string_view directory,
                                         std::string_view name) {
  const std::string home = directory_of(resolved(debug.path)) + '/';
  std::vector<std::string> candidates;
  if (name.starts_with('/')) {
    candidates.emplace_back(name);
  } else {
    candidates.push_back(std::string(directory) + '/' + std::string(name));
    candidates.push_back(home + std::string(name));
  }
  candidates.push_back(home + std::string(path_base(name)));
  for (const std::string& candidate : candidates) {
    auto opened = OpenElf::open(candidate);
    if (opened) return *std::move(opened);
  }
  return nullptr;
}

std::unique_ptr<OpenElf> find_package_file(const OpenElf& debug, const OpenElf& binary) {
  for (const std::string& path :
       {debug.path, resolved(debug.path), binary.path, resolved(binary.path)}) {
    auto opened = OpenElf::open(path + ".dwp");
    if (opened) return *std::move(opened);
  }
  return nullptr;
}

dwarf::Sections debug_sections(ElfFile& elf, std::string& damage) {
  return sections_of(elf, "", damage);
}

dwarf::Sections split_sections(ElfFile& elf, std::string& damage) {
  return sections_of(elf, ".dwo", damage);
}

}  // namespace plumb
