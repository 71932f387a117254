// SPDX-License-Identifier: Apache-2.0
// Frames are rendered once per location, not once per sample: the report is then copying.

#include "report/traces.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "base/cancellation.h"
#include "base/checked.h"
#include "base/strings.h"
#include "base/text_block.h"
#include "base/units.h"
#include "report/json_text.h"

namespace plumb {
namespace {

constexpr std::string_view kSeparator =
    "-----------+-------------------------------------------------------\n";
constexpr std::size_t kValueWidth = 10;

// The text of each location's frames, with the value column left blank.
class FrameTexts {
 public:
  explicit FrameTexts(const Profile& profile) {
    const NodeTable table = build_nodes(profile);
    std::vector<Piece> of_nodes(table.nodes.size());  // Locations of one function share its text.
    pieces_.reserve(profile.locations.size());
    for (std::uint32_t i = 0; i < profile.locations.size(); ++i) {
      const auto nodes = table.of({i});
      Piece known = nodes.size() == 1 ? of_nodes[nodes[0]] : Piece();
      if (known.size == 0) {
        known.start = text_.size();
        for (const std::uint32_t& node : nodes) {
          text_.append(kValueWidth + 3, ' ');
          text_ += printable_name(profile, table.nodes[node]);
          text_ += &node != &nodes.back() ? " (inline)\n" : "\n";
        }
        known.size = text_.size() - known.start;
        if (nodes.size() == 1) of_nodes[nodes[0]] = known;
      }
      pieces_.push_back(known);
    }
    text_.append(kBlock, ' ');
  }

  // Bytes that must be there for write().
  [[nodiscard]] std::size_t room_for(LocationId id) const {
    return pieces_[id.index].size + kBlock;
  }

  // Writes the frames of a location behind its first `left_out` bytes; returns the end.
  char* write(char* at, LocationId id, std::size_t left_out = 0) const {
    const Piece& piece = pieces_[id.index];
    const char* from = text_.data() + piece.start + left_out;
    char* const end = at + (piece.size - left_out);
    // Blocks of one size are copied without a call; what is too much is written over.
    for (char* to = at; to < end; to += kBlock, from += kBlock) std::memcpy(to, from, kBlock);
    return end;
  }

 private:
  static constexpr std::size_t kBlock = 64;
  struct Piece {
    std::size_t start = 0;
    std::size_t size = 0;
  };
  std::string text_;
  std::vector<Piece> pieces_;  // By LocationId.
};

// Formatted values, right-aligned. Samples of one profile have few different ones.
class ValueTexts {
 public:
  explicit ValueTexts(const ValueFormat& format) : format_(format), cells_(kCells) {}

  // Lives until the next call.
  const std::string& of(std::int64_t value) {
    Cell& cell = cells_[static_cast<std::uint64_t>(value) * 0x9E3779B97F4A7C15U >> kShift];
    if (cell.text.empty() || cell.value != value) {
      cell.value = value;
      cell.text.clear();
      append_right(cell.text, format_(value), kValueWidth);
    }
    return cell.text;
  }

 private:
  static constexpr std::size_t kCells = 1024;
  static constexpr unsigned kShift = 54;
  struct Cell {
    std::int64_t value = 0;
    std::string text;
  };
  const ValueFormat& format_;
  std::vector<Cell> cells_;
};

// The label lines of a sample: strings, then numbers, each sorted as whole lines.
class LabelLines {
 public:
  explicit LabelLines(const ReportInput& input)
      : profile_(input.profile), units_(input.label_units) {}

  void append(std::size_t sample, std::string& out) {
    if (profile_.labels(sample).empty()) return;
    append_kind(sample, true, out);
    append_kind(sample, false, out);
  }

 private:
  void append_kind(std::size_t sample, bool strings, std::string& out) {
    values_.clear();
    for (const Label& label : profile_.labels(sample)) {
      if (label.is_string() != strings) continue;
      const auto [it, is_new] = values_.try_emplace(label.key.index);
      if (!is_new) it->second += ' ';
      it->second += strings ? std::string(profile_.text(label.str))
                            : format_value(label.num, units_.of(label.key), "auto");
    }
    lines_.clear();
    for (const auto& [key, text] : values_) {
      std::string& line = lines_.emplace_back();
      append_right(line, profile_.text({key}), kValueWidth);
      line += ":  " + text + '\n';
    }
    std::ranges::sort(lines_);
    for (const std::string& line : lines_) out += line;
  }

