// SPDX-License-Identifier: Apache-2.0
// expand_sources(): from the words of a command line to sources that are files, URLs or "-".

#include <dirent.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/strings.h"
#include "base/system_message.h"
#include "base/try.h"
#include "fetch/fetch.h"
#include "fetch/url.h"

namespace plumb {
namespace {

enum class FileKind : std::uint8_t { Missing, Directory, Regular, Other };

FileKind kind_of(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return FileKind::Missing;
  if (S_ISDIR(status.st_mode)) return FileKind::Directory;
  return S_ISREG(status.st_mode) ? FileKind::Regular : FileKind::Other;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

// By name, numbers in it by their size: 9.txt before 10.txt.
bool precedes(const std::string& a, const std::string& b) {
  return ::strverscmp(a.c_str(), b.c_str()) < 0;
}

// Appends the files of `directory`, in order.
Result<void> append_directory(const std::string& directory, const Notice& notice,
                              std::vector<std::string>& sources) {
  const std::unique_ptr<DIR, CloseDirectory> handle(opendir(directory.c_str()));
  if (!handle) return Error(ErrorCode::Io, system_message(errno)).while_reading(directory);
  std::vector<std::string> files;
  std::uint64_t passed_over = 0;
  while (const dirent* entry = readdir(handle.get())) {
    const std::string_view name = entry->d_name;
    if (name.starts_with('.')) continue;
    std::string path = directory + (directory.ends_with('/') ? "" : "/");
    path += name;
    const bool usable = kind_of(path) == FileKind::Regular && access(path.c_str(), R_OK) == 0;
    if (usable) {
      files.push_back(std::move(path));
    } else {
      ++passed_over;
    }
  }
  if (files.empty()) {
    return Error(ErrorCode::NotFound, "no readable files in this directory")
        .while_reading(printable(directory));
  }
  if (passed_over > 0) {
    notice(printable(directory) + ": passed over " + std::to_string(passed_over) +
           (passed_over == 1 ? " entry that is" : " entries that are") +
           " no readable file (directories are read one level deep)");
  }
  std::ranges::sort(files, precedes);
  std::move(files.begin(), files.end(), std::back_inserter(sources));
  return {};
}

// The matches of `pattern`, in order.
Result<std::vector<std::string>> match_glob(const std::string& pattern) {
  glob_t matches{};
  const int status = glob(pattern.c_str(), 0, nullptr, &matches);
  std::vector<std::string> paths;
  if (status == 0) paths.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
  globfree(&matches);
  if (paths.empty()) {
    return Error(ErrorCode::NotFound, "no file matches")
        .while_reading(printable(without_password(pattern)));
  }
  std::ranges::sort(paths, precedes);
  return paths;
}

bool is_glob(const std::string& word) {
  return word.find_first_of("*?[") != std::string::npos;
}

Result<void> append_path(const std::string& path, const Notice& notice,
                         std::vector<std::string>& sources) {
  if (kind_of(path) == FileKind::Directory) return append_directory(path, notice, sources);
  sources.push_back(path);
  return {};
}

}  // namespace

Result<void> check_standard_input(std::span<const std::string> sources) {
  if (std::count(sources.begin(), sources.end(), "-") <= 1) return {};
  return Error(ErrorCode::Usage, "standard input (-) can be read only once");
}

Result<std::vector<std::string>> expand_sources(std::span<const std::string> words,
                                                const Notice& notice) {
  TRY(check_standard_input(words));
  std::vector<std::string> sources;
  for (const std::string& word : words) {
    const bool is_pattern =
        is_glob(word) && kind_of(word) == FileKind::Missing && !find_url(word).has_value();
    if (!is_pattern) {
      TRY(append_path(word, notice, sources));
      continue;
    }
    TRY_ASSIGN(const std::vector<std::string> paths, match_glob(word));
    for (const std::string& path : paths) TRY(append_path(path, notice, sources));
  }
  return sources;
}

}  // namespace plumb
