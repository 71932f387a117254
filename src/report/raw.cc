// SPDX-License-Identifier: Apache-2.0
// Nearly all of the text are location numbers: each is turned into digits once.

#include "report/raw.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/strings.h"
#include "base/text_block.h"
#include "base/units.h"

namespace plumb {
namespace {

constexpr std::size_t kRawValueWidth = 10;
constexpr std::string_view kLabelIndent = "                ";
constexpr std::string_view kFurtherLineIndent = "             ";

// "17 " for each location, as it stands behind the colon of a sample.
class NumberTexts {
 public:
  static constexpr std::size_t kMostBytes = kDecimalBytes + 1;

  explicit NumberTexts(const Profile& profile) : numbers_(profile.location_numbers) {
    cells_.reserve(profile.locations.size());
    for (std::size_t i = 0; i < profile.locations.size(); ++i) {
      cells_.push_back(make_cell(numbers_.of(i)));
    }
  }

  // Requires: room for kMostBytes.
  char* write(char* at, LocationId id) const {
    const std::uint64_t cell = cells_[id.index];
    if (cell == 0) {
      at = write_decimal(at, numbers_.of(id.index));
      *at = ' ';
      return at + 1;
    }
    std::memcpy(at, &cell, sizeof cell);
    return at + (cell >> kSizeShift);
  }

 private:
  static constexpr unsigned kSizeShift = 56;
  static constexpr std::uint64_t kMostInCell = 999'999;

  // Up to seven characters, and their number in the last byte; 0 if they are more.
  static std::uint64_t make_cell(std::uint64_t number) {
    if (number > kMostInCell) return 0;
    std::array<char, kMostBytes> text;
    char* const end = write_decimal(text.data(), number);
    *end = ' ';
    const auto size = static_cast<std::uint64_t>(end + 1 - text.data());
    std::uint64_t cell = 0;
    for (std::size_t i = 0; i < size; ++i) {
      cell |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    }
    return cell | size << kSizeShift;
  }

  const RowNumbers& numbers_;
  std::vector<std::uint64_t> cells_;
};

// The labels of a sample by key: "bytes:[1024 b] handler:[/a /b]".
class LabelTexts {
 public:
  explicit LabelTexts(const Profile& profile) : profile_(profile) {}

  // The line of the text labels, or of the numbers; empty without any. Lives until the next call.
  std::string_view line(std::span<const Label> labels, bool of_texts) {
    labels_.clear();
    for (const Label& label : labels) {
      if (label.is_string() == of_texts) labels_.push_back(label);
    }
    if (labels_.empty()) return {};
    if (labels_.size() > 1) std::ranges::stable_sort(labels_, {}, &Label::key);
    group_count_ = 0;
    for (std::span<const Label> rest = labels_; !rest.empty();) {
      const auto end = std::ranges::find_if(
          rest, [&](const Label& label) { return label.key != rest.front().key; });
      const auto size = static_cast<std::size_t>(end - rest.begin());
      append_group(rest.first(size));
      rest = rest.subspan(size);
    }
    std::sort(groups_.begin(), groups_.begin() + static_cast<std::ptrdiff_t>(group_count_));
    line_ = kLabelIndent;
    for (std::size_t i = 0; i < group_count_; ++i) {
      if (i > 0) line_ += ' ';
      line_ += groups_[i];
    }
    return line_ += '\n';
  }

 private:
  // All labels of one key.
  void append_group(std::span<const Label> labels) {
    if (group_count_ == groups_.size()) groups_.emplace_back();
    std::string& group = groups_[group_count_++];
    group = profile_.text(labels[0].key);
    group += ":[";
    // Once a number has a unit, all of the key show theirs, even if it is none.
    const bool with_units = std::ranges::any_of(
        labels, [](const Label& label) { return label.unit.index != 0 || label.is_empty_unit; });
    for (const Label& label : labels) {
      if (&label != &labels.front()) group += ' ';
      if (label.is_string()) {
        group += profile_.text(label.str);
        continue;
      }
      group += std::to_string(label.num);
      if (with_units) (group += ' ') += profile_.text(label.unit);
    }
    group += ']';
  }

  const Profile& profile_;
  std::vector<Label> labels_;
  std::vector<std::string> groups_;  // The strings are kept for their memory.
  std::size_t group_count_ = 0;
  std::string line_;
};

class RawText {
 public:
  RawText(const Profile& profile, Writer& out) : profile_(profile), writer_(out), out_(out) {}

  void write() {
    write_header();
    write_samples();
    out_.append("Locations\n");
    for (std::size_t i = 0; i < profile_.locations.size(); ++i) write_location(i);
    out_.append("Mappings\n");
    for (std::size_t i = 0; i < profile_.mappings.size(); ++i) write_mapping(i);
    out_.flush();
  }

 private:
  [[nodiscard]] std::string text(StringId id) const { return std::string(profile_.text(id)); }

