// SPDX-License-Identifier: Apache-2.0
#include "app/history_file.h"

#include <fcntl.h>
#include <unistd.h>

#include "app/environment_variables.h"
#include "app/line_reader.h"
#include "app/replace_file.h"
#include "base/strings.h"

namespace plumb::cli {

std::string HistoryFile::usual_path() {
  const std::string state = user_directory("XDG_STATE_HOME", ".local/state");
  return state.empty() ? "" : state + "/plumb/history";
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
  // A line that cannot be kept is no reason to stop.
  static_cast<void>(append_to_file(path_, std::string(line) + '\n', kFileOfOwner));
}

void HistoryFile::rewrite(const std::vector<std::string>& lines) const {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  // A history that cannot be shortened is still a history.
  static_cast<void>(replace_file(path_, text, kFileOfOwner));
}

}  // namespace plumb::cli
