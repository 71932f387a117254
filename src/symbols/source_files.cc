// SPDX-License-Identifier: Apache-2.0
#include "symbols/source_files.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/paths.h"
#include "base/strings.h"
#include "base/system_message.h"
#include "base/try.h"

namespace plumb {
namespace {

constexpr off_t kMaxFileBytes = off_t{64} << 20;

Error open_error(const std::string& path, int number) {
  return {number == ENOENT ? ErrorCode::NotFound : ErrorCode::Io,
          "open " + path + ": " + system_message(number)};
}

Result<std::string> read_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return open_error(path, errno);
  if (!S_ISREG(status.st_mode)) return Error(ErrorCode::Io, path + " is no regular file");
  if (status.st_size > kMaxFileBytes) {
    return Error(ErrorCode::LimitExceeded, path + " is larger than 64 MiB");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return open_error(path, errno);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
  }
  return lines;
}

}  // namespace

SourceFiles::SourceFiles(std::string search_path, std::string trim_path)
    : search_path_(std::move(search_path)), trim_path_(std::move(trim_path)) {
  std::error_code error;
  if (search_path_.empty()) search_path_ = std::filesystem::current_path(error).string();
}

std::optional<std::string_view> SourceFiles::line(std::string_view path, std::int64_t number) {
  const File& file = load(path);
  if (number < 1 || static_cast<std::uint64_t>(number) > file.lines.size()) return std::nullopt;
  return file.lines[static_cast<std::size_t>(number) - 1];
}

const Error* SourceFiles::error(std::string_view path) const {
  const auto known = files_.find(path);
  return known != files_.end() && known->second.error ? &*known->second.error : nullptr;
}

SourceFiles::File& SourceFiles::load(std::string_view path) {
  const auto known = files_.find(path);
  if (known != files_.end()) return known->second;
  File& file = files_[std::string(path)];
  auto text = read(path);
  if (text) {
    file.text = *std::move(text);
    file.lines = split_lines(file.text);
  } else {
    file.error = std::move(text).error();
  }
  return file;
}

Result<std::string> SourceFiles::read(std::string_view path) const {
  const std::string trimmed(trim_source_path(path, trim_path_, search_path_));
  if (trimmed.starts_with('/')) return read_file(trimmed);
  for (const std::string_view directory : split(search_path_, ':')) {
    std::filesystem::path place = clean_path(directory);
    while (true) {
      auto text = read_file(clean_path((place / trimmed).string()));
      if (text) return text;
      const std::filesystem::path parent = place.parent_path();
      if (parent == place || (parent.empty() && place == ".")) break;
      place = parent.empty() ? "." : parent;
    }
  }
  return Error(ErrorCode::NotFound, "could not find file " + trimmed + " on path " + search_path_);
}

}  // namespace plumb
