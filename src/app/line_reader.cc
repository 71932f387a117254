// SPDX-License-Identifier: Apache-2.0
#include "app/line_reader.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/strings.h"

namespace plumb::cli {
namespace {

// Longer lines of a script end the shell: no line that means something is as long.
constexpr std::size_t kLongestLine = std::size_t{1} << 20;

}  // namespace

LineStatus TextLines::read_line(std::string_view /*prompt*/, std::string& line) {
  line.clear();
  if (rest_.empty()) return LineStatus::End;
  line = take_until(rest_, '\n');
  return LineStatus::Line;
}

LineStatus DescriptorLines::read_line(std::string_view prompt, std::string& line) {
  line.clear();
  if (prompt_to_ != nullptr) {
    *prompt_to_ << prompt;
    prompt_to_->flush();
  }
  for (;;) {
    const std::size_t end = buffer_.find('\n', taken_);
    if (end != std::string::npos) {
      line = buffer_.substr(taken_, end - taken_);
      taken_ = end + 1;
      return LineStatus::Line;
    }
    buffer_.erase(0, taken_);
    taken_ = 0;
    std::array<char, 4096> block;
    const ssize_t count = ::read(descriptor_, block.data(), block.size());
    if (count < 0 && errno == EINTR) {
      buffer_.clear();
      return LineStatus::Interrupted;
    }
    if (count <= 0 || buffer_.size() > kLongestLine) {  // The last line may have no line feed.
      line = std::exchange(buffer_, {});
      return line.empty() || count > 0 ? LineStatus::End : LineStatus::Line;
    }
    buffer_.append(block.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace plumb::cli
