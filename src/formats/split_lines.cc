// SPDX-License-Identifier: Apache-2.0
#include "formats/split_lines.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/strings.h"
#include "formats/json_records.h"
#include "formats/log_fields.h"

namespace plumb {
namespace {

// Docker makes no shorter ones; containerd and CRI-O do.
constexpr std::size_t kDockerPiece = std::size_t{16} << 10;

// A line of such a file.
struct Piece {
  std::string_view before;  // Its text.
  std::string_view text;
  std::string_view behind;
  bool is_error = false;  // Of standard error.
  bool is_last = true;    // The line ends with it.
};

// `2026-11-22T19:41:03.1Z stderr P text`.
std::optional<Piece> parse_containerd(std::string_view line) {
  std::string_view rest = line;
  const std::string_view time = take_until(rest, ' ');
  const std::string_view stream = take_until(rest, ' ');
  const std::string_view tag = take_until(rest, ' ');
  if (time.empty() || !is_digit(time[0]) || !contains(time, "T")) return std::nullopt;
  if (stream != "stdout" && stream != "stderr") return std::nullopt;
  if (tag != "F" && tag != "P") return std::nullopt;
  return Piece{line.substr(0, line.size() - rest.size()), rest, {}, stream == "stderr", tag == "F"};
}

// `{"log":"text\n","stream":"stderr","time":"..."}`.
std::optional<Piece> parse_docker(std::string_view line) {
  std::string_view rest = line;
  if (!consume_prefix(rest, R"({"log":)")) return std::nullopt;
  const std::string_view token = take_json_token(rest);
  if (token.empty() || !rest.starts_with(R"(,"stream":"std)")) return std::nullopt;
  const std::string_view text = without_quotes(token);
  const std::size_t begin = line.size() - rest.size() - token.size() + 1;
  return Piece{line.substr(0, begin), text, line.substr(begin + text.size()),
               contains(rest, R"("stream":"stderr")"), text.ends_with("\\n")};
}

std::optional<Piece> parse_piece(std::string_view line) {
  return line.starts_with('{') ? parse_docker(line) : parse_containerd(line);
}

// Tells fast of nearly all lines that none of them is a piece.
bool may_have_pieces(std::string_view lines) {
  for (std::size_t at = lines.find('P'); at < lines.size(); at = lines.find('P', at + 1)) {
    if (lines.substr(at - std::min<std::size_t>(at, 1), 3) == " P ") return true;
  }
  while (lines.size() > kDockerPiece) {
    const std::size_t end = lines.rfind('\n', kDockerPiece);
    if (end == std::string_view::npos) return true;
    lines.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace

bool SplitLines::begin(std::string_view head) {
  line_.clear();
  pieces_ = {};
  return parse_piece(head.substr(0, head.find('\n'))).has_value();
}

void SplitLines::rewrite(std::string_view block, std::string& out) {
  line_ += block;
  const std::size_t whole = line_.rfind('\n') + 1;  // 0 if there is none.
  std::string_view lines = std::string_view(line_).substr(0, whole);
  if (pieces_[0].joined.empty() && pieces_[1].joined.empty() && !may_have_pieces(lines)) {
    out += lines;
  } else {
    while (!lines.empty()) add_line(take_until(lines, '\n'), out);
  }
  line_.erase(0, whole);
  if (line_.size() > kLongestLine) out += std::exchange(line_, {});
}

void SplitLines::add_line(std::string_view line, std::string& out) {
  const std::optional<Piece> piece = parse_piece(line);
  if (!piece) {
    out.append(line).append("\n");
    return;
  }
  auto& [joined, behind] = pieces_[piece->is_error ? 1 : 0];
  if (joined.empty() && !piece->is_last) {
    joined = piece->before;
    if (joined.ends_with(" P ")) joined.replace(joined.size() - 2, 1, "F");  // As the others have.
  }
  if (joined.empty()) {
    out.append(line).append("\n");
    return;
  }
  joined += piece->text;
  behind = piece->behind;
  if (!piece->is_last && joined.size() <= kLongestLine) return;
  out.append(std::exchange(joined, {})).append(behind).append("\n");
}

void SplitLines::finish(std::string& out) {
  if (!line_.empty()) add_line(std::exchange(line_, {}), out);
  if (out.ends_with('\n')) out.pop_back();  // The last line had none.
  for (auto& [joined, behind] : pieces_) {
    if (joined.empty()) continue;
    if (!out.empty()) out += '\n';
    out.append(std::exchange(joined, {})).append(behind);
  }
}

}  // namespace plumb
