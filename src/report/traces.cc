// SPDX-License-Identifier: Apache-2.0
// Frames are rendered once per location, not once per sample: the report is then copying.

#include "report/traces.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/checked.h"
#include "base/strings.h"
#include "base/units.h"
#include "report/json_text.h"

namespace plumb {
namespace {

constexpr std::string_view kSeparator =
    "-----------+-------------------------------------------------------\n";
constexpr std::size_t kValueWidth = 10;

// The text of each location's frames behind the value column, and where each begins.
class FrameTexts {
 public:
  explicit FrameTexts(const Profile& profile) {
    const NodeTable table = build_nodes(profile);
    for (std::uint32_t i = 0; i < profile.locations.size(); ++i) {
      starts_.push_back(text_.size());
      const auto nodes = table.of({i});
      for (std::size_t line = 0; line < nodes.size(); ++line) {
        text_.append(kValueWidth + 3, ' ');
        text_ += printable_name(profile, table.nodes[nodes[line]]);
        text_ += line + 1 != nodes.size() ? " (inline)\n" : "\n";
      }
    }
    starts_.push_back(text_.size());
  }

  [[nodiscard]] std::string_view of(LocationId id) const {
    return std::string_view(text_).substr(starts_[id.index],
                                          starts_[id.index + 1] - starts_[id.index]);
  }

 private:
  std::string text_;
  std::vector<std::size_t> starts_;
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

std::int64_t mean_value(std::span<const std::int64_t> values, const Weights& weights) {
  const std::int64_t divisor = weights.divisor ? values[*weights.divisor] : 0;
  return divisor == 0 ? values[weights.value] : divide_wrapping(values[weights.value], divisor);
}

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
    if (lines.empty()) frames.push_back({{"address", location.address}});
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
  LabelLines labels(input);
  std::vector<LocationId> stack;
  std::string text;
  for (std::size_t i = 0; i < profile.sample_count() && !out.is_closed(); ++i) {
    profile.read_stack(i, stack);
    if (stack.empty()) continue;
    text = kSeparator;
    labels.append(i, text);
    append_right(text, samples.format(mean_value(profile.values(i), samples.weights)), kValueWidth);
    text += frames.of(stack.front()).substr(kValueWidth);
    for (std::size_t f = 1; f < stack.size(); ++f) text += frames.of(stack[f]);
    out << text;
  }
  out << kSeparator;
}

void render_traces_json(const ReportInput& input, Writer& out) {
  const Profile& profile = input.profile;
  const SampleView& samples = input.samples;
  nlohmann::ordered_json head;
  head["schema"] = "plumb.traces/1";
  head["sample_type"] = samples.type;
  head["unit"] = samples.format.sample_unit;
  head["total"] = samples.total;
  std::string text = to_json_text(head);
  text.pop_back();
  out << text << ",\"samples\":[";
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < profile.sample_count() && !out.is_closed(); ++i) {
    profile.read_stack(i, stack);
    nlohmann::ordered_json item;
    item["value"] = mean_value(profile.values(i), samples.weights);
    item["labels"] = labels_json(profile, i);
    item["frames"] = frames_json(profile, stack);
    out << (i == 0 ? "" : ",") << to_json_text(item);
  }
  out << "]}\n";
}

}  // namespace plumb