  const Profile& profile_;
  const LabelUnits& units_;
  std::map<std::uint32_t, std::string> values_;
  std::vector<std::string> lines_;
};

nlohmann::ordered_json labels_json(const Profile& profile, std::size_t sample) {
  auto labels = nlohmann::ordered_json::array();
  for (const Label& label : profile.labels(sample)) {
    nlohmann::ordered_json item;
    item["key"] = profile.text(label.key);
    if (label.is_string()) {
      item["value"] = profile.text(label.str);
    } else {
      item["value"] = label.num;
      item["unit"] = profile.text(label.unit);
    }
    labels.push_back(std::move(item));
  }
  return labels;
}

nlohmann::ordered_json frame_json(const Profile& profile, const Line& line, bool is_inlined) {
  const Function& function = profile.function(line.function);
  nlohmann::ordered_json frame;
  frame["function"] = profile.text(function.name);
  frame["file"] = profile.text(function.file);
  frame["line"] = line.line;
  frame["inlined"] = is_inlined;
  return frame;
}

nlohmann::ordered_json frames_json(const Profile& profile, std::span<const LocationId> stack) {
  auto frames = nlohmann::ordered_json::array();
  for (const LocationId id : stack) {
    const Location& location = profile.location(id);
    const auto lines = profile.lines_of(location);
    for (const Line& line : lines) {
      frames.push_back(frame_json(profile, line, &line != &lines.back()));
    }
    if (lines.empty()) frames.push_back({{"address", "0x" + to_hex(location.address)}});
  }
  return frames;
}

}  // namespace

void render_traces_text(const ReportInput& input, Writer& out) {
  const Profile& profile = input.profile;
  const SampleView& samples = input.samples;
  const auto header = header_lines(header_of(profile), samples);
  for (const std::string& line : header) out << line << "\n";
  if (header.empty()) out << "\n";

  const FrameTexts frames(profile);
  ValueTexts values(samples.format);
  LabelLines labels(input);
  std::string label_lines;
  TextBlock text(out);
  for (std::size_t i = 0; i < profile.sample_count() && !out.is_closed(); ++i) {
    if (is_cancelled_at(i)) break;
    const PackedStack stack = profile.stack(i);
    if (stack.size() == 0) continue;
    text.append(kSeparator);
    if (!profile.labels(i).empty()) {
      label_lines.clear();
      labels.append(i, label_lines);
      text.append(label_lines);
    }
    text.append(values.of(samples.weights.of(profile.values(i)).mean()));
    std::size_t left_out = kValueWidth;  // The value stands in front of the first frame.
    for (const LocationId id : stack) {
      text.commit(frames.write(text.room(frames.room_for(id)), id, left_out));
      left_out = 0;
    }
  }
  text.append(kSeparator);
  text.flush();
}

void render_traces_json(const ReportInput& input, Writer& out) {
  const Profile& profile = input.profile;
  const SampleView& samples = input.samples;
  nlohmann::ordered_json head;
  head["schema"] = "plumb.traces/1";
  head["sample_type"] = samples.type;
  head["unit"] = samples.format.sample_unit;
  head["total"] = samples.format.times_ratio(samples.total);
  std::string text = to_json_text(head);
  text.pop_back();
  out << text << ",\"samples\":[";
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < profile.sample_count() && !out.is_closed(); ++i) {
    if (is_cancelled_at(i)) break;
    profile.read_stack(i, stack);
    nlohmann::ordered_json item;
    const std::int64_t value = samples.weights.of(profile.values(i)).mean();
    item["value"] = samples.format.times_ratio(value);
    item["labels"] = labels_json(profile, i);
    item["frames"] = frames_json(profile, stack);
    out << (i == 0 ? "" : ",") << to_json_text(item);
  }
  out << "]}\n";
}

}  // namespace plumb