  void write_line(std::string_view line) {
    out_.append(line);
    out_.append("\n");
  }

  void write_header() {
    for (const StringId comment : profile_.comments) write_line("Comment: " + text(comment));
    if (profile_.doc_url.index != 0) write_line("Doc: " + text(profile_.doc_url));
    write_line("PeriodType: " + text(profile_.period_type.type) + ' ' +
               text(profile_.period_type.unit));
    write_line("Period: " + std::to_string(profile_.period));
    if (profile_.time_nanos != 0) {
      write_line("Time: " + format_precise_time(profile_.time_nanos));
    }
    if (profile_.duration_nanos != 0) {
      constexpr std::size_t kShownRunes = 4;
      const std::string duration = format_duration(profile_.duration_nanos);
      write_line("Duration: " + std::string(first_runes(duration, kShownRunes)));
    }
    write_line("Samples:");
    std::string types;
    for (const ValueType& type : profile_.sample_types) {
      types += text(type.type) + '/' + text(type.unit);
      types += type.type == profile_.default_sample_type ? "[dflt] " : " ";
    }
    write_line(std::string(trim(types)));
  }

  void write_samples() {
    const NumberTexts numbers(profile_);
    LabelTexts labels(profile_);
    for (std::size_t i = 0; i < profile_.sample_count() && !writer_.is_closed(); ++i) {
      const auto values = profile_.values(i);
      const PackedStack stack = profile_.stack(i);
      char* at = out_.room(values.size() * (1 + kDecimalBytes) + 4 +
                           stack.size() * NumberTexts::kMostBytes);
      for (const std::int64_t value : values) {
        *at++ = ' ';
        at = write_decimal_right(at, value, kRawValueWidth);
      }
      *at++ = ':';
      *at++ = ' ';
      for (const LocationId id : stack) at = numbers.write(at, id);
      *at++ = '\n';
      out_.commit(at);
      if (profile_.labels(i).empty()) continue;
      out_.append(labels.line(profile_.labels(i), true));
      out_.append(labels.line(profile_.labels(i), false));
    }
  }

  void write_location(std::size_t i) {
    constexpr std::size_t kMostBytes = 3 * kDecimalBytes + 32;
    const Location& location = profile_.locations[i];
    char* at = out_.room(kMostBytes);
    at = write_decimal_right(at, profile_.location_numbers.of(i), 6);
    at = write_text(at, ": 0x");
    at = write_hex(at, location.address);
    at = write_text(at, " ");
    if (location.mapping.index != kNone) {
      at = write_text(at, "M=");
      at = write_decimal(at, profile_.mapping_numbers.of(location.mapping.index));
      at = write_text(at, " ");
    }
    if (location.is_folded) at = write_text(at, "[F] ");
    out_.commit(at);
    const std::span<const Line> lines = profile_.lines_of(location);
    for (const Line& line : lines) {
      if (&line != lines.data()) out_.append(kFurtherLineIndent);
      write_line(line);
    }
    if (lines.empty()) out_.append("\n");
  }

  void write_line(const Line& line) {
    constexpr std::size_t kMostBytes = 3 * kDecimalBytes + 16;  // But for the texts.
    const Function& function = profile_.function(line.function);
    const std::string_view name = profile_.text(function.name);
    const std::string_view file = profile_.text(function.file);
    const bool has_other_name = function.name != function.system_name;
    const std::string_view system_name =
        has_other_name ? profile_.text(function.system_name) : std::string_view();
    char* at = out_.room(name.size() + file.size() + system_name.size() + kMostBytes);
    at = write_text(at, name);
    at = write_text(at, " ");
    at = write_text(at, file);
    at = write_text(at, ":");
    at = write_decimal(at, line.line);
    at = write_text(at, ":");
    at = write_decimal(at, line.column);
    at = write_text(at, " s=");
    at = write_decimal(at, function.start_line);
    if (has_other_name) {
      at = write_text(at, "(");
      at = write_text(at, system_name);
      at = write_text(at, ")");
    }
    out_.commit(write_text(at, "\n"));
  }

  void write_mapping(std::size_t i) {
    const Mapping& mapping = profile_.mappings[i];
    std::string line = std::to_string(profile_.mapping_numbers.of(i)) + ": 0x" +
                       to_hex(mapping.start) + "/0x" + to_hex(mapping.limit) + "/0x" +
                       to_hex(mapping.offset) + ' ' + text(mapping.file) + ' ' +
                       text(mapping.build_id) + ' ';
    if (mapping.has_functions) line += "[FN]";
    if (mapping.has_filenames) line += "[FL]";
    if (mapping.has_line_numbers) line += "[LN]";
    if (mapping.has_inline_frames) line += "[IN]";
    write_line(line);
  }

  const Profile& profile_;
  Writer& writer_;
  TextBlock out_;
};

}  // namespace

void render_raw_text(const ReportInput& input, Writer& out) {
  RawText(input.profile, out).write();
}

}  // namespace plumb
