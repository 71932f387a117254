// SPDX-License-Identifier: Apache-2.0
#include "app/history_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "app/line_reader.h"
#include "app/replace_file.h"
#include "base/strings.h"

namespace plumb::cli {
namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Writes in one go, so that lines of several shells do not mix.
void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

std::string HistoryFile::usual_path() {
  const std::string state = variable("XDG_STATE_HOME");
  if (state.starts_with('/')) return state + "/plumb/history";
  const std::string home = variable("HOME");
  return home.empty() ? "" : home + "/.local/state/plumb/history";
}

std::vector<std::string> HistoryFile::load() const {
  std::vector<std::string> lines;
  const int descriptor = path_.empty() ? -1 : ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return lines;
  DescriptorLines file(descriptor);
  std::string line;
  bool is_long = false;
  while (file.read_line({}, line) == LineStatus::Line) {
    if (line.empty() || line.size() > kLongestLine) continue;
    lines.push_back(line);
    if (lines.size() < 2 * kMostLines) continue;
    lines.erase(lines.begin(), lines.begin() + kMostLines);
    is_long = true;
  }
  ::close(descriptor);
  if (lines.size() > kMostLines) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kMostLines));
  }
  if (is_long) rewrite(lines);
  return lines;
}

void HistoryFile::append(std::string_view line) const {
  if (path_.empty() || trim(line).empty() || line.size() > kLongestLine) return;
  make_directories_for(path_);
  const int descriptor =
      ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kFileOfOwner);
  if (descriptor < 0) return;
  write_all(descriptor, std::string(line) + '\n');
  ::close(descriptor);
}

void HistoryFile::rewrite(const std::vector<std::string>& lines) const {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  // A history that cannot be shortened is still a history.
  static_cast<void>(replace_file(path_, text, kFileOfOwner));
}

}  // namespace plumb::cli
